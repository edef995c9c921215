"""Somebody is forgotten: all that may go is gone everywhere, the books and their proof stay."""

from datetime import timedelta

import pytest

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.notifications.rows import NewMessage, Rendered
from counterfoil.domain.payments.methods import queries as method_queries
from counterfoil.domain.privacy import queries
from counterfoil.domain.privacy.operations import ErasureDecided
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.auditing import seal_trail
from counterfoil.flows.letters import render_document
from counterfoil.flows.people.privacy import erase
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from factories import database as db
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import draft_invoice, issued_invoice, line
from factories.payments import pay
from factories.sealed import texts

STAFF = Actor(ActorKind.STAFF, "018f0000-0000-7000-8000-000000000001", "Sam")
BOOKS = {
    *("billing_invoice", "payments_attempt", "documents_storeddocument", "infra_transition"),
    *("reconciliation_bankline",),
}


@pytest.fixture
def customer(business):
    """Zenobia, whose name is nowhere else."""
    return add_customer(business, "Zenobia")


@pytest.fixture
def paid(business, customer, gateway):
    """An invoice that she paid, with its mails and documents, and a link to it."""
    invoice = issued_invoice(business, customer, line("100"))
    attempt = pay(business, invoice, payer="zenobia@example.com")
    render_document.invoice_pdf(business, invoice.id, at=AT)
    mailed(business, customer, invoice.id)
    identity.make_guest_link(business, invoice.id, customer, sent_to="zenobia@example.com", at=AT)
    seal_trail.seal(business, at=AT)
    return attempt


def mailed(business, customer, invoice_id):
    """A mail to her that went out."""
    new = NewMessage(
        id=new_id(), cause="c", template="invoice_issued", about_kind="invoice",
        about_id=invoice_id, customer_id=customer, recipient="zenobia@example.com", locale="en",
        rendered=Rendered("Zenobia, your invoice", "Dear Zenobia", "<p>Dear Zenobia"),
        message_ref="<r@harrow.example>", asks_for_money=True,
    )  # fmt: skip
    messages.write_once(business, [new], at=AT)
    messages.claim(business, new.id, at=AT)
    messages.mark_sent(business, new.id, at=AT)


def asked(business, customer, contact=None):
    return erase.ask(Subject(business, customer, contact), at=AT, by=STAFF)


def contacts(business, customer):
    with reading(business):
        return customer_queries.contacts(business, [customer])


def traces(addresses, words):
    """The tables in which these words still stand anywhere."""
    found = {}
    with db.connect(addresses.owner_url) as owner:
        tables = owner.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'procrastinate%'"
        ).fetchall()
        for (table,) in tables:
            [(count,)] = owner.execute(
                f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text ILIKE %s", [f"%{words}%"]
            ).fetchall()
            if count:
                found[table] = count
        for table, text in texts(owner):
            if words in text.lower():
                found[table] = found.get(table, 0) + 1
    return found


def test_a_customer_is_forgotten_and_the_books_stay(business, customer, paid, addresses):
    assert "notifications_message" in traces(addresses, "zenobia")
    erasure_id = asked(business, customer)
    figures = erase.confirm(business, erasure_id, at=AT, by=STAFF)

    assert set(traces(addresses, "zenobia")) <= BOOKS
    assert {table: figures[table] for table in ("customers_customer", "customers_contact")} == {
        "customers_customer": 1, "customers_contact": 1,
    }  # fmt: skip
    assert figures["audit_recordvalues"] > 0
    seal_trail.seal(business, at=AT)
    proven = prove(business)
    assert proven.holds, [one for one in proven.findings if not one.holds]
    with reading(business):
        row = queries.erasure(business, erasure_id)
    assert (row.erased_at, row.decided_by) == (AT, STAFF.label)


def test_done_again_it_changes_nothing(business, customer, paid):
    erasure_id = asked(business, customer)
    first = erase.confirm(business, erasure_id, at=AT, by=STAFF)
    again = erase.confirm(business, erasure_id, at=AT + timedelta(days=1), by=STAFF)
    assert again == first


@pytest.mark.parametrize("what", ["open_invoices", "drafts", "open_payments"])
def test_refused_while_money_is_open(business, customer, gateway, what, addresses):
    if what == "drafts":
        draft_invoice(business, customer, line("7"))
    else:
        invoice = issued_invoice(business, customer, line("100"))
        if what == "open_payments":
            pay(business, invoice, source="slow")
    erasure_id = asked(business, customer)
    before = traces(addresses, "zenobia")
    with pytest.raises(erase.MoneyOpen) as refused:
        erase.confirm(business, erasure_id, at=AT, by=STAFF)
    assert what in refused.value.money.reasons
    assert traces(addresses, "zenobia") == before


def test_a_person_goes_and_the_customer_stays(business, customer, paid, addresses):
    run(
        business,
        lambda: customers.add_contacts(
            business, customer, [NewContact(name="Xerxes", email="xerxes@example.com")], at=AT
        ),
    )
    person = next(one for one in contacts(business, customer) if one.name == "Xerxes")
    user_id = identity.make_user("xerxes@example.com", name="Xerxes")
    run(business, lambda: customers.link_user(business, [person.id], user_id))
    before = traces(addresses, "zenobia")

    erasure_id = asked(business, customer, person.id)
    figures = erase.confirm(business, erasure_id, at=AT, by=STAFF)

    assert traces(addresses, "xerxes") == {}
    assert traces(addresses, "zenobia") == before
    assert figures["identity_user"] == 1
    assert person.id not in {one.id for one in contacts(business, customer)}


def test_a_sign_in_that_somebody_else_knows_stays(business, other_business, customer, addresses):
    """The same person is a contact of the neighbour, where nobody asked for anything."""
    theirs = add_customer(other_business, "Zenobia")
    user_id = identity.make_user("zenobia@example.com", name="Zenobia")
    for where, whose in ((business, customer), (other_business, theirs)):
        ids = [one.id for one in contacts(where, whose)]
        run(where, lambda where=where, ids=ids: customers.link_user(where, ids, user_id))

    figures = erase.confirm(business, asked(business, customer), at=AT, by=STAFF)

    assert "identity_user" not in figures
    assert traces(addresses, "zenobia")["identity_user"] == 1
    [kept] = contacts(other_business, theirs)
    assert (kept.name, kept.user_id) == ("Zenobia", user_id)


def test_it_is_asked_once_and_decided_once(business, customer):
    first = asked(business, customer)
    assert asked(business, customer) == first
    erase.decline(business, first, reason="a dispute is going on", at=AT, by=STAFF)
    with pytest.raises(ErasureDecided):
        erase.confirm(business, first, at=AT, by=STAFF)
    assert asked(business, customer) != first


def test_a_neighbour_erases_nothing(business, other_business, customer):
    erasure_id = asked(business, customer)
    with pytest.raises(NotFound):
        erase.confirm(other_business, erasure_id, at=AT, by=STAFF)
    with pytest.raises(NotFound):
        erase.ask(Subject(other_business, customer), at=AT, by=STAFF)
    [mine] = contacts(business, customer)
    bob = add_customer(business, "Bob")
    with pytest.raises(NotFound):
        erase.ask(Subject(business, bob, mine.id), at=AT, by=STAFF)


def test_the_review_says_what_goes_what_stays_and_until_when(business, customer, paid):
    review = erase.review(business, asked(business, customer), at=AT)
    assert review.money is None
    assert review.goes["customers_contact"] == 1
    assert review.goes["notifications_message"] == 1
    assert review.books_until.year == AT.year + 10
    assert review.trail_values > 0


def test_saved_methods_end_first(business, customer, gateway):
    invoice = issued_invoice(business, customer, line("10"))
    pay(business, invoice)
    run(
        business,
        lambda: execute(
            """
            INSERT INTO payments_method (business_id, id, customer_id, gateway_account_id, kind,
              gateway_ref, name, brand, last4, is_default, created_at, created_by)
            SELECT %(business_id)s::uuid, uuidv7(), %(customer_id)s::uuid, g.id, 'card', 'pm_1',
              'My card', 'visa', '4242', true, now(), 'contact:x'
            FROM payments_gatewayaccount g WHERE g.business_id = %(business_id)s::uuid LIMIT 1
            """,
            {"business_id": business, "customer_id": customer},
        ),
    )
    erase.confirm(business, asked(business, customer), at=AT, by=STAFF)
    with reading(business):
        assert method_queries.methods_of(business, customer) == []
        rows = execute(
            """
            SELECT m.name, m.last4, m.removed_at IS NOT NULL FROM payments_method m
            WHERE m.business_id = %(business_id)s::uuid
            """,
            {"business_id": business},
        )
    assert rows == [("", "", True)]


def test_money_that_opens_meanwhile_is_seen(business, customer, gateway, monkeypatch, addresses):
    """Between the first look and the transaction an invoice was issued."""

    def meanwhile(_subject, **_):
        issued_invoice(business, customer, line("5"))

    monkeypatch.setattr(erase, "_end_ways", meanwhile)
    with pytest.raises(erase.MoneyOpen):
        erase.confirm(business, asked(business, customer), at=AT, by=STAFF)
    assert "customers_customer" in traces(addresses, "zenobia")
