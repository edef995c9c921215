"""Timelines: everything that happened to an invoice, a payment, a customer or a person, joined from
their states, the changes and notes of the trail, their mails and credit notes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from counterfoil.domain.audit.rows import sides
from counterfoil.domain.insights.story_rows import TimelineRow
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import PaymentFilter
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

TIMELINE = Statement(__package__, "timeline", TimelineRow)
MOST = 5_000
"""So many of each sort are looked at; older ones are in the list of all changes."""


@dataclass(frozen=True, slots=True)
class About:
    """What a timeline is about: named rows by their machine, everything of a customer, or what a
    person (`actors`, `email`) did and got there."""

    named: Sequence[tuple[str, UUID]] = ()
    subjects: Sequence[str] = ()
    customer_id: UUID | None = None
    actors: Sequence[str] = ()
    email: str = ""


def about_invoice(business_id: BusinessId, invoice_id: UUID) -> About:
    """An invoice with the payments that were to cover it, and what was asked of a second person."""
    paid = receivables.payments(business_id, PaymentFilter(invoice_id=invoice_id))
    attempts = [("attempt", one.id) for one in paid]
    return About([("invoice", invoice_id), *attempts], [f"invoice:{invoice_id}"])


def about_payment(business_id: BusinessId, attempt_id: UUID) -> About:
    """A payment with what was given back of it or contested, what was asked of a second person for
    it, and the mandate that it rests on."""
    attempt = payments.attempt(business_id, attempt_id)
    refunds = payments.refunds_of(business_id, [attempt_id])
    contested = chargebacks.chargebacks_of(business_id, [attempt_id])
    named = [
        ("attempt", attempt_id),
        *(("refund", one.id) for one in refunds),
        *(("chargeback", one.id) for one in contested),
        *([("mandate", attempt.mandate_id)] if attempt.mandate_id else []),
    ]
    return About(named, [f"payment:{attempt_id}"])


def about_customer(customer_id: UUID) -> About:
    """A customer with everything of theirs."""
    return About((), [f"customer:{customer_id}"], customer_id)


def about_contact(contact_id: UUID, customer_id: UUID, user_id: UUID | None, email: str) -> About:
    """A person at a customer: what was done to them, and what they did and got there."""
    label = f"contact:{contact_id}"
    subjects = [label, *([f"user:{user_id}"] if user_id else [])]
    return About([("contact", contact_id)], subjects, customer_id, [label], email.lower())


def about_member(user_id: UUID) -> About:
    """A member of staff: what they did here, and how they signed in."""
    label = f"staff:{user_id}"
    return About((), [f"user:{user_id}", label], None, [label])


def timeline(
    business_id: BusinessId, about: About, *, before: UUID | None = None, limit: int = MOST
) -> list[TimelineRow]:
    """What happened, the newest first; older than the row `before`."""
    rows = TIMELINE.rows(
        business_id=business_id,
        machines=[machine for machine, _ in about.named],
        ids=[one for _, one in about.named],
        subjects=list(about.subjects),
        customer_id=about.customer_id,
        is_person=bool(about.email),
        actors=list(about.actors),
        email=about.email,
        before_id=before,
        most=MOST,
        limit=limit,
    )
    return [_opened(row) if row.sort == "change" else row for row in rows]


def _opened(row: TimelineRow) -> TimelineRow:
    """A change with its sealed texts in the place of their marks."""
    before, after = sides(row.what, row.object_id, row.before, row.after, row.boxes)
    return replace(row, before=before, after=after, boxes={})
