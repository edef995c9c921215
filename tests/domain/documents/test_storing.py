"""Documents are made once, and everybody gets the same file ever after."""

import logging
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.documents import assembly, queries
from counterfoil.domain.documents.rows import DocumentKey
from counterfoil.flows import issue_invoices
from counterfoil.flows.letters import render_document
from counterfoil.infra import files
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import credit_note, draft_invoice, issued_invoice, line
from factories.payments import pay
from races.racing import race

LATER = AT + timedelta(days=40)

pytestmark = pytest.mark.usefixtures("post")


def title(content: bytes) -> str:
    with pikepdf.open(BytesIO(content)) as pdf:
        return str(pdf.docinfo["/Title"])


def stored(business, kind, source_id, locale="en"):
    with reading(business):
        return queries.stored(business, DocumentKey(kind, source_id, locale))


def stored_count(business):
    with reading(business):
        [(count,)] = execute(
            "SELECT count(*) FROM documents_storeddocument WHERE business_id = %(b)s::uuid",
            {"b": business},
        )
    return count


def file_of(row) -> Path:
    return Path(settings.FILES) / row.path


def content_of(row) -> bytes:
    return files.read(row.path)


def test_made_once_and_served_ever_after(business, issued):
    invoice = issued()
    first = render_document.invoice_pdf(business, invoice.id, at=AT)
    row = stored(business, "invoice", invoice.id)
    businesses.change(business, {"name": "Harrow Waterworks"})
    again = render_document.invoice_pdf(business, invoice.id, at=LATER)

    assert title(first) == "Invoice INV-2026-00001 · Harrow Water"
    assert again == first
    assert row.path == f"b/{business}/invoice/{invoice.id}-en.pdf"
    assert (row.sha256, row.size) == (files.sha256(first), len(first))
    assert stored_count(business) == 1


def test_a_payment_does_not_change_the_invoice(business, issued, gateway):
    paid, unpaid = issued(), issued()
    pay(business, paid)
    with reading(business):
        rows = [render_document.billing.invoice(business, one.id) for one in (paid, unpaid)]
    documents = [
        assembly.invoice_document(
            render_document._brand(business), row, assembly.Lines((), ()), hosted_url=""
        )
        for row in rows
    ]

    assert [one.amount_due_minor for one in documents] == [10000, 10000]
    assert [one.amount_paid_minor for one in documents] == [0, 0]


def test_each_language_is_a_file_of_its_own(business, issued):
    invoice = issued()
    titles = {
        locale: title(render_document.invoice_pdf(business, invoice.id, at=AT, locale=locale))
        for locale in ("en", "de", "ar", "fr", "../../etc/passwd")
    }

    assert titles["de"].startswith("Rechnung INV-2026-00001")
    assert titles["ar"].startswith("فاتورة")
    assert titles["fr"] == titles["../../etc/passwd"] == titles["en"]
    assert stored_count(business) == 3


def test_the_customer_s_language_if_nothing_is_said(business):
    invoice = issued_invoice(business, add_customer(business, "Berta", locale="de"))

    assert title(render_document.invoice_pdf(business, invoice.id, at=AT)).startswith("Rechnung")


def test_two_first_requests_at_once_give_one_row_and_one_file(business, issued):
    invoice = issued()

    def work():
        return render_document.invoice_pdf(business, invoice.id, at=AT)

    contents = race(work, work)

    row = stored(business, "invoice", invoice.id)
    assert stored_count(business) == 1
    assert contents == [content_of(row)] * 2


def test_a_missing_file_is_made_anew(business, issued):
    invoice = issued()
    first = render_document.invoice_pdf(business, invoice.id, at=AT)
    file_of(stored(business, "invoice", invoice.id)).unlink()

    assert render_document.invoice_pdf(business, invoice.id, at=LATER) == first
    assert content_of(stored(business, "invoice", invoice.id)) == first


def test_a_changed_file_is_an_error_and_never_served(business, issued, caplog):
    invoice = issued()
    first = render_document.invoice_pdf(business, invoice.id, at=AT)
    file_of(stored(business, "invoice", invoice.id)).write_bytes(first + b"forged")
    with caplog.at_level(logging.ERROR, "counterfoil"):
        again = render_document.invoice_pdf(business, invoice.id, at=LATER)

    assert again == first
    assert "was changed outside" in caplog.text
    assert content_of(stored(business, "invoice", invoice.id)) == first


def test_a_draft_is_shown_as_a_preview_and_not_kept(business, customer):
    draft = draft_invoice(business, customer, line("50"))
    content = render_document.invoice_pdf(business, draft, at=AT)

    assert title(content) == "Invoice PREVIEW · Harrow Water"
    assert stored_count(business) == 0


def test_a_voided_invoice_is_still_there_as_it_was_issued(business, issued):
    invoice = issued()
    first = render_document.invoice_pdf(business, invoice.id, at=AT)
    issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM)

    assert render_document.invoice_pdf(business, invoice.id, at=LATER) == first


def test_receipts_are_for_money_that_arrived(business, issued, gateway):
    paid = pay(business, issued())
    declined = pay(business, issued(), source="declined")
    content = render_document.receipt_pdf(business, paid.id, at=AT)

    assert title(content).startswith("Receipt pay_")
    assert render_document.receipt_pdf(business, paid.id, at=LATER) == content
    with pytest.raises(NotFound):
        render_document.receipt_pdf(business, declined.id, at=AT)


def test_a_receipt_with_parts_and_credit_adds_up(business, issued, gateway):
    first, second = issued(line("50")), issued(line("100"))
    parts = ((first.id, 5000), (second.id, 4000))
    attempt = pay(business, first, parts=parts, amount_minor=9500)

    assert render_document.receipt_pdf(business, attempt.id, at=AT).startswith(b"%PDF-")


def test_credit_notes(business, customer, issued):
    invoice = issued(line("80", tax="20", off="10"))
    against = credit_note(business, customer, line("10", tax="20"), invoice_id=invoice.id)
    free = credit_note(business, customer)

    def ask(note):
        return render_document.credit_note_for(business, note.id, customer, None, at=AT)[0]

    assert title(ask(against)) == f"Credit note {against.number} · Harrow Water"
    assert ask(free).startswith(b"%PDF-")


def test_a_credit_note_is_for_its_own_readers(business, customer, other_customer, issued):
    first, second = issued(), issued()
    note = credit_note(business, customer, invoice_id=first.id)

    def ask(reader, invoice_id):
        return render_document.credit_note_for(business, note.id, reader, invoice_id, at=AT)[1]

    assert ask(customer, None) == ask(customer, first.id) == note.number
    for reader, invoice_id in ((other_customer, None), (customer, second.id)):
        with pytest.raises(NotFound):
            ask(reader, invoice_id)


def test_a_neighbour_finds_nothing(business, other_business, customer, issued):
    invoice = issued()
    render_document.invoice_pdf(business, invoice.id, at=AT)

    def credit_note_pdf(business_id, note_id, *, at):
        return render_document.credit_note_for(business_id, note_id, customer, None, at=at)

    for make in (render_document.invoice_pdf, render_document.receipt_pdf, credit_note_pdf):
        with pytest.raises(NotFound):
            make(other_business, invoice.id, at=AT)
        with pytest.raises(NotFound):
            make(business, new_id(), at=AT)


def test_discounts_taxes_and_odd_numbers_are_printed_exactly(business, customer):
    lines = [
        line("2.184", quantity="42.6", tax="5.5"),
        line("96", tax="20", off="25"),
        line("0.000001", quantity="1000000", tax="0"),
    ]
    invoice = issued_invoice(business, customer, *lines)

    assert render_document.invoice_pdf(business, invoice.id, at=AT).startswith(b"%PDF-")
