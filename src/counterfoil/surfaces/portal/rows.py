"""Turns what the domain hands out into the rows that portal pages are drawn from."""

from collections.abc import Iterable
from datetime import date

from django.utils.timezone import localtime

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.notifications.waiting import Waiting, arrived_and_rest, awaited
from counterfoil.domain.receivables.rows import ItemRow
from counterfoil.domain.receivables.rows import PaymentRow as PaymentFacts
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import FailureCode
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest, may
from counterfoil.surfaces.portal.pages import (
    InvoiceRow,
    InvoiceState,
    PaidInvoice,
    PaymentRow,
    PaymentState,
)
from counterfoil.surfaces.portal.ways.values import Method, Step

_HELD: dict[str, InvoiceState] = {
    "unknown": "checking",
    "processing": "processing",
    "submitted": "processing",
    "created": "processing",
    "action_required": "asked",
}
_PAYMENT_STATES: dict[str, PaymentState] = {
    "created": "processing",
    "submitted": "processing",
    "processing": "processing",
    "action_required": "action_required",
    "unknown": "unknown",
    "succeeded": "succeeded",
    "refunded": "refunded",
    "part_refunded": "part_refunded",
    "charged_back": "charged_back",
    "failed": "failed",
    "returned": "returned",
    "cancelled": "cancelled",
}


def invoice_state(item: ItemRow, today: date) -> InvoiceState:
    """The state that the customer sees: also what is on its way."""
    if item.is_void:
        return "void"
    if item.open_minor == 0:
        return "credited" if item.credited_minor and not item.paid_minor else "paid"
    if item.due_minor == 0:
        return "uncollectible"
    if item.attempt_state in _HELD:
        return _HELD[item.attempt_state]
    if item.paid_minor or item.credited_minor:
        return "part_paid"
    return "overdue" if item.due_date < today else "open"


def invoice_rows(
    request: PortalRequest, items: Iterable[ItemRow], today: date
) -> tuple[InvoiceRow, ...]:
    """The invoices of a list."""
    url_of, zone = links.invoice_urls(request), request.business.timezone
    return tuple(_invoice_row(item, url_of(item.number), zone, today) for item in items)


def _invoice_row(item: ItemRow, url: str, zone: str, today: date) -> InvoiceRow:
    return InvoiceRow(
        number=item.number,
        url=url,
        issued_date=item.issue_date,
        due_date=item.due_date,
        due_in_days=(item.due_date - today).days,
        state=invoice_state(item, today),
        total=Money(item.total_minor, item.currency),
        amount_due=Money(item.due_minor, item.currency),
        paid_date=local_date(item.settled_at, zone) if item.settled_at else None,
        external_ref=item.external_ref,
        can_be_chosen=can_be_chosen(item),
    )


def can_be_chosen(item: ItemRow) -> bool:
    """Whether something is due that nobody is paying."""
    return item.due_minor > 0 and item.attempt_state is None


def method(kind: str | None, brand: str | None, last4: str | None) -> Method | None:
    """What paid, if that is known."""
    return Method(kind, brand or "", last4 or "") if kind else None


def step_of(payment: Waiting) -> Step:
    """What the payer of a payment that waits for them has to do."""
    arrived, rest = arrived_and_rest(payment)
    return Step(awaited(payment), arrived, rest)


def may_confirm(request: PortalRequest, begun_by: str, *, is_planned: bool) -> bool:
    """Whether the reader may go on at the bank: who began the payment; of a planned one, that the
    bank wants to see somebody for, everybody who may pay."""
    is_theirs = is_planned or begun_by == request.actor.label
    return is_theirs and may(request, ContactRight.PAY)


def _payment_state(request: PortalRequest, fact: PaymentFacts) -> PaymentState:
    """What the list calls it: nothing is taken back while the bank has not decided, and nobody is
    waited for who can't confirm it."""
    is_planned = fact.failure_code == FailureCode.AUTHENTICATION_REQUIRED
    if fact.status == "action_required":
        mine = may_confirm(request, fact.begun_by, is_planned=is_planned)
        return "action_required" if mine else "asked"
    if fact.status == "cancelled" and not fact.failure_code:
        return "stopped"
    if fact.status == "charged_back" and not fact.charged_back_minor:
        return "contested"
    return _PAYMENT_STATES[fact.status]


def _arrived(fact: PaymentFacts) -> date | None:
    """The day on which its money came, where it is another than the one it was begun on."""
    if fact.state != "succeeded" or fact.finished_at is None:
        return None
    begun, came = (localtime(one).date() for one in (fact.created_at, fact.finished_at))
    return came if came != begun else None


def payment_row(request: PortalRequest, fact: PaymentFacts) -> PaymentRow:
    """One payment of a list."""
    succeeded = fact.state == "succeeded"
    return PaymentRow(
        reference=encode("pay", fact.id),
        url=links.result_url(request, fact.id),
        at=fact.created_at,
        arrived_date=_arrived(fact),
        amount=Money(fact.amount_minor, fact.currency),
        state=_payment_state(request, fact),
        method=method(fact.instrument_kind, fact.instrument_brand, fact.instrument_last4),
        invoices=paid_invoices(request, fact),
        receipt_url=links.receipt_url(request, fact.id) if succeeded else "",
        failure_code=fact.failure_code if fact.state in ("failed", "returned") else "",
        credit=Money(fact.unapplied_minor, fact.currency) if fact.unapplied_minor else None,
    )


def paid_invoices(request: PortalRequest, fact: PaymentFacts) -> tuple[PaidInvoice, ...]:
    """What a payment did, or was to do, to invoices; not those that its credit covers no longer."""
    succeeded = fact.state == "succeeded"
    return tuple(
        PaidInvoice(
            number=part["number"],
            url=links.invoice_url(request, part["number"]),
            amount=Money(part["applied"] if succeeded else part["planned"], fact.currency),
            left=Money(part["left"], fact.currency) if succeeded and part["left"] else None,
        )
        for part in fact.parts
        if part["planned"] or part["applied"]
    )
