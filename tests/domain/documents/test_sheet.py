"""What the templates are given: finished strings, in every state of a document."""

import dataclasses
from collections.abc import Callable

import pytest

from counterfoil.domain.documents.formats import Formats
from counterfoil.domain.documents.sheet import credit_note_sheet, invoice_sheet, receipt_sheet
from counterfoil.domain.documents.values import Allocation, Brand, FiguresDisagree, TaxRow
from counterfoil.domain.documents.words import LANGUAGES
from factories import documents

ENGLISH = Formats("en", "EUR")


def _pairs(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(row["label"], row["value"].replace("\u200b", "")) for row in rows]


def test_an_invoice_says_what_it_is() -> None:
    sheet = invoice_sheet(documents.invoice(), ENGLISH)
    assert sheet["title"] == "Invoice HW-2026-00418 · Harrow Water"
    assert sheet["lines"][0] == [
        ["Water supply, October", "Meter 118 240"],
        "42.6",
        "€2.1840",
        "5.5%",
        "€93.04",
    ]
    assert sheet["lines"][2][0] == ["Leak inspection", "Discount 25%"]
    assert _pairs(sheet["totals"]) == [
        ("Subtotal", "€183.04"),
        ("VAT 5.5% on €111.04", "€6.11"),
        ("VAT 20% on €72.00", "€14.40"),
        ("Total", "€203.55"),
    ]
    assert _pairs(sheet["stub"]["rows"]) == [
        ("Invoice", "HW-2026-00418"),
        ("Due", "27 November 2026"),
        ("Pay online", "pay.harrow.example/i/3k9x2m7q4t"),
        ("Account holder", "Harrow Water SAS"),
        ("Bank details", "IBAN FR76 3000 6000 0112 3456 7890 189"),
        ("", "BIC AGRIFRPP"),
        ("Reference", "HW-2026-00418"),
    ]


def test_a_part_paid_invoice_asks_for_the_rest() -> None:
    part_paid = documents.invoice(
        discount_minor=1000,
        discount_percent="5",
        total_minor=19355,
        amount_paid_minor=5000,
        amount_credited_minor=355,
        amount_due_minor=14000,
    )
    sheet = invoice_sheet(part_paid, ENGLISH)
    assert _pairs(sheet["totals"])[1] == ("Discount 5%", "−€10.00")
    assert _pairs(sheet["totals"])[-4:] == [
        ("Total", "€193.55"),
        ("Already paid", "−€50.00"),
        ("Credited", "−€3.55"),
        ("Amount due", "€140.00"),
    ]
    assert sheet["stub"]["amount"] == "€140.00"


def test_a_paid_invoice_shows_no_way_to_pay() -> None:
    sheet = invoice_sheet(documents.invoice(amount_paid_minor=20355, amount_due_minor=0), ENGLISH)
    assert sheet["stub"]["notes"] == ["Nothing is left to pay."]
    assert [row["label"] for row in sheet["stub"]["rows"]] == ["Invoice", "Due"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x/y", "https://a b/c", ""])
def test_only_a_web_address_becomes_a_link(url: str) -> None:
    sheet = invoice_sheet(documents.invoice(hosted_url=url), ENGLISH)
    assert [row for row in sheet["stub"]["rows"] if "link" in row] == []


@pytest.mark.parametrize(
    ("country", "locale", "paper", "tax"),
    [
        ("US", "en", "us-letter", "Tax"),
        ("", "en_US", "us-letter", "Tax"),
        ("DE", "en_US", "a4", "VAT"),
        ("", "en", "a4", "Tax"),
    ],
)
def test_the_country_chooses_paper_and_tax_word(
    country: str, locale: str, paper: str, tax: str
) -> None:
    brand = dataclasses.replace(documents.BRAND, country=country)
    sheet = invoice_sheet(documents.invoice(brand=brand), Formats(locale, "EUR"))
    assert (sheet["paper"], sheet["headers"][3]) == (paper, tax)


@pytest.mark.parametrize(
    ("minor", "size"), [(20355, 34), (12345678, 28), (1234567890, 23), (10**14, 16)]
)
def test_the_amount_shrinks_to_fit_its_column(minor: int, size: int) -> None:
    amounts = {"subtotal_minor": minor, "total_minor": minor, "amount_due_minor": minor}
    document = documents.invoice(lines=(), tax_rows=(), **amounts)
    assert invoice_sheet(document, ENGLISH)["stub"]["size"] == size


def test_a_credit_note_names_its_invoice() -> None:
    sheet = credit_note_sheet(documents.credit_note(), Formats("de", "EUR"))
    assert sheet["heading"] == ["Gutschrift", "HW-CN-0012"]
    assert ("Zu Rechnung", "HW-2026-00418") in _pairs(sheet["facts"])
    assert sheet["stub"]["amount"] == "86,40\u00a0€"


def test_a_receipt_lists_what_it_settled_and_keeps() -> None:
    allocations = (Allocation("HW-1", 30000),)
    document = documents.receipt(allocations=allocations, unapplied_minor=8915)
    sheet = receipt_sheet(document, ENGLISH)
    assert _pairs(sheet["entries"]) == [
        ("Invoice HW-1", "€300.00"),
        ("Kept as credit for you", "€89.15"),
    ]
    assert _pairs(sheet["facts"]) == [
        ("Paid on", "21 November 2026, 10:42 CET"),
        ("Paid with", "Visa •••• 4242"),
    ]


def test_a_receipt_of_a_transfer_names_no_hour() -> None:
    sheet = receipt_sheet(documents.receipt(method="Bank transfer", has_hour=False), ENGLISH)
    assert ("Paid on", "21 November 2026") in _pairs(sheet["facts"])
    assert ("Paid on", "21 November 2026") in _pairs(sheet["stub"]["rows"])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: documents.invoice(total_minor=20356, amount_due_minor=20356),
        lambda: documents.invoice(amount_due_minor=1),
        lambda: documents.invoice(subtotal_minor=18305, total_minor=20356, amount_due_minor=20356),
        lambda: documents.credit_note(tax_rows=(TaxRow("20", 7200, 1441),)),
        lambda: documents.receipt(unapplied_minor=1),
    ],
)
def test_figures_that_disagree_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(FiguresDisagree):
        wrong()


def test_an_accent_that_is_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="accent"):
        Brand("Harrow Water", accent="red; #evil")


def test_every_language_has_every_word_and_its_blanks() -> None:
    english = dataclasses.asdict(LANGUAGES["en"])
    for words in map(dataclasses.asdict, LANGUAGES.values()):
        assert [name for name, word in words.items() if not word.strip()] == []
        assert [name for name in words if _blanks(words[name]) != _blanks(english[name])] == []


def _blanks(word: str) -> set[str]:
    return {part.split("}")[0] for part in word.split("{")[1:]}
