"""The Jinja2 environment of the gallery, and make-believe languages to test layouts with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from re import compile as pattern

from django.utils import timezone, translation
from django.utils.translation import trans_real
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from counterfoil.infra.scripts.inventory import integrity_of
from counterfoil.surfaces.ui.environment import environment

PACKAGE = Path(__file__).parents[2] / "src/counterfoil"
SIDES = ("ui", "entrance", "portal", "backoffice")
STATICS = tuple(PACKAGE / f"surfaces/{side}/static" for side in SIDES)
TEMPLATES = [
    PACKAGE / "surfaces/entrance/jinja2",
    PACKAGE / "surfaces/portal/jinja2",
    PACKAGE / "surfaces/ui/jinja2",
]
ZONE = "Europe/Paris"

_PLACEHOLDER = pattern(r"%\(\w+\)s|%%")
_ARABIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ابتدهفجحيزكلمنوبقرستعفشخيظابتدهفجحيزكلمنوبقرستعفشخيظ",
)
_LONGER = str.maketrans("aouAOUs", "äöüÄÖÜß")


def make_environment() -> Environment:
    """The product's environment, with addresses that need no server."""
    env = environment(loader=FileSystemLoader(TEMPLATES))
    env.globals["static"] = lambda path: f"/static/{path}"
    env.globals["script"] = _script  # by its plain name too, whatever was collected in this process
    env.globals["url"] = lambda name, **_values: f"/{name}/"
    return env


def _script(name: str) -> Markup:
    return Markup('<script src="/static/{}" integrity="{}" defer></script>').format(
        name, integrity_of(name)
    )


class PretendLanguage:
    """Looks to Django like an active language; changes the words, never the placeholders."""

    def __init__(self, language: str) -> None:
        self._language = language

    def language(self) -> str:
        """As Django asks for it."""
        return self._language

    def to_language(self) -> str:
        """As Django asks for it."""
        return self._language

    def gettext(self, message: str) -> str:
        """The words in the pretended language."""
        message = message.rsplit("\x04", maxsplit=1)[-1]
        parts = _PLACEHOLDER.split(message)
        marks = [*_PLACEHOLDER.findall(message), ""]
        return "".join(self._word(part) + mark for part, mark in zip(parts, marks, strict=True))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The words for one or for several."""
        return self.gettext(singular if number == 1 else plural)

    def _word(self, part: str) -> str:
        if self._language == "ar":
            return part.translate(_ARABIC)
        # A third longer, in whole words, as German is.
        words = part.rstrip()
        rest = part[len(words) :]
        extra = len(words) // 3
        longer = " länger" * (extra // 6) + (" " + "mehrlang"[: extra % 6] if extra % 6 else "")
        return words.translate(_LONGER) + longer + rest


@contextmanager
def reading(language: str) -> Iterator[None]:
    """Draws in English, or in a pretended `de` or `ar` with real dates and amounts; `de!` and
    `ar!` are the languages themselves, as their catalogues were built."""
    own = language.endswith("!")
    with translation.override(language[:-1] if own else "en"), timezone.override(ZONE):
        if language != "en" and not own:
            vars(trans_real)["_active"].value = PretendLanguage(language)
        yield
