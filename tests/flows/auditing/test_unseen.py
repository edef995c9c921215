"""Whoever takes the triggers off and changes what people keep is found all the same."""

import pytest

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit import queries
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as known
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.insights.proofs import prove
from counterfoil.flows.letters import render_document
from counterfoil.infra.db import reading
from factories import database as db
from factories.businesses import AT
from factories.invoices import issued_invoice, line
from factories.staff import hire

WORDS = "what people keep is as it was last written down"


@pytest.fixture
def owner(addresses):
    """Somebody with all powers over the database, whose triggers are off and whose clock is odd."""
    with db.connect(addresses.owner_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET timezone = 'Asia/Kolkata'")
        yield connection


@pytest.fixture
def kept(business, customer):
    """A little of everything that people keep."""
    account = NewBankAccount("Harrow Water", "EUR", iban="DE89370400440532013000")
    businesses.add_bank_account(business, account, at=AT)
    hire(business, Role.FINANCE)
    identity.make_api_key(business, name="Shop", at=AT)
    with reading(business):
        row = known.customer(business, customer)
    customers.change(business, row, {"phone": "1", "address": {"city": "Rome"}}, at=AT)
    invoice = issued_invoice(business, customer, line("1"))
    render_document.invoice_pdf(business, invoice.id, at=AT)


def found(business):
    return {
        one.found
        for finding in prove(business).findings
        for one in finding.violations
        if finding.invariant == WORDS
    }


def test_what_was_changed_by_the_product_is_as_it_was_written_down(business, kept):
    assert found(business) == set()


@pytest.mark.parametrize(
    ("table", "change", "column"),
    [
        ("customers_contact", "email = 'thief@example.com'", "email"),
        ("customers_customer", "phone = 'v1.k.AAAA.' || repeat('x', 43)", "phone"),
        ("customers_customer", "address = ''", "address"),
        ("customers_customer", "created_at = created_at - interval '1 day'", "created_at"),
        ("business_bankaccount", "iban = 'DE02120300000000202051'", "iban"),
        ("business_business", "name = 'Thieves'", "name"),
        ("identity_membership", "role = 'owner'", "role"),
        ("identity_apikey", "revoked_at = now()", "revoked_at"),
    ],
)
def test_a_change_that_nobody_wrote_down_is_found(business, kept, owner, table, change, column):
    owner.execute(f"UPDATE {table} SET {change}")
    assert f"{column} is another than was written down" in found(business)


def test_what_was_added_or_removed_unseen_is_found(business, kept, owner):
    owner.execute("DELETE FROM customers_contact")
    assert found(business) == {"was removed, and nobody wrote it down"}
    owner.execute(
        "INSERT INTO customers_contact (business_id, id, customer_id, name, email, locale, "
        "gets_invoices, gets_receipts, may_sign_in, rights, created_at) "
        "SELECT business_id, uuidv7(), id, 'X', 'x@x.example', 'en', true, true, true, "
        "'[\"see\"]', now() FROM customers_customer"
    )
    assert "was added, and nobody wrote it down" in found(business)


def test_another_file_in_the_place_of_a_document_is_found(business, kept, owner):
    owner.execute("UPDATE documents_storeddocument SET sha256 = repeat('0', 64)")
    assert found(business) == {"its stored file was never handed out"}


def test_values_that_were_erased_are_compared_with_nothing(business, customer, kept, owner):
    with reading(business):
        rows = queries.records(business, objects=[customer])
    audit.erase_values(business, [one.id for one in rows], why="asked")
    assert found(business) == set()
    owner.execute("UPDATE customers_customer SET phone = ''")
    assert found(business) == set()
