"""What was asked of a second person about a payment, as its short story tells it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from counterfoil.domain.approvals import queries as approvals
from counterfoil.domain.approvals.rows import ApprovalRow
from counterfoil.domain.approvals.states import APPROVAL
from counterfoil.domain.insights import stories
from counterfoil.domain.insights.story_rows import Step
from counterfoil.domain.payments import queries as payments
from counterfoil.flows.aftermath.approvals.commands import refund_key
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.backoffice.words.approvals import act_title, approval_step_words

_TONES = {"refused": "warn", "failed": "bad", "expired": "warn"}
_UNSAID = frozenset({"carried_out"})  # what was done stands there itself


def asked_about(
    business_id: BusinessId, attempt_id: UUID
) -> tuple[list[ApprovalRow], list[Step], set[UUID]]:
    """The requests about a payment, their states, and the refunds that they led to; inside
    `reading`."""
    rows = approvals.approvals_about(business_id, "payment", attempt_id)
    steps = stories.steps(business_id, APPROVAL.name, [one.id for one in rows]) if rows else []
    refunds = (payments.refund_of_form(business_id, refund_key(one.id)) for one in rows)
    return rows, steps, {one.id for one in refunds if one}


def approval_happenings(
    rows: Sequence[ApprovalRow], steps: Sequence[Step], names: Mapping[str, str]
) -> list[Happening]:
    """Who asked and why, and who said what to it."""
    asked = {one.id: one for one in rows}
    return [
        _happening(step, asked[step.object_id], names)
        for step in steps
        if step.to_state not in _UNSAID
    ]


def _happening(step: Step, row: ApprovalRow, names: Mapping[str, str]) -> Happening:
    note = row.reason if step.to_state == "requested" else ""
    if step.to_state in ("approved", "refused"):
        note = row.note
    return Happening(
        step.at,
        approval_step_words(step.to_state),
        actor_words(step.actor, names),
        note,
        Link(act_title(row.act, row.amount), reverse("backoffice_approval", args=[row.id])),
        _TONES.get(step.to_state, "neutral"),
    )
