"""The marks of card brands: letters beside the name, drawn by us, silent for screen readers; the
way back from a plan, the file of an invoice, and a page that does not say its introduction
twice."""

import re

import pytest

from counterfoil.surfaces.portal.ways.values import Method
from gallery.drawing import make_environment
from gallery.serving import Gallery

MARK = re.compile(r'<svg class="mark[^>]*aria-hidden="true".*?>(\w+)</text></svg>')


def drawn(name: str) -> str:
    gallery = Gallery()
    try:
        return gallery.draw(gallery.stories[name])
    finally:
        gallery.close_unserved()


@pytest.mark.parametrize(
    ("kind", "brand", "letters"),
    [
        ("card", "visa", "VISA"), ("card", "Mastercard", "MC"), ("card", "amex", "AMEX"),
        ("card", "discover", "DISC"), ("card", "diners", "DC"), ("card", "jcb", "JCB"),
        ("card", "unionpay", "UP"), ("card", "maestro", "MAE"),
        ("wallet", "google_pay:visa", "VISA"),
        ("card", "someone", None), ("card", "", None), ("wallet", "paypal", None),
        ("bank_debit", "visa", None),
    ],
)  # fmt: skip
def test_every_brand_has_its_letters_beside_its_name(
    kind: str, brand: str, letters: str | None
) -> None:
    parts = make_environment().get_template("ui/components.html").module
    html = str(parts.marked_method(Method(kind, brand, "4242")))  # type: ignore[attr-defined]
    assert MARK.findall(html) == ([letters] if letters else [])
    assert "ending in 4242" in html
    assert " style=" not in html


@pytest.mark.parametrize("story", ["methods", "invoice-paid", "planned-planned"])
def test_what_is_kept_or_was_paid_with_shows_it(story: str) -> None:
    assert "VISA" in MARK.findall(drawn(story))


def test_a_plan_leads_back_to_its_invoice() -> None:
    back = re.search(
        r'<p class="way-back"><a class="tap" href="([^"]+)">([^<]+)<', drawn("planned-planned")
    )
    assert back is not None
    assert back[2] == "Back to the invoice"
    assert back[1].startswith("/invoices/")


def test_the_file_of_an_invoice_is_a_button() -> None:
    html = drawn("invoice-payable")
    [link] = re.findall(r'<a class="([^"]+)" href="[^"]+">Download PDF</a>', html)
    assert link.split() == ["button", "button--small", "button--file"]


def test_an_answer_is_not_followed_by_the_introduction() -> None:
    words = "Type the code from the foot"
    assert words in drawn("genuine-empty")
    html = drawn("genuine-ok")
    assert (words in html, html.count("<h2>Check again</h2>")) == (False, True)
