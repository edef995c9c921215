"""The Swiss payment part in the PDF, measured: every place and size is that of the guidelines."""

import dataclasses
from io import BytesIO

import pikepdf
import pytest

from counterfoil.domain.documents.rendering import render_invoice
from counterfoil.domain.documents.swiss.bill import Purpose, bill_of, party_of
from counterfoil.domain.documents.values import BankDetails, Brand, Line
from counterfoil.kernel.money import Money
from domain.documents.printed import sheets
from factories import documents

IBAN, QR_IBAN = "CH9300762011623852957", "CH4431999123000889012"
QRR = "210000000003139471430009017"
ADDRESS = {"line1": "Sihlquai 131", "postal_code": "8005", "city": "Zürich", "country": "CH"}
TOP = 297 - 105
NEAR = 0.02  # millimetres


def invoice(lines=3, currency="CHF", name="Müller AG", bill=None, country="CH", **changes):
    if bill is None:
        bill = bill_of(
            QR_IBAN,
            Money(1, currency),
            QRR,
            creditor=party_of("Aare Wasser AG", ADDRESS),
            purpose=Purpose(party_of(name, ADDRESS), "HW-2026-00418"),
        )
    bank = BankDetails("Aare Wasser AG", ("IBAN CH44",), "21 00000", bill=bill)
    brand = Brand("Aare Wasser", address=("Sihlquai 131",), country=country, bank=bank)
    rows = [Line(f"Wasser {number}", "1", "1234.56", "0", 123456) for number in range(lines)]
    document = documents.untaxed(*rows, brand=brand, currency=currency)
    return dataclasses.replace(document, **changes)


def foot(document, locale="de"):
    """The last page, and what stands on its lowest 105 mm with the words above the line."""
    return sheets(render_invoice(document, locale=locale))[-1]


def near(*pairs):
    assert all(abs(one - other) < NEAR for one, other in pairs), pairs


def test_it_stands_at_the_foot_with_both_its_parts():
    page = foot(invoice())
    near((page.width, 210), (page.height, 297))
    lines = [one for one in page.shapes if one.is_line]
    assert any(abs(one.y - TOP) < NEAR and one.width > 209.9 for one in lines)
    assert any(abs(one.x - 62) < NEAR and abs(one.height - 105) < NEAR for one in lines)
    receipt, part = page.at("Empfangsschein"), page.at("Zahlteil")
    near((receipt.x, 5), (part.x, 67))
    assert (receipt.size, part.size) == (11, 11)
    assert TOP + 5 < receipt.y < TOP + 12
    assert page.at("Vor der Einzahlung abzutrennen").y < TOP
    assert page.at("Annahmestelle").size == 6
    assert {one.font for one in page.texts if one.y > TOP - 5} == {
        "LiberationSans", "LiberationSans-Bold",
    }  # fmt: skip


def test_its_code_is_46_mm_wide_with_a_cross_of_7():
    shapes = [one for one in foot(invoice()).shapes if not one.is_line and one.y > TOP]
    code, cross = shapes[1], shapes[2]
    near((code.x, 67), (code.y, TOP + 17), (code.width, 46), (code.height, 46))
    near((cross.width, 7), (cross.height, 7))
    near((cross.x, 67 + 19.5), (cross.y, TOP + 17 + 19.5))
    near((shapes[3].width, 6.01))


def test_it_says_who_is_paid_how_much_for_what_by_whom():
    page = foot(invoice())
    for left, right, size, title in ((0, 62, 8, 6), (62, 210, 10, 8)):
        for words in (
            "CH44 3199 9123 0008 8901 2", "Aare Wasser AG", "Müller AG", "CHF", "3 703.68",
            "21 00000 00003 13947 14300 09017",
        ):  # fmt: skip
            found = [
                one for one in page.texts
                if one.words == words and left < one.x < right and one.y > TOP
            ]  # fmt: skip
            assert [one.size for one in found] == [size], words
        for words in ("Konto / Zahlbar an", "Referenz", "Zahlbar durch", "Währung", "Betrag"):
            found = [
                one for one in page.texts
                if one.words == words and left < one.x < right and one.y > TOP
            ]  # fmt: skip
            assert [(one.size, one.font) for one in found] == [(title, "LiberationSans-Bold")]
    near((page.at("Zusätzliche Informationen").x, 118))
    near((page.at("Konto / Zahlbar an", right_of=62).x, 118))
    amounts = [one for one in page.texts if one.words == "3 703.68" and one.y > TOP]
    assert all(TOP + 68 < one.y < TOP + 82 for one in amounts)


def test_a_debtor_who_is_not_known_has_room_between_four_corners():
    page = foot(invoice(name=""), "en")
    assert page.at("Payable by (name/address)", left_of=62)
    assert page.at("Payable by (name/address)", right_of=62)
    marks = [
        one for one in page.shapes
        if one.is_line and one.y > TOP + 12 and abs(one.width + one.height - 3) < NEAR
    ]  # fmt: skip
    assert len(marks) == 16
    for left, width, height in ((5, 52, 20), (118, 65, 25)):
        own = [one for one in marks if left - 1 < one.x < left + width + 1]
        near((max(one.x + one.width for one in own) - min(one.x for one in own), width))
        near((max(one.y + one.height for one in own) - min(one.y for one in own), height))


@pytest.mark.parametrize("locale", ["de", "fr-CH", "it", "en", "ar"])
@pytest.mark.parametrize("lines", [1, 3, 8, 14, 40])
def test_it_stands_on_the_last_page_alone_whatever_is_above(lines, locale):
    pages = sheets(render_invoice(invoice(lines), locale=locale))
    for page in pages:
        is_last = page is pages[-1]
        codes = [one for one in page.shapes if abs(one.width - 46) < NEAR and not one.is_line]
        assert bool(codes) is is_last
        inside = [one for one in page.texts if one.y > TOP - 5 and "Liberation" not in one.font]
        assert not (is_last and inside)
    assert len(pages) == {1: 1, 3: 1, 8: 2, 14: 2}.get(lines, len(pages))


def test_the_file_is_archival_and_the_same_every_time():
    content = render_invoice(invoice(), locale="de")
    assert content == render_invoice(invoice(), locale="de")
    with pikepdf.open(BytesIO(content)) as pdf, pdf.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
        assert about["pdfuaid:part"] == "1"


def test_the_paper_is_a4_wherever_the_business_is():
    near((foot(invoice(country="US")).width, 210))


def test_the_longest_words_stay_inside():
    name = "W" * 70
    page = foot(invoice(name=name))
    assert all(one.y < 297 for one in page.texts)
    assert not [one for one in page.texts if 57 < one.x < 67 and one.y > TOP]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_paid_minor": 370368, "amount_due_minor": 0},
        {"bill": bill_of(IBAN, Money(1, "EUR"), "", creditor=party_of("Aare", ADDRESS))},
    ],
)
def test_there_is_none_where_nothing_is_due_or_it_is_of_another_currency(changes):
    page = foot(invoice(**changes))
    assert not [one for one in page.texts if one.words == "Zahlteil"]
    assert not [one for one in page.texts if "Liberation" in one.font]


def test_what_was_paid_already_is_not_asked_for_again():
    page = foot(invoice(amount_paid_minor=70368, amount_due_minor=300000))
    assert page.at("3 000.00", left_of=62)
    assert page.at("3 000.00", right_of=62)


def test_the_way_to_pay_online_and_the_account_stand_there_once():
    pages = sheets(render_invoice(invoice(), locale="de"))
    words = " ".join(one.words for page in pages for one in page.texts)
    assert "Online zahlen" in words
    assert "Bankverbindung" not in words
