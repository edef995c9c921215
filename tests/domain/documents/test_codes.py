"""The codes of documents: unguessable, read as people type them, and kept as hashes only."""

from uuid import UUID

import pytest
from django.test import override_settings

from counterfoil.domain.documents import queries
from counterfoil.domain.documents.codes import LENGTH, code_of, hash_of, plain_code
from counterfoil.flows import issue_invoices
from counterfoil.flows.letters import render_document
from counterfoil.infra import files
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT
from factories.invoices import credit_note
from factories.payments import pay

SOME = (UUID(int=1), "invoice", UUID(int=2))

pytestmark = pytest.mark.usefixtures("post")


def found(business, code="", content=b""):
    with reading(business):
        digest = files.sha256(content) if content else ""
        return queries.printed(business, code=code, sha256=digest)


def test_a_code_is_20_characters_of_crockford_and_hangs_on_everything():
    code = code_of(*SOME)
    assert len(code.replace("-", "")) == LENGTH == 20
    assert [len(part) for part in code.split("-")] == [5] * 4
    assert code == code_of(*SOME)
    others = {
        code_of(UUID(int=9), "invoice", UUID(int=2)),
        code_of(UUID(int=1), "receipt", UUID(int=2)),
        code_of(UUID(int=1), "invoice", UUID(int=3)),
    }
    assert len(others | {code}) == 4
    seen = {character for n in range(50) for character in code_of(*SOME[:2], UUID(int=n))}
    assert len(seen - {"-"}) == 32


def test_a_code_hangs_on_our_secret():
    code = code_of(*SOME)
    with override_settings(SECRET_KEY="another"):
        assert code_of(*SOME) != code


@pytest.mark.parametrize(
    "typed",
    ["0123456789abcdefghjk", " 01234-56789-ABCDE-FGHJK ", "oI234 56789\u2013abcde\u00a0fghjk"],
)
def test_it_is_read_as_people_type_it(typed):
    assert plain_code(typed) == "0123456789abcdefghjk"


@pytest.mark.parametrize("typed", ["", "0123456789abcdefghj", "0123456789abcdefghjku", "ü" * 20])
def test_what_is_no_code_is_none(typed):
    assert plain_code(typed) == ""


def test_each_document_is_found_by_its_code_and_by_its_file(business, customer, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice)
    note = credit_note(business, customer)
    made = {
        ("invoice", invoice.id, invoice.number): render_document.invoice_pdf(
            business, invoice.id, at=AT
        ),
        ("receipt", attempt.id, encode("pay", attempt.id)): render_document.receipt_pdf(
            business, attempt.id, at=AT
        ),
        ("credit_note", note.id, note.number): render_document.credit_note_for(
            business, note.id, customer, None, at=AT
        )[0],
    }
    for (kind, source_id, number), content in made.items():
        by_code = found(business, code_of(business, kind, source_id))
        assert (by_code.kind, by_code.source_id, by_code.number) == (kind, source_id, number)
        assert (by_code.customer_id, by_code.is_in_force) == (customer, True)
        assert (by_code.has_code, by_code.has_file) == (True, False)
        assert found(business, code_of(business, kind, source_id), content).has_file
        assert found(business, "", content).source_id == source_id
        assert not found(business, code_of(business, kind, source_id), content + b" ").has_file


def test_nothing_is_found_by_anything_else(business, other_business, issued):
    invoice = issued()
    content = render_document.invoice_pdf(business, invoice.id, at=AT)
    code = code_of(business, "invoice", invoice.id)
    with reading(business):
        assert queries.document_of_code(business, code.lower()).source_id == invoice.id
        assert queries.document_of_code(business, "") is None
        assert queries.document_of_code(business, code[:-1]) is None
    assert found(business) is None
    assert found(business, code_of(business, "invoice", new_id())) is None
    assert found(other_business, code) is None
    assert found(other_business, "", content) is None


def test_a_voided_invoice_is_no_longer_in_force(business, issued):
    invoice = issued()
    render_document.invoice_pdf(business, invoice.id, at=AT)
    issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM)
    assert not found(business, code_of(business, "invoice", invoice.id)).is_in_force


def test_every_language_has_the_same_code_and_a_file_of_its_own(business, issued):
    invoice = issued()
    code = code_of(business, "invoice", invoice.id)
    for locale in ("en", "de"):
        content = render_document.invoice_pdf(business, invoice.id, at=AT, locale=locale)
        assert found(business, code, content).has_file


def test_no_code_is_in_the_database(business, issued):
    invoice = issued()
    render_document.invoice_pdf(business, invoice.id, at=AT)
    code = code_of(business, "invoice", invoice.id)
    with reading(business):
        [(row,)] = execute(
            "SELECT to_jsonb(p)::text FROM documents_printing p WHERE business_id = %(b)s::uuid",
            {"b": business},
        )
    assert hash_of(code) in row
    assert plain_code(code) not in row.lower()
