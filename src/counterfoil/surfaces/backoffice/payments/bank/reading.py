"""Reads bank lines for their pages: the list's rows, and everything about one of them."""

from uuid import UUID

from django.urls import reverse

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.insights import stories
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import ItemFilter
from counterfoil.domain.reconciliation import queries, refund_lines
from counterfoil.domain.reconciliation.rows import LineRow as Found
from counterfoil.domain.reconciliation.rows import RefundOffer as Offered
from counterfoil.domain.reconciliation.rows import Suggestion
from counterfoil.domain.reconciliation.states import LINE, LineState, Why
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.backoffice.payments.bank.pages import (
    LinePage,
    LineRow,
    OpenInvoice,
    Payer,
    RefundOffer,
)
from counterfoil.surfaces.backoffice.payments.bank.words import (
    line_pill,
    step_words,
    taken_off_words,
    why_words,
)
from counterfoil.surfaces.backoffice.rows import people_names
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.ui.lists import with_query

CUSTOMERS_SHOWN = 10
INVOICES_SHOWN = 50


def line_row(one: Found) -> LineRow:
    """A bank line in a list."""
    payment = None
    if one.attempt_id is not None:
        url = reverse("backoffice_payment", args=[one.attempt_id])
        payment = Link(one.customer_name or "", url)
    return LineRow(
        url=reverse("backoffice_bank_line", args=[one.id]),
        on=one.booked_date,
        amount=one.amount,
        counterparty=one.counterparty,
        text=one.remittance or one.reference,
        pill=line_pill(one.state),
        why=one.note or why_words(one.problem),
        payment=payment,
    )


def line_page(request: StaffRequest, line_id: UUID, note_errors: tuple[str, ...] = ()) -> LinePage:
    """Everything about one line, with the customers that answer to the search in the address."""
    business_id = request.business.id
    q = request.GET.get("q", "").strip()[:80]
    with reading(business_id):
        found = queries.line(business_id, line_id)
        account = businesses.bank_account(business_id, found.bank_account_id)
        steps = stories.steps(business_id, LINE.name, [line_id])
        waits = found.state == LineState.WAITING and found.amount_minor > 0
        near = queries.suggestions(business_id, [line_id]).get(line_id, []) if waits else []
        people = customers.page(business_id, q=q, limit=CUSTOMERS_SHOWN) if q else []
        payer = _payer(request, business_id, found) if waits else None
        may_be = refund_lines.offers(business_id, found) if _may_be_refund(found) else []
        names = people_names(identity.colleagues(business_id))
    return LinePage(
        row=line_row(found),
        counterparty_account=found.counterparty_account,
        reference=found.reference,
        bank_ref=found.bank_ref,
        account=account.name,
        note=found.note,
        imported_on=local_date(found.imported_at, request.business.timezone),
        is_waiting=found.state == LineState.WAITING,
        is_aside=found.state == LineState.ASIDE,
        can_be_paid=waits,
        suggestions=tuple(_suggested(one) for one in near),
        q=q,
        customers=tuple(
            Link(one.name, with_query(request.path, customer=encode("cus", one.id)))
            for one in people
        ),
        payer=payer,
        happenings=tuple(
            Happening(
                step.at,
                step_words(step.to_state, is_refund=found.refund_id is not None),
                actor_words(step.actor, names),
                _said(step.reason),
            )
            for step in reversed(steps)
        ),
        assign_url=reverse("backoffice_bank_assign", args=[line_id]),
        aside_url=reverse("backoffice_bank_aside", args=[line_id]),
        back_url=reverse("backoffice_bank_back", args=[line_id]),
        note_errors=note_errors,
        refunds=tuple(_offer(one, request.business.timezone) for one in may_be),
        has_left=found.amount_minor < 0,
        refund_url=reverse("backoffice_bank_refund", args=[line_id]),
        not_refund_url=(
            reverse("backoffice_bank_not_refund", args=[line_id])
            if found.refund_id and found.amount_minor < 0
            else ""
        ),
        not_refund_words=taken_off_words(found.refund_was),
    )


def _may_be_refund(found: Found) -> bool:
    """Money that left is put aside by itself where nothing tells more."""
    by_itself = found.state == LineState.ASIDE and found.problem == Why.OUTGOING
    return found.state == LineState.WAITING or by_itself


def _offer(one: Offered, timezone: str) -> RefundOffer:
    return RefundOffer(
        payment=encode("pay", one.attempt_id),
        refund=encode("ref", one.refund_id) if one.refund_id else "",
        customer_name=one.customer_name,
        amount=Money(one.amount_minor, one.currency),
        paid_on=local_date(one.paid_at, timezone),
        is_named=one.is_named,
        payment_url=reverse("backoffice_payment", args=[one.attempt_id]),
    )


def _said(reason: str) -> str:
    """What a person noted, or our own reason in words."""
    return why_words(reason) if reason in set(Why) else reason


def _suggested(one: Suggestion) -> OpenInvoice:
    return OpenInvoice(
        id=encode("inv", one.invoice_id),
        number=one.number,
        customer=encode("cus", one.customer_id),
        customer_name=one.customer_name,
        due_date=one.due_date,
        open=Money(one.open_minor, one.currency),
        same_amount=one.same_amount,
    )


def _payer(request: StaffRequest, business_id: BusinessId, found: Found) -> Payer | None:
    """The customer whom the address names, with what they owe in the line's currency."""
    try:
        customer_id = decode("cus", request.GET.get("customer", ""))
    except NotFound:
        return None
    row = customers.customer(business_id, customer_id)
    items = receivables.customer_items(
        business_id,
        customer_id,
        ItemFilter(status="due", order="due"),
        today=request.today,
        limit=INVOICES_SHOWN,
    )
    whose = encode("cus", customer_id)
    return Payer(
        whose,
        row.name,
        tuple(
            OpenInvoice(
                id=encode("inv", item.id),
                number=item.number,
                customer=whose,
                customer_name=row.name,
                due_date=item.due_date,
                open=Money(item.due_minor, item.currency),
                same_amount=item.due_minor == found.amount_minor,
            )
            for item in items
            if item.currency == found.currency
        ),
    )
