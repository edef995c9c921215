"""The Swiss payment part on the invoices of a Swiss business, as customers get them."""

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.domain.documents.codes import code_of
from counterfoil.flows.letters import render_document
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.references import is_qr_reference
from domain.documents.printed import sheets
from factories import invoices
from factories.bank_files import add_account, reference_of
from factories.businesses import AT, found

pytestmark = pytest.mark.usefixtures("post")

SWISS = {"line1": "Sihlquai 131", "postal_code": "8005", "city": "Zürich", "country": "CH"}
LUGANO = {"line1": "Via Nassa 7", "postal_code": "6900", "city": "Lugano", "country": "CH"}
QR_IBAN, IBAN = "CH4431999123000889012", "CH9300762011623852957"


@pytest.fixture
def swiss(database):
    business = found("aare", name="Aare Wasser", currency="CHF")
    businesses.change(business, {"address": SWISS})
    return business


def customer(business, address=LUGANO, locale="de"):
    new = NewCustomer(
        name="Rossi SA",
        locale=locale,
        timezone="Europe/Zurich",
        currency="CHF",
        email="rossi@example.com",
        address=address,
    )
    return customers.add(business, [new], at=AT)[0]


def printed(business, customer_id, currency="CHF", **asked):
    issued = invoices.issued_invoice(business, customer_id, currency=currency)
    content = render_document.invoice_pdf(business, issued.id, at=AT, **asked)
    return issued, [one.words for page in sheets(content) for one in page.texts]


def test_an_invoice_in_francs_is_paid_by_its_payment_part(swiss):
    add_account(swiss, QR_IBAN, "CHF")
    issued, words = printed(swiss, customer(swiss))
    assert {"Zahlteil", "Empfangsschein", "CH44 3199 9123 0008 8901 2", "6900 Lugano"} <= {*words}
    assert words.count("Rossi SA") >= 2
    assert issued.number in words  # what it is for
    plain = {one.replace(" ", "") for one in words}
    assert any(is_qr_reference(one) for one in plain)


def test_an_iban_is_paid_under_the_creditor_reference(swiss):
    add_account(swiss, IBAN, "CHF")
    issued, words = printed(swiss, customer(swiss, locale="en"))
    reference = reference_of(swiss, issued.id).replace(" ", "")
    assert "Payment part" in words
    assert reference in {one.replace(" ", "") for one in words}


def test_the_document_can_still_be_asked_for_by_its_code(swiss):
    add_account(swiss, IBAN, "CHF")
    issued, words = printed(swiss, customer(swiss))
    assert "aare.example/genuine" in "".join(words)
    assert code_of(swiss, "invoice", issued.id) in words


def test_arabic_invoices_have_it_in_english(swiss):
    add_account(swiss, IBAN, "CHF")
    _, words = printed(swiss, customer(swiss, locale="ar"))
    assert {"Payment part", "Receipt"} <= {*words}


def test_euro_to_a_swiss_account(swiss):
    add_account(swiss, IBAN, "EUR")
    _, words = printed(swiss, customer(swiss), "EUR")
    assert "Zahlteil" in words


def test_a_debtor_without_an_address_is_written_by_hand(swiss):
    add_account(swiss, IBAN, "CHF")
    _, words = printed(swiss, customer(swiss, {"country": "CH"}))
    assert words.count("Zahlbar durch (Name/Adresse)") == 2


def test_a_business_without_a_whole_address_has_none(swiss):
    businesses.change(swiss, {"address": {"country": "CH"}})
    add_account(swiss, IBAN, "CHF")
    _, words = printed(swiss, customer(swiss))
    assert "Zahlteil" not in words
    assert any("CH93" in one for one in words)


def test_an_account_elsewhere_has_none(swiss):
    add_account(swiss, currency="EUR")
    _, words = printed(swiss, customer(swiss), "EUR")
    assert "Zahlteil" not in words


def test_a_draft_and_a_credit_note_have_none(swiss):
    add_account(swiss, IBAN, "CHF")
    buyer = customer(swiss)
    [draft] = invoices.issue_invoices.draft(
        swiss, [invoices.new_invoice(buyer, currency="CHF")], at=AT, by=SYSTEM
    )
    note = invoices.credit_note(swiss, buyer, currency="CHF")
    preview = render_document.invoice_pdf(swiss, draft, at=AT)
    content, _ = render_document.credit_note_for(swiss, note.id, buyer, None, at=AT)
    for one in (preview, content):
        assert "Zahlteil" not in {text.words for page in sheets(one) for text in page.texts}
