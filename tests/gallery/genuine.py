"""The page that says whether a document is genuine, with every answer that it gives."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from counterfoil.surfaces.portal.genuine.pages import Answer, GenuinePage
from counterfoil.surfaces.ui.shell import FormState

TEMPLATE = "portal/genuine/page.html"
_TYPED = FormState({"code": "7H2KQ-0M4XR-ABCDE-FGH12", "number": "HW-2026-00418"})
_WRONG = FormState({}, {"code": (_("Type the code, or choose the file."),)})


def pages() -> Iterator[tuple[str, GenuinePage]]:
    """Name and values of each."""
    answers = {
        "ok": Answer("genuine", number="same"),
        "file": Answer("genuine", file="same", has_code=False),
        "other": Answer("genuine", number="other", file="other"),
        "void": Answer("not_in_force", file="same"),
        "unknown": Answer("unknown"),
    }
    yield "genuine", GenuinePage("Harrow Water", "/genuine/", FormState())
    yield "genuine-empty", GenuinePage("Harrow Water", "/genuine/", _WRONG)
    for name, answer in answers.items():
        yield f"genuine-{name}", GenuinePage("Harrow Water", "/genuine/", _TYPED, answer)
