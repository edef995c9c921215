"""Timelines: everything that happened to one thing, newest first, page by page, no gap."""

from datetime import timedelta

import pytest

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.insights import timelines
from counterfoil.flows import issue_invoices
from counterfoil.flows.letters import send_messages
from counterfoil.infra.db import reading
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.invoices import credit_note
from factories.payments import pay

USER = new_id()
CLERK = Actor(ActorKind.STAFF, str(USER), "Clara")

pytestmark = pytest.mark.usefixtures("post")


def told(business, about, **how):
    with reading(business):
        about = about(business) if callable(about) else about
        return timelines.timeline(business, about, **how)


def look(business, subject, customer_id=None, at=AT):
    audit.note(business, NoteKind.LOOKED, subject=subject, customer_id=customer_id, at=at)


def test_an_invoice_tells_its_states_payments_notes_and_credit_notes(
    business, customer, issued, gateway
):
    invoice, other = issued(), issued()
    attempt = pay(business, other)
    pay(business, invoice)
    credit_note(business, customer, invoice_id=other.id)
    look(business, f"invoice:{other.id}")
    rows = told(business, lambda b: timelines.about_invoice(b, other.id))
    assert {(one.sort, one.what, one.object_id) for one in rows if one.sort == "step"} == {
        ("step", "invoice", other.id), ("step", "attempt", attempt.id)
    }  # fmt: skip
    assert {one.number for one in rows if one.what == "invoice"} == {other.number}
    assert {one.sort for one in rows} >= {"step", "note", "credit_note"}
    assert [one.at for one in rows] == sorted((one.at for one in rows), reverse=True)
    assert invoice.id not in {one.object_id for one in rows}


def test_pages_follow_one_another_without_a_gap(business, customer, issued, gateway):
    for number in range(4):
        pay(business, issued())
        look(business, f"customer:{customer}", customer, at=AT - timedelta(days=number))
    whole = [one.id for one in told(business, timelines.about_customer(customer))]
    assert len(whole) == len(set(whole)) > 20
    paged, before = [], None
    while rows := told(business, timelines.about_customer(customer), before=before, limit=7):
        paged += [one.id for one in rows]
        before = paged[-1]
    assert paged == whole


def test_a_customer_tells_of_theirs_and_of_nobody_else(
    business, customer, other_customer, issued, gateway
):
    invoice = issued()
    send_messages.send_invoice(business, invoice.id, at=AT)
    pay(business, invoice)
    look(business, f"customer:{other_customer}", other_customer)
    look(business, f"customer:{customer}", customer)
    rows = told(business, timelines.about_customer(customer))
    assert {one.sort for one in rows} >= {"step", "change", "note", "mail"}
    assert [one.object_id for one in rows if one.what == "customers_customer"] == [customer]
    assert len([one for one in rows if one.sort == "note"]) == 1
    theirs = told(business, timelines.about_customer(other_customer))
    assert {one.sort for one in theirs} == {"change", "note"}


def test_a_contact_tells_what_they_did_and_got(business, customer, issued, gateway):
    with reading(business):
        [person] = customers.contacts(business, [customer])
    act_as(Actor(ActorKind.CONTACT, str(person.id), person.name), origin="192.0.2.1")
    try:
        audit.note(business, NoteKind.SIGNED_IN, subject=f"contact:{person.id}", at=AT)
    finally:
        act_as(SYSTEM, origin="")
    send_messages.send_invoice(business, issued().id, at=AT)
    look(business, f"customer:{customer}", customer)
    about = timelines.about_contact(person.id, customer, None, person.email)
    rows = told(business, about)
    assert [one.what for one in rows if one.sort == "note"] == ["signed_in"]
    assert {one.called for one in rows if one.sort == "mail"} == {person.email}
    assert {one.object_id for one in rows if one.sort == "change"} == {person.id}


def test_a_member_tells_what_they_did(business, customer, issued):
    invoice = issued()
    act_as(CLERK, origin="192.0.2.1")
    try:
        issue_invoices.void(business, invoice.id, at=AT, by=CLERK)
        look(business, "bank_accounts")
    finally:
        act_as(SYSTEM, origin="")
    rows = told(business, timelines.about_member(USER))
    assert {(one.sort, one.what, one.became) for one in rows} == {
        ("step", "invoice", "voided"), ("note", "looked", "bank_accounts")
    }  # fmt: skip


def test_another_business_sees_nothing(business, other_business, customer, issued):
    issued()
    assert told(other_business, timelines.about_customer(customer)) == []
