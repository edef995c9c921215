"""Paying by transfer: the facts, the codes' texts by their standards, and the drawn code."""

from uuid import UUID

import pytest

from counterfoil.domain.business.rows import BankAccountRow
from counterfoil.domain.documents.transfers import draw, epc_text, svg, transfer_to
from counterfoil.domain.receivables.references import creditor_reference, qr_reference
from counterfoil.kernel.money import Money
from counterfoil.kernel.references import is_creditor_reference, is_qr_reference

RF = creditor_reference("INV1")
QRR = qr_reference(UUID(int=5))
ADDRESS = {"line1": "Sihlquai 131", "postal_code": "8005", "city": "Zürich", "country": "CH"}


def account(iban="DE89370400440532013000", currency="EUR", **more):
    facts = {"number": "", "bic": "COBADEFFXXX", "bank_name": "Main Bank"} | more
    return BankAccountRow(UUID(int=1), "Harrow Water Ltd", iban, currency=currency,
                          is_active=True, **facts)  # fmt: skip


def transfer(own, amount, address=ADDRESS):
    return transfer_to(own, amount, creditor_ref=RF, qr_ref=QRR, address=address)


def test_epc_code_says_what_its_standard_asks_for():
    assert epc_text(account(), Money(12345, "EUR"), RF).split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Harrow Water Ltd", "DE89370400440532013000",
        "EUR123.45", "", RF,
    ]  # fmt: skip


def test_swiss_code_says_what_its_standard_asks_for():
    own = account("CH4431999123000889012", "CHF")
    lines = transfer(own, Money(199500, "CHF")).bill.text.split("\r\n")
    assert len(lines) == 31
    assert lines[:11] == [
        "SPC", "0200", "1", "CH4431999123000889012", "S", "Harrow Water Ltd", "Sihlquai 131", "",
        "8005", "Zürich", "CH",
    ]  # fmt: skip
    assert lines[18:20] == ["1995.00", "CHF"]
    assert lines[27:] == ["QRR", QRR, "", "EPD"]


def test_people_read_groups_and_copy_none():
    one = transfer(account(), Money(100, "EUR"))
    assert (one.account, one.account_plain) == (
        "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"
    )  # fmt: skip
    assert one.reference_plain == RF
    assert one.reference.startswith(f"{RF[:4]} {RF[4:8]}")


@pytest.mark.parametrize(
    ("own", "currency", "kind"),
    [
        (account(), "EUR", "epc"),
        (account("CH9300762011623852957"), "EUR", "epc"),
        (account("CH9300762011623852957", "CHF"), "CHF", "swiss"),
        (account("CH4431999123000889012", "CHF"), "CHF", "swiss"),
        (account("CH4431999123000889012"), "EUR", "swiss"),
        (account("GB82WEST12345698765432", "GBP"), "GBP", None),
        (account("", "USD", number="123456789"), "USD", None),
    ],
)
def test_code_by_account_and_currency(own, currency, kind):
    code = transfer(own, Money(100, currency)).code
    assert (code.kind if code else None) == kind


def test_qr_iban_asks_for_the_qr_reference():
    assert transfer(account("CH4431999123000889012", "CHF"), Money(1, "CHF")).reference_plain == QRR
    assert transfer(account("CH9300762011623852957", "CHF"), Money(1, "CHF")).reference_plain == RF


def test_swiss_code_needs_a_whole_address():
    own = account("CH9300762011623852957", "CHF")
    assert transfer(own, Money(100, "CHF"), {"country": "CH"}).code is None


def test_drawn_code_is_a_square_of_dark_runs():
    code = draw("epc", "BCD")
    assert code.size == 21
    assert code.path.startswith("M0 0h7v1h-7z")
    assert svg(code).count("<rect") == 1
    assert svg(draw("swiss", "SPC")).count("<rect") == 5


@pytest.mark.parametrize(
    "number",
    ["INV-2026-00001", "A-1", "A1", "a1", "2026/12", "Ü-7", "x" * 80, "1", "INV" + "9" * 18, " "],
)
def test_every_number_has_a_reference(number):
    reference = creditor_reference(number)
    assert is_creditor_reference(reference)
    assert creditor_reference(number) == reference


def test_references_are_told_apart():
    alike = ["A-1", "A1", "a1", "A/1", "A 1", "A.1"]
    assert len({creditor_reference(number) for number in alike}) == len(alike)


def test_qr_reference_has_27_digits():
    assert is_qr_reference(QRR)
    assert is_qr_reference(qr_reference(UUID(int=0)))
