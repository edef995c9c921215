"""The Swiss QR-bill: what it says, by the guidelines of version 2.3."""

import re

import pytest
import segno

from counterfoil.domain.documents.swiss.bill import Purpose, bill_of, party_of, written
from counterfoil.domain.documents.swiss.slip import printed_amount, printed_reference, slip_sheet
from counterfoil.domain.documents.swiss.words import LANGUAGES, words_in
from counterfoil.domain.documents.transfers import draw
from counterfoil.kernel.money import Money
from counterfoil.kernel.references import make_creditor_reference

IBAN, QR_IBAN = "CH9300762011623852957", "CH4431999123000889012"
QRR = "210000000003139471430009017"
RF = make_creditor_reference("INV1")
ADDRESS = {"line1": "Sihlquai 131", "postal_code": "8005", "city": "Zürich", "country": "CH"}
ABROAD = {"line1": "Hauptstraße 1", "postal_code": "79098", "city": "Freiburg", "country": "de"}
CREDITOR = party_of("Aare Wasser AG", ADDRESS)


def bill(iban=IBAN, amount=None, reference=RF, **purpose):
    amount = Money(194975, "CHF") if amount is None else amount
    return bill_of(iban, amount, reference, creditor=CREDITOR, purpose=Purpose(**purpose))


def test_the_code_has_31_lines():
    debtor = party_of("Pia-Maria Rutschmann-Schnyder", ABROAD)
    lines = bill(QR_IBAN, reference=QRR, debtor=debtor, message="HW-1").text.split("\r\n")
    assert lines == [
        "SPC", "0200", "1", QR_IBAN,
        "S", "Aare Wasser AG", "Sihlquai 131", "", "8005", "Zürich", "CH",
        "", "", "", "", "", "", "",
        "1949.75", "CHF",
        "S", "Pia-Maria Rutschmann-Schnyder", "Hauptstraße 1", "", "79098", "Freiburg", "DE",
        "QRR", QRR, "HW-1", "EPD",
    ]  # fmt: skip


def test_a_debtor_who_is_not_known_leaves_room():
    lines = bill().text.split("\r\n")
    assert lines[20:27] == [""] * 7
    assert lines[27:] == ["SCOR", RF, "", "EPD"]


@pytest.mark.parametrize(
    ("iban", "reference", "kind"),
    [
        (QR_IBAN, QRR, "QRR"),
        (QR_IBAN, QRR[:-1] + "8", None),
        (QR_IBAN, RF, None),
        (IBAN, RF, "SCOR"),
        (IBAN, "", "NON"),
        (IBAN, "RF00WRONG", "NON"),
        ("LI21088100002324013AA", RF, "SCOR"),
        ("DE89370400440532013000", RF, None),
        (IBAN[:-1] + "8", RF, None),
    ],
)
def test_the_account_asks_for_its_reference(iban, reference, kind):
    found = bill(iban, reference=reference)
    assert (found.reference_type if found else None) == kind
    assert found is None or bool(found.reference) == (kind != "NON")


@pytest.mark.parametrize(
    ("minor", "currency", "is_one"),
    [
        (1, "CHF", True), (1, "EUR", True), (99_999_999_999, "CHF", True),
        (100_000_000_000, "CHF", False), (0, "CHF", False), (-1, "CHF", False),
        (100, "USD", False), (100, "JPY", False),
    ],
)  # fmt: skip
def test_only_francs_and_euro_and_only_what_is_due(minor, currency, is_one):
    assert (bill(amount=Money(minor, currency)) is not None) is is_one


@pytest.mark.parametrize("left_out", ["postal_code", "city", "country"])
def test_an_address_is_whole_or_is_none(left_out):
    assert party_of("A", {**ADDRESS, left_out: ""}) is None
    assert party_of("", ADDRESS) is None
    assert party_of("A", {**ADDRESS, "line1": ""}).lines == ("A", "8005 Zürich")
    assert party_of("A", ABROAD).lines[-1] == "DE-79098 Freiburg"


def test_nothing_is_longer_than_it_may_be():
    long = {"line1": "s" * 99, "postal_code": "9" * 20, "city": "t" * 50, "country": "CH"}
    found = party_of("n" * 99, long)
    lengths = [len(one) for one in (found.name, found.street, found.postal_code, found.town)]
    assert lengths == [70, 70, 16, 35]
    assert len(bill(message="m" * 200).message) == 140
    everything = bill(QR_IBAN, reference=QRR, debtor=found, message="ä" * 140).text
    assert draw("swiss", everything).size <= 117  # version 25


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Müller & Söhne", "Müller & Söhne"),
        ("O\u2019Neill \u2013 \u201eHaus\u201c", 'O\'Neill - "Haus"'),
        ("Łódź Ștefan Ő €", "Łódź Ștefan Ő €"),
        ("Nguyễn\u200b Trần", "Nguyen Tran"),
        ("two\r\nlines\x07", "two lines"),
        ("Водоканал", None),
        ("شركة", None),
        ("水", None),
    ],
)
def test_only_the_letters_of_the_guidelines_are_written(typed, plain):
    assert written(typed) == plain


def test_who_can_t_be_written_is_written_by_hand():
    assert party_of("Водоканал", ADDRESS) is None
    assert bill_of(IBAN, Money(1, "CHF"), RF, creditor=party_of("شركة", ADDRESS)) is None


def test_amounts_and_references_are_printed_in_groups():
    assert printed_amount(Money(194975, "CHF")) == "1\u00a0949.75"
    assert printed_amount(Money(99_999_999_999, "CHF")) == "999\u00a0999\u00a0999.99"
    assert printed_amount(Money(5, "EUR")) == "0.05"
    assert printed_reference(bill(QR_IBAN, reference=QRR)) == "21 00000 00003 13947 14300 09017"
    assert printed_reference(bill()).startswith(f"{RF[:4]} {RF[4:8]}")
    assert printed_reference(bill(reference="")) == ""


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de-CH", "de"), ("fr-CH", "fr"), ("it", "it"), ("en", "en"), ("ar", "en")],
)
def test_the_words_are_in_the_reader_s_language_or_english(locale, language):
    found, words = words_in(locale)
    assert found == language
    assert words["receipt"] == LANGUAGES[language].receipt
    assert all(words.values())
    assert slip_sheet(bill(), locale=locale, code="x")["lang"] == language


def test_the_drawn_code_is_that_of_the_text():
    text = bill(QR_IBAN, reference=QRR, message="HW-1").text
    code = draw("swiss", text)
    drawn = [[0] * code.size for _ in range(code.size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        for at in range(int(x), int(x) + int(width)):
            drawn[int(y)][at] = 1
    wanted = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8").matrix
    assert drawn == [list(row) for row in wanted]
