"""Gathers what a payment's page shows of its refunds, and what a refund would bring."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.insights.story_rows import Step
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import OPEN_REFUNDS
from counterfoil.domain.receivables.giving_back import GivenBack
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.flows.gateways import offers
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.surfaces.backoffice.pages import Happening
from counterfoil.surfaces.backoffice.payments.pages import OpenAgain, RefundLine, RefundPart
from counterfoil.surfaces.backoffice.payments.refund_words import (
    refund_explanation,
    refund_pill,
    refund_step_words,
)
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.ui.formatting import money

_TONES = {"succeeded": "good", "failed": "bad", "returned": "bad", "unknown": "warn"}


def refund_part(row: PaymentRow, refunds: Sequence[RefundRow], kind: str) -> RefundPart | None:
    """What of a payment is refunded and can be; None for one that brought no money."""
    if row.state != "succeeded" and not refunds:
        return None
    is_offered = offers(kind, Capability.REFUNDS)
    can = is_offered and row.refundable_minor
    return RefundPart(
        refunds=tuple(_line(one) for one in reversed(refunds)),
        refunded=Money(row.refunded_minor, row.currency),
        left=Money(row.refundable_minor, row.currency),
        is_offered=is_offered,
        refund_url=reverse("backoffice_payment_refund", args=[row.id]) if can else "",
    )


def _line(row: RefundRow) -> RefundLine:
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


def refund_happenings(
    refunds: Sequence[RefundRow], steps: Sequence[Step], names: Mapping[str, str]
) -> list[Happening]:
    """The histories of refunds, each step with its amount."""
    amounts = {one.id: money(one.amount) for one in refunds}
    there = {one.id for one in refunds if not one.is_ours}
    return [
        Happening(
            step.at,
            _step_words(step, amounts, there),
            actor_words(step.actor, names),
            step.reason,
            tone=_TONES.get(step.to_state, "neutral"),
        )
        for step in steps
        if not (step.object_id in there and step.to_state == "submitted")
    ]


def _step_words(step: Step, amounts: Mapping[UUID, str], there: set[UUID]) -> str:
    words = refund_step_words(step.to_state)
    if step.to_state == "created" and step.object_id in there:
        words = _("A refund was made at the gateway")
    return f"{words}: {amounts[step.object_id]}"


def open_again(given: GivenBack, numbers: Mapping[UUID, str]) -> tuple[OpenAgain, ...]:
    """Which invoices a refund would open again, each once."""
    found: dict[UUID, Money] = {}
    for part in given.parts:
        before = found.get(part.invoice_id)
        found[part.invoice_id] = before + part.amount if before else part.amount
    return tuple(OpenAgain(numbers[invoice_id], amount) for invoice_id, amount in found.items())
