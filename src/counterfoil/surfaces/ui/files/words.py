"""Why a file that was sent was not taken, in translated words."""

from django.utils.translation import gettext as _


def words_of_uploads() -> dict[str, str]:
    """The words of each problem that the door of uploads has, by its code."""
    return {
        "file_missing": _("Choose a file first."),
        "import_too_large": _(
            "The file is too large: at most 20 MB here. The command line takes more."
        ),
        "not_scanned": _(
            "The virus scanner does not answer, so the file was not taken and nothing was stored. "
            "Please try again later."
        ),
        "too_large_to_scan": _(
            "The file is too large for the virus scanner, so nothing of it was stored. Send a "
            "smaller one, or ask who runs this server."
        ),
    }


def words_of_harm(found: str) -> str:
    """That a scanner found something in a file, by the scanner's own name for it."""
    words = _(
        "The virus scanner found %(found)s in this file, so nothing of it was stored. Look "
        "through the computer that it comes from; if you trust the file all the same, ask who "
        "runs this server."
    )
    return words % {"found": f"\u2068{found}\u2069"}
