"""Gathers what a payment's page shows of its refunds, and what a refund would bring."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.insights.story_rows import Step
from counterfoil.domain.payments.accounts.kinds import WITHOUT_ADAPTER
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import OPEN_REFUNDS
from counterfoil.domain.receivables.giving_back import GivenBack
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.domain.reconciliation import refund_lines
from counterfoil.domain.reconciliation.refund_lines import Payer
from counterfoil.flows.gateways import offers
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.surfaces.backoffice.access import StaffRequest
from counterfoil.surfaces.backoffice.pages import Happening
from counterfoil.surfaces.backoffice.payments.failures import told_reason
from counterfoil.surfaces.backoffice.payments.pages import OpenAgain, RefundLine, RefundPart
from counterfoil.surfaces.backoffice.payments.refund_words import (
    hand_explanation,
    refund_explanation,
    refund_pill,
    refund_step_words,
)
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.ui.formatting import money

_TONES = {"succeeded": "good", "failed": "bad", "returned": "bad", "unknown": "warn"}


@dataclass(frozen=True, slots=True)
class ShownByBank:
    """What our bank's statements say of a payment and its refunds by hand: the line of each, and
    who paid; with the day that it is today. Lines are opened by who sees every customer."""

    lines: Mapping[UUID, UUID]
    payer: Payer | None
    today: date
    can_be_opened: bool = True


def shown_by_bank(
    request: StaffRequest, payment_id: UUID, refund_ids: Sequence[UUID]
) -> ShownByBank:
    """Reads it, where there are refunds; inside `reading`."""
    business_id = request.business.id
    payer = refund_lines.payer_of(business_id, payment_id) if refund_ids else None
    lines = refund_lines.lines_of(business_id, refund_ids)
    return ShownByBank(lines, payer, request.today, can_be_opened=not request.member.tags)


def refund_part(
    row: PaymentRow, refunds: Sequence[RefundRow], kind: str, shown: ShownByBank
) -> RefundPart | None:
    """What of a payment is refunded and can be; None for one that brought no money."""
    if row.state != "succeeded" and not refunds:
        return None
    is_offered = kind in WITHOUT_ADAPTER or offers(kind, Capability.REFUNDS)
    can = is_offered and row.refundable_minor
    return RefundPart(
        refunds=tuple(_line(one, shown) for one in reversed(refunds)),
        refunded=Money(row.refunded_minor, row.currency),
        left=Money(row.refundable_minor, row.currency),
        is_offered=is_offered,
        refund_url=reverse("backoffice_payment_refund", args=[row.id]) if can else "",
        payer=shown.payer.name if shown.payer else "",
        payer_account=shown.payer.account if shown.payer else "",
        today=shown.today,
    )


def _line(row: RefundRow, shown: ShownByBank) -> RefundLine:
    if row.method:
        return _line_by_hand(row, shown)
    is_open = row.state in OPEN_REFUNDS and row.is_ours
    waits = row.state in ("failed", "returned") and row.looked_at is None
    return RefundLine(
        reference=encode("ref", row.id),
        amount=row.amount,
        pill=refund_pill(row.state, row.failure_code),
        at=row.finished_at or row.created_at,
        explanation=refund_explanation(row),
        reason=row.reason,
        claim_url=row.claim_url if row.state == "pending" else "",
        is_ours=row.is_ours,
        ask_url=reverse("backoffice_refund_ask", args=[row.id]) if is_open else "",
        looked_url=reverse("backoffice_refund_looked", args=[row.id]) if waits else "",
    )


def _line_by_hand(row: RefundRow, shown: ShownByBank) -> RefundLine:
    bank_line = shown.lines.get(row.id)
    opened = bank_line if shown.can_be_opened else None
    to_send = row.state == "pending"
    can_fail = row.state == "succeeded" and bank_line is None
    return RefundLine(
        reference=encode("ref", row.id),
        amount=row.amount,
        pill=refund_pill(row.state, row.failure_code, row.method),
        at=row.finished_at or row.created_at,
        explanation=hand_explanation(row, is_shown=bank_line is not None),
        reason=row.reason,
        is_ours=True,
        transfer_ref=row.transfer_ref if to_send else "",
        told_ref=row.gateway_ref,
        line_url=reverse("backoffice_bank_line", args=[opened]) if opened else "",
        sent_url=reverse("backoffice_refund_sent", args=[row.id]) if to_send else "",
        withdraw_url=reverse("backoffice_refund_withdraw", args=[row.id]) if to_send else "",
        take_back_url=reverse("backoffice_refund_take_back", args=[row.id]) if can_fail else "",
    )


def refund_happenings(
    refunds: Sequence[RefundRow],
    steps: Sequence[Step],
    names: Mapping[str, str],
    led_to: Collection[UUID] = (),
) -> list[Happening]:
    """The histories of refunds, each step with its amount. Of those that a request `led_to` the
    reason stands under the name of who asked."""
    amounts = {one.id: money(one.amount) for one in refunds}
    there = {one.id for one in refunds if not one.is_ours}
    by_hand = {one.id for one in refunds if one.method}
    unsaid = there | by_hand  # of these, no request was sent anywhere
    found, before = [], dict.fromkeys(amounts, "")
    for step in steps:
        was, before[step.object_id] = before[step.object_id], step.to_state
        if step.object_id in unsaid and step.to_state == "submitted":
            continue
        is_said = step.to_state == "created" and step.object_id in led_to
        why, detail = told_reason("refund", "" if is_said else step.reason)
        words = _step_words(step, was, is_found=step.object_id in there, by_hand=by_hand)
        found.append(
            Happening(
                step.at,
                f"{words}: {amounts[step.object_id]}",
                actor_words(step.actor, names),
                why,
                tone=_TONES.get(step.to_state, "neutral"),
                detail=detail,
            )
        )
    return found


def _step_words(step: Step, was: str, *, is_found: bool, by_hand: set[UUID]) -> str:
    if step.to_state == "created" and is_found:
        return _("A refund was made at the gateway")
    if was == "succeeded" and step.to_state != "returned":
        return _("Not sent after all: the bank line was another's")
    return refund_step_words(step.to_state, by_hand=step.object_id in by_hand)


def open_again(given: GivenBack, numbers: Mapping[UUID, str]) -> tuple[OpenAgain, ...]:
    """Which invoices a refund would open again, each once."""
    found: dict[UUID, Money] = {}
    for part in given.parts:
        before = found.get(part.invoice_id)
        found[part.invoice_id] = before + part.amount if before else part.amount
    return tuple(OpenAgain(numbers[invoice_id], amount) for invoice_id, amount in found.items())
