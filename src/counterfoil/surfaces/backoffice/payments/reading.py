"""Gathers one payment with its story, in one transaction, for its page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.identity import queries as identity
from counterfoil.domain.insights import stories
from counterfoil.domain.insights.story_rows import PlacedEvent, Step
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.notifications.waiting import (
    arrived_and_rest,
    awaited,
    came_in_part,
    staff_words,
)
from counterfoil.domain.notifications.words import decline_reason
from counterfoil.domain.payments import chargebacks, mandates
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.payments.states import ATTEMPT, CHARGEBACK, MANDATE, OPEN_STATES, REFUND
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.flows.aftermath.stop_payment import can_be_stopped
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import is_known_by_day
from counterfoil.surfaces.backoffice.access import StaffRequest
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.backoffice.payments.asked import approval_happenings, asked_about
from counterfoil.surfaces.backoffice.payments.chargebacks.reading import (
    chargeback_happenings,
    chargeback_lines,
)
from counterfoil.surfaces.backoffice.payments.failures import told_reason
from counterfoil.surfaces.backoffice.payments.mandates import mandate_happenings, mandate_line
from counterfoil.surfaces.backoffice.payments.pages import Part, PaymentPage
from counterfoil.surfaces.backoffice.payments.refund_reading import (
    refund_happenings,
    refund_part,
    shown_by_bank,
)
from counterfoil.surfaces.backoffice.rows import (
    book_entries,
    mail_row,
    method_words,
    people_names,
)
from counterfoil.surfaces.backoffice.words import actor_words, attempt_pill, attempt_step_words
from counterfoil.surfaces.ui.formatting import money

_TONES = {"succeeded": "good", "failed": "bad", "unknown": "warn", "action_required": "warn",
          "returned": "bad"}  # fmt: skip


def payment_page(request: StaffRequest, payment_id: UUID) -> PaymentPage:
    """The page of one payment; `NotFound` for one that this business does not have."""
    business_id = request.business.id
    with reading(business_id):
        row = receivables.payment(business_id, payment_id)
        attempt = payments.attempt(business_id, payment_id)
        accounts = {one.id: one for one in stories.gateway_accounts(business_id)}
        refunds = payments.refunds_of(business_id, [payment_id])
        refund_ids = [one.id for one in refunds]
        contested = chargebacks.chargebacks_of(business_id, [payment_id]) if row.chargebacks else []
        contested_ids = [one.id for one in contested]
        steps = stories.steps(business_id, ATTEMPT.name, [payment_id])
        refund_steps = stories.steps(business_id, REFUND.name, refund_ids) if refunds else []
        contested_steps = (
            stories.steps(business_id, CHARGEBACK.name, contested_ids) if contested else []
        )
        events = stories.events_of(business_id, payment_id, refund_ids)
        books = stories.book_lines(business_id, payment_id, *refund_ids, *contested_ids)
        mails = notifications.messages_about(business_id, "payment", [payment_id])
        names = people_names(identity.colleagues(business_id))
        shown = shown_by_bank(request, payment_id, refund_ids)
        mandate = mandates.mandate(business_id, row.mandate_id) if row.mandate_id else None
        asked, asked_steps, led_to = asked_about(business_id, payment_id)
        mandate_steps = stories.steps(business_id, MANDATE.name, [mandate.id]) if mandate else []
    is_open = row.state in OPEN_STATES
    succeeded = row.state == "succeeded"
    return PaymentPage(
        reference=encode("pay", payment_id),
        amount=attempt.amount,
        pill=attempt_pill(row.status, row.failure_code, is_contested=row.contested_minor > 0),
        explanation=_explanation(row),
        customer=Link(row.customer_name, reverse("backoffice_customer", args=[row.customer_id])),
        payer=row.payer,
        note=row.note,
        method=method_words(row.instrument_kind, row.instrument_brand, row.instrument_last4),
        gateway=accounts[attempt.gateway_account_id].name,
        gateway_ref=row.gateway_ref,
        begun_at=row.created_at,
        finished_at=row.finished_at,
        finished_words=_finished_words(row),
        has_hour=not is_known_by_day(row.instrument_kind),
        failure=_failure(row),
        parts=_parts(row),
        unapplied=Money(row.unapplied_minor, row.currency) if row.unapplied_minor else None,
        is_reserved=0 < row.unapplied_minor <= row.refunding_minor,
        surcharge=Money(row.surcharge_kept_minor, row.currency) if row.surcharge_minor else None,
        happenings=_story(
            _moves(row, steps, names),
            events,
            [
                *approval_happenings(asked, asked_steps, names),
                *refund_happenings(refunds, refund_steps, names, led_to),
                *chargeback_happenings(contested, contested_steps, names),
                *(mandate_happenings(mandate, mandate_steps, names) if mandate else ()),
            ],
        ),
        timeline_url=reverse("backoffice_payment_timeline", args=[payment_id]),
        mails=tuple(mail_row(one) for one in reversed(mails)),
        books=book_entries(books),
        ask_url=reverse("backoffice_payment_ask", args=[payment_id]) if is_open else "",
        checks=row.checks,
        next_check_at=_next_check(attempt),
        receipt_url=reverse("backoffice_payment_receipt", args=[payment_id]) if succeeded else "",
        refund=refund_part(row, refunds, accounts[attempt.gateway_account_id].kind, shown),
        chargebacks=chargeback_lines(contested),
        stop_url=_stop_url(row, accounts[attempt.gateway_account_id].kind),
        mandate=mandate_line(mandate) if mandate else None,
        expected_date=row.until if is_open else None,
    )


def _finished_words(row: PaymentRow) -> str:
    """What it was that ended it."""
    ended = _("Cancelled") if row.failure_code == "not_sent" else _("Stopped")
    ends = {"failed": _("Declined"), "returned": _("Came back"), "cancelled": ended}
    return ends.get(row.state) or _("Settled")


def _stop_url(row: PaymentRow, gateway_kind: str) -> str:
    if not can_be_stopped(row, gateway_kind):
        return ""
    return reverse("backoffice_payment_stop", args=[row.id])


def _next_check(attempt: AttemptRow) -> datetime | None:
    return attempt.next_check_at if attempt.state in OPEN_STATES else None


def _explanation(row: PaymentRow) -> str:
    """What the state means for staff, in a sentence or two."""
    if row.failure_code == "amount_mismatch":
        return _(
            "The gateway took another amount than was asked for, so nothing was booked. "
            "Compare with the gateway's own dashboard."
        )
    known = {
        "unknown": _(
            "The gateway's answer was lost. We ask again until it is certain; the invoices stay "
            "held meanwhile, so that nobody pays twice."
        ),
        "processing": _processing(row),
        "action_required": _waiting(row),
        "cancelled": _("It never reached the gateway. No money moved, the invoices are free.")
        if row.failure_code == "not_sent"
        else _("It was stopped before any money moved. The invoices are free."),
        "failed": _("No money moved. The invoices can be paid again."),
        "returned": _(
            "The money had arrived, and the payer's bank took it back. What it covered is owed "
            "again, and the customer was told."
        ),
    }
    return known.get(row.state, "")


def _waiting(row: PaymentRow) -> str:
    arrived, rest = arrived_and_rest(row)
    return staff_words(awaited(row), arrived=money(arrived), rest=money(rest))


def _processing(row: PaymentRow) -> str:
    if came_in_part(row):
        return _(
            "%(arrived)s has arrived in coins, less than was asked for. Once the network has "
            "confirmed it, it is booked, and the rest stays due."
        ) % {"arrived": money(arrived_and_rest(row)[0])}
    return _("The gateway has taken the order; the money is not certain yet.")


def _failure(row: PaymentRow) -> str:
    if row.state not in ("failed", "returned"):
        return ""
    said = decline_reason(row.failure_code, row.instrument_kind)
    detail = ", ".join(filter(None, (row.bank_code, row.failure_detail)))
    return f"{said} \u2068({detail})\u2069" if detail else said


def _parts(row: PaymentRow) -> tuple[Part, ...]:
    return tuple(
        Part(
            Link(part["number"], reverse("backoffice_invoice", args=[UUID(part["invoice"])])),
            Money(part["planned"], row.currency),
            Money(part["applied"], row.currency),
            reverse("backoffice_payment_take_off", args=[row.id, UUID(part["invoice"])])
            if part["applied"] and not row.contested_minor
            else "",
        )
        for part in row.parts
    )


def _moves(row: PaymentRow, steps: Sequence[Step], names: Mapping[str, str]) -> list[Happening]:
    """Its states. What a statement or a person told of was never sent anywhere: it came on a day,
    and was recorded later."""
    is_by_day = is_known_by_day(row.instrument_kind)
    found = []
    for step in steps:
        if is_by_day and step.to_state == "submitted":
            continue
        came = is_by_day and step.to_state == "succeeded" and row.finished_at
        why, detail = told_reason("attempt", step.reason, row.instrument_kind)
        is_record = is_by_day and step.to_state == "created"
        found.append(
            Happening(
                row.finished_at if came and row.finished_at else step.at,
                _("Payment recorded")
                if is_record
                else attempt_step_words(step.to_state, row.failure_code, awaited(row)),
                "" if came else actor_words(step.actor, names),
                why,
                tone=_TONES.get(step.to_state, "neutral"),
                has_hour=not came,
                detail=detail,
            )
        )
    return found


def _story(
    moves: Sequence[Happening],
    events: Sequence[PlacedEvent],
    refunds: Sequence[Happening] = (),
) -> tuple[Happening, ...]:
    """States and events together, newest first; of two at one moment the later state is on top."""
    found = list(moves)
    found += [
        Happening(
            event.received_at,
            _("Event %(kind)s from the gateway") % {"kind": event.kind},
            note=event.ref,
        )
        for event in events
    ]
    found += refunds
    order = sorted(enumerate(found), key=lambda one: (one[1].at, one[0]), reverse=True)
    return tuple(one for _index, one in order)
