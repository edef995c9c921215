"""Carries out what a second person approved: once, by the flow that does it without approval, with
all of its own checks at this moment."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from counterfoil.domain.approvals import operations as approvals
from counterfoil.domain.approvals import queries
from counterfoil.domain.approvals.rows import ApprovalRow
from counterfoil.domain.approvals.states import ApprovalState
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.identity.roles import Act
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.flows import issue_invoices
from counterfoil.flows.aftermath import write_off
from counterfoil.flows.aftermath.approvals import commands
from counterfoil.flows.banking import accounts
from counterfoil.flows.refunds import refund_payment
from counterfoil.infra import jobs
from counterfoil.infra.db import noting, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.apart import tell_broken
from counterfoil.kernel.errors import Problem, Unavailable, Uncertain
from counterfoil.kernel.ids import BusinessId

Carry = Callable[[BusinessId, ApprovalRow, datetime, Actor], None]


def carry_out(business_id: BusinessId, approval_id: UUID, *, at: datetime, by: Actor) -> None:
    """Does what was approved; it and its note are written in one transaction, so it is done once
    however often this is called. What is refused now is `failed`, and nothing was done; so is what
    can't be read any more. What can't be done just now stays approved, and is tried again."""
    with reading(business_id):
        row = queries.approval(business_id, approval_id)
    if row.state != ApprovalState.APPROVED:
        return

    def done(_result: object) -> None:
        _conclude(business_id, approval_id, at=at, by=by)

    try:
        with noting(done):
            _carry(row)(business_id, row, at, by)
    except approvals.DecidedAlready:
        return
    except (Unavailable, Uncertain):
        return
    except Problem as problem:
        if isinstance(problem, commands.RequestUnreadable):
            tell_broken(f"approval {approval_id}", problem)
        _fail(business_id, approval_id, problem, at=at, by=by)


def _carry(row: ApprovalRow) -> Carry:
    with commands.readable():
        return _CARRY[row.act]


def _conclude(
    business_id: BusinessId, approval_id: UUID, *, at: datetime, by: Actor, problem: str = ""
) -> None:
    approvals.conclude(business_id, approval_id, at=at, by=by, problem=problem)
    jobs.defer(business_id, "send_approval", approval_id=str(approval_id))


def _fail(
    business_id: BusinessId, approval_id: UUID, problem: Problem, *, at: datetime, by: Actor
) -> None:
    """Whatever was begun before the problem was noted along with it; then this is too late."""
    try:
        run(
            business_id,
            lambda: _conclude(business_id, approval_id, at=at, by=by, problem=problem.code),
        )
    except approvals.DecidedAlready:
        return


def _refund(business_id: BusinessId, row: ApprovalRow, at: datetime, by: Actor) -> None:
    with commands.readable():
        command = commands.refund_of(row.command, form_key=commands.refund_key(row.id))
    command = replace(command, whole_at_most_minor=row.counted_minor)
    refund_payment.start(business_id, command, by=by, at=at)


def _write_off(business_id: BusinessId, row: ApprovalRow, at: datetime, by: Actor) -> None:
    write_off.write_off(
        business_id, row.about_id, row.reason, at=at, by=by, at_most_minor=row.amount_minor
    )


def _credit(business_id: BusinessId, row: ApprovalRow, at: datetime, by: Actor) -> None:
    with commands.readable():
        wanted = replace(commands.credit_of(row.command), whole_at_most_minor=row.counted_minor)
    zone = businesses.by_id(business_id).timezone
    issue_invoices.credit(business_id, [wanted], IssueTerms(clock.local_date(at, zone)), at=at)


def _bank_data(business_id: BusinessId, row: ApprovalRow, at: datetime, by: Actor) -> None:
    with commands.readable():
        wanted = commands.bank_data_of(row.command)
    if isinstance(wanted, NewBankAccount):
        accounts.add_bank_account(business_id, wanted, at=at)
    else:
        account_id, is_active = wanted
        accounts.show_bank_account(business_id, account_id, is_active=is_active)


def _limits(business_id: BusinessId, row: ApprovalRow, at: datetime, by: Actor) -> None:
    with commands.readable():
        was, limits = (commands.limits_of(row.command[name]) for name in ("was", "limits"))
    staffing.write_limits_of_all(business_id, limits, was=was)


_CARRY: Mapping[str, Carry] = {
    Act.REFUND: _refund,
    Act.WRITE_OFF: _write_off,
    Act.CREDIT: _credit,
    Act.BANK_DATA: _bank_data,
    "limits": _limits,
}
