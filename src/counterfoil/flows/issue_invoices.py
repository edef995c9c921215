"""Issuing: number, debt, books and the outbox in one transaction; and taking back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.billing import operations as billing
from counterfoil.domain.billing import postings
from counterfoil.domain.billing.drafts import NewCreditNote, NewInvoice
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.billing.rows import IssuedCreditNote, IssuedInvoice
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger import queries as books
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings as receivable_postings
from counterfoil.domain.receivables.rows import Arrived, NewItem
from counterfoil.flows import apply_credit
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ids import BusinessId, encode


def check_customers(business_id: BusinessId, ids: Sequence[UUID]) -> None:
    """Refuses a document for a customer that this business does not have."""
    if set(ids) - set(customers.customers(business_id, list(set(ids)))):
        message = "This customer does not exist."
        raise InvalidInput([FieldProblem("customer", message, code="unknown_customer")])


def draft(
    business_id: BusinessId, new: Sequence[NewInvoice], *, at: datetime, by: Actor
) -> list[UUID]:
    """Writes drafts for customers of the business."""

    def work() -> list[UUID]:
        check_customers(business_id, [one.customer_id for one in new])
        return billing.draft(business_id, new, at=at, by=by)

    return run(business_id, work)


def change_draft(
    business_id: BusinessId, invoice_id: UUID, new: NewInvoice, *, at: datetime
) -> None:
    """Replaces a draft, for a customer of the business."""

    def work() -> None:
        check_customers(business_id, [new.customer_id])
        billing.change_draft(business_id, invoice_id, new, at=at)

    run(business_id, work)


def issue(
    business_id: BusinessId,
    ids: Sequence[UUID],
    terms: IssueTerms,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> list[IssuedInvoice]:
    """Issues drafts: each gets its number, becomes a debt and is booked; credit of its customer
    covers it where the business wants that. All or none.

    The mail follows from the outbox unless `quiet`.
    """

    def work() -> list[IssuedInvoice]:
        issued = billing.issue(business_id, ids, terms, at=at, by=by)
        _book(business_id, issued, at=at, quiet=quiet)
        return issued

    return run(business_id, work)


def draft_and_issue(
    business_id: BusinessId,
    new: Sequence[NewInvoice],
    terms: IssueTerms,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> list[IssuedInvoice]:
    """Writes and issues in one transaction: a batch of one, or an invoice run."""

    def work() -> list[IssuedInvoice]:
        check_customers(business_id, [one.customer_id for one in new])
        ids = billing.draft(business_id, new, at=at, by=by)
        issued = billing.issue(business_id, ids, terms, at=at, by=by)
        _book(business_id, issued, at=at, quiet=quiet)
        return issued

    return run(business_id, work)


def _book(
    business_id: BusinessId, issued: Sequence[IssuedInvoice], *, at: datetime, quiet: bool
) -> None:
    items = [
        NewItem(
            id=one.id,
            customer_id=one.customer_id,
            number=one.number,
            external_ref=one.external_ref,
            issue_date=one.issue_date,
            due_date=one.due_date,
            total=one.total,
        )
        for one in issued
    ]
    receivables.open_items(business_id, items, at=at)
    entries = [entry for entry in map(postings.invoice_issued, issued) if entry]
    ledger.post(business_id, entries, at=at)
    publish(business_id, [_event("invoice.issued", one) for one in issued], at=at, quiet=quiet)
    if businesses.by_id(business_id).applies_credit:
        apply_credit.apply_to_new(business_id, [one.id for one in issued], at=at, quiet=quiet)


def _event(kind: str, invoice: IssuedInvoice) -> Happened:
    body = {
        "invoice": encode("inv", invoice.id),
        "customer": encode("cus", invoice.customer_id),
        "number": invoice.number,
        "total": invoice.total_minor,
        "currency": invoice.currency,
    }
    return Happened(kind, body)


def void(
    business_id: BusinessId, invoice_id: UUID, *, at: datetime, by: Actor, quiet: bool = False
) -> IssuedInvoice:
    """Takes an issued invoice back. Refuses while money or credit stands against it or someone
    is paying it: a credit note is the way then. `quiet` sends no mail."""

    def work() -> IssuedInvoice:
        receivables.void_item(business_id, invoice_id, at=at)
        voided = billing.void(business_id, invoice_id, at=at, by=by)
        issued = books.entry_of_key(business_id, postings.issue_key(invoice_id))
        entry = postings.invoice_voided(voided, reverses=issued, at=at)
        ledger.post(business_id, [entry] if entry else [], at=at)
        publish(business_id, [_event("invoice.voided", voided)], at=at, quiet=quiet)
        return voided

    return run(business_id, work)


def credit(
    business_id: BusinessId,
    new: Sequence[NewCreditNote],
    terms: IssueTerms,
    *,
    at: datetime,
    quiet: bool = False,
) -> list[IssuedCreditNote]:
    """Issues credit notes: each covers its invoice as far as that is open; the rest, and all of a
    free one, stays the customer's credit."""

    def work() -> list[IssuedCreditNote]:
        check_customers(business_id, [one.customer_id for one in new])
        wanted = sorted({one.invoice_id for one in new if one.invoice_id})
        receivables.lock_items(business_id, wanted)
        days = list(terms.days) or [terms.today] * len(new)
        notes = billing.issue_credit_notes(business_id, new, days=days, at=at)
        ledger.post(business_id, [postings.credit_note_issued(note) for note in notes], at=at)
        covered = _apply_notes(business_id, notes, at=at)
        events = [_credit_event(note) for note in notes]
        events += [Happened("invoice.paid", {"invoice": encode("inv", one)}) for one in covered]
        publish(business_id, events, at=at, quiet=quiet)
        return notes

    return run(business_id, work)


def _apply_notes(
    business_id: BusinessId, notes: Sequence[IssuedCreditNote], *, at: datetime
) -> list[UUID]:
    """Covers invoices; returns those that have nothing due any more."""
    arrived = [
        Arrived(
            id=note.id,
            customer_id=note.customer_id,
            kind="credit_note",
            amount=note.total,
            plan=((note.invoice_id, note.total.minor),) if note.invoice_id else (),
        )
        for note in notes
    ]
    numbers = {note.id: note.number for note in notes}
    applied = receivables.apply_credits(business_id, arrived, at=at)
    entries = [
        receivable_postings.credit_applied(one, occurred_at=at, memo=numbers[one.id])
        for one in applied
    ] + [
        receivable_postings.write_off_recovered(one, occurred_at=at, memo=numbers[one.id])
        for one in applied
    ]
    ledger.post(business_id, [entry for entry in entries if entry], at=at)
    return sorted({invoice for one in applied for invoice in one.settled})


def _credit_event(note: IssuedCreditNote) -> Happened:
    body = {
        "credit_note": encode("cn", note.id),
        "customer": encode("cus", note.customer_id),
        "number": note.number,
        "total": note.total.minor,
        "currency": note.currency,
    }
    return Happened("credit_note.issued", body)
