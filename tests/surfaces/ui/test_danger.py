"""What can't be undone is told from what can, by one class: on every page where something like this
is done, in colours that are read in light and dark."""

import re
from pathlib import Path

import pytest

from counterfoil.domain.business.colours import contrast

SURFACES = Path(__file__).parents[3] / "src/counterfoil/surfaces"
OFFICE = SURFACES / "backoffice/jinja2/backoffice"
PORTAL = SURFACES / "portal/jinja2/portal"
TOKENS = (SURFACES / "ui/static/ui/tokens.css").read_text()
BUTTON = re.compile(r"<button [^\n]*?</button>")
FOR_GOOD = [
    (OFFICE / "invoices/write_off.html", "Write off"),
    (OFFICE / "invoices/confirm.html", "Void"),
    (OFFICE / "payments/refund.html", "Refund %(amount)s"),
    (OFFICE / "chargebacks/accept.html", "Give up"),
    (OFFICE / "customers/erase.html", "Erase for good"),
    (OFFICE / "approvals/page.html", "Approve"),
    (PORTAL / "methods/mandates.html", "Revoke the mandate"),
    (PORTAL / "methods/page.html", "Remove %(method)s"),
    (PORTAL / "profile/data.html", "Ask to be forgotten"),
]


def buttons(template: Path, words: str) -> list[str]:
    return [one for one in BUTTON.findall(template.read_text()) if words in one]


@pytest.mark.parametrize(("template", "words"), FOR_GOOD, ids=lambda one: str(one)[-20:])
def test_what_cannot_be_undone_has_the_colour_of_danger(template: Path, words: str) -> None:
    [button] = buttons(template, words)
    assert "button--danger" in button.partition(">{")[0]


def test_what_is_harmless_has_not() -> None:
    for template, words in ((OFFICE / "invoices/draft.html", "Save and preview"),
                            (OFFICE / "payments/take.html", "Record the payment")):  # fmt: skip
        [button] = buttons(template, words)
        assert "button--danger" not in button


@pytest.mark.parametrize(("theme", "paper"), [(0, "#ffffff"), (1, "#18211d")])
def test_it_is_read_in_light_and_dark(theme: int, paper: str) -> None:
    bad = re.findall(r"--bad: (#\w+);", TOKENS)[theme]
    on_bad = re.findall(r"--on-bad: (#\w+);", TOKENS)[theme]
    on_bad = "#ffffff" if on_bad == "#fff" else on_bad
    assert contrast(bad, on_bad) >= 4.5
    assert contrast(bad, paper) >= 4.5
