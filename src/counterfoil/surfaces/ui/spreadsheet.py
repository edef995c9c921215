"""CSV that is safe to open: a cell never begins like a formula (OWASP, CSV injection)."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: str) -> str:
    """The same text; one that a spreadsheet would run gets an apostrophe in front. Plain negative
    numbers stay numbers."""
    if value.startswith(_FORMULA_STARTS) and not _is_number(value):
        return "'" + value
    return value


def _is_number(value: str) -> bool:
    body = value[1:]
    return value[0] in "+-" and body.replace(".", "", 1).isdigit() and body.isascii()


class Echo:
    """A file that hands every written line back, for streaming."""

    def write(self, value: str) -> str:
        """The line itself."""
        return value
