"""The word of a second person: approved and carried out, or refused."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.approvals import operations as approvals
from counterfoil.domain.approvals import queries
from counterfoil.domain.approvals.deciders import may_decide
from counterfoil.domain.approvals.rows import ApprovalRow
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.flows.aftermath.approvals.carrying_out import carry_out
from counterfoil.infra import jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.errors import Forbidden
from counterfoil.kernel.ids import BusinessId


def decide(  # noqa: PLR0913  which, what, who and why
    business_id: BusinessId,
    approval_id: UUID,
    *,
    is_approved: bool,
    note: str,
    member: MemberRow,
    at: datetime,
    by: Actor,
) -> ApprovalRow:
    """A second person's word; what is approved is carried out at once, and the row tells what
    became of it.

    Refuses: `Forbidden` for who may not, `SamePerson`, `DecidedAlready`. Nothing is done then.
    """
    with reading(business_id):
        row = queries.approval(business_id, approval_id, tags=member.tags)
    if row.asked_by == member.user_id:
        raise approvals.SamePerson
    if not may_decide(member, row):
        raise Forbidden

    def work() -> None:
        approvals.decide(
            business_id,
            approval_id,
            is_approved=is_approved,
            user_id=member.user_id,
            name=member.name or member.email,
            note=" ".join(note.split()),
            at=at,
            by=by,
        )
        if not is_approved:
            jobs.defer(business_id, "send_approval", approval_id=str(approval_id))

    run(business_id, work)
    if is_approved:
        carry_out(business_id, approval_id, at=at, by=by)
    with reading(business_id):
        return queries.approval(business_id, approval_id)


def withdraw(
    business_id: BusinessId, approval_id: UUID, *, member: MemberRow, at: datetime, by: Actor
) -> None:
    """Who asked does not want it any more."""
    approvals.withdraw(business_id, approval_id, member.user_id, at=at, by=by)


def sweep(business_id: BusinessId, *, at: datetime) -> int:
    """Ends what nobody decided in time, and carries out what was approved and then left, each on
    its own; returns how many."""
    with reading(business_id):
        over = queries.expired(business_id, at=at)
        lying = queries.left_lying(business_id, at=at)
    ended = each_apart(over, lambda row: _expire(business_id, row.id, at))
    done = each_apart(lying, lambda row: carry_out(business_id, row.id, at=at, by=_decider(row)))
    return len(ended) + len(done)


def _expire(business_id: BusinessId, approval_id: UUID, at: datetime) -> None:
    def work() -> None:
        if approvals.expire(business_id, approval_id, at=at):
            jobs.defer(business_id, "send_approval", approval_id=str(approval_id))

    run(business_id, work)


def _decider(row: ApprovalRow) -> Actor:
    return Actor(ActorKind.STAFF, str(row.decided_by), row.decided_name)
