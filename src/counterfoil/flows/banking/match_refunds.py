"""What staff say of bank lines that may be refunds: this one it is, or it was not."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.accounts.kinds import WITHOUT_ADAPTER
from counterfoil.domain.payments.rows import NewRefund
from counterfoil.domain.payments.states import ByHand, RefundState
from counterfoil.domain.reconciliation import operations, refund_lines
from counterfoil.domain.reconciliation import refund_postings as postings
from counterfoil.domain.reconciliation.refund_lines import RefundShown
from counterfoil.domain.reconciliation.rows import LockedLine
from counterfoil.flows.banking.close_refund import Shown, close
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.flows.refunds.refund_by_hand import NotByHand, lock
from counterfoil.flows.refunds.unsend_refund import unsend_with
from counterfoil.infra.db import run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, encode, new_id


def match(
    business_id: BusinessId, line_id: UUID, refund_id: UUID, *, at: datetime, by: Actor
) -> None:
    """A free line is this refund by hand: it has left by it, or (money that came) it came back.

    Refuses a line that somebody has dealt with (`NotWaiting`), a refund that another line shows
    (`RefundShown`), and one that the line can't be (`NotByHand`).
    """

    def work() -> None:
        line = refund_lines.lock_free(business_id, line_id)
        lock(business_id, refund_id)
        _close(business_id, line, refund_id, at=at, by=by)

    run(business_id, work, is_small=True)


def record(
    business_id: BusinessId, line_id: UUID, attempt_id: UUID, *, at: datetime, by: Actor
) -> UUID:
    """A free line is a refund of this payment that nobody has recorded: it is, and has left by it.
    Returns the refund. Refuses what `begin_refund` refuses, money that came (`NotByHand`) and a
    payment that a gateway has (`NotFound`)."""

    def work() -> UUID:
        line = refund_lines.lock_free(business_id, line_id)
        attempt = queries.attempt(business_id, attempt_id)
        if line.amount_minor >= 0:
            raise NotByHand
        account = queries.account(business_id, attempt.gateway_account_id)
        if account.kind not in WITHOUT_ADAPTER or attempt.currency != line.currency:
            raise NotFound
        form_key = f"line:{new_id()}"  # the line itself can be dealt with once
        new = NewRefund(attempt_id, -line.amount_minor, form_key, "", ByHand.BANK_TRANSFER)
        refund_id = refunds.begin_refund(business_id, new, at=at, by=by)
        _close(business_id, line, refund_id, at=at, by=by)
        return refund_id

    return run(business_id, work, is_small=True)


def _close(
    business_id: BusinessId, line: LockedLine, refund_id: UUID, *, at: datetime, by: Actor
) -> None:
    has_left = bool(refund_lines.lines_of(business_id, [refund_id]))
    if has_left and line.amount_minor < 0:
        raise RefundShown
    if not has_left and line.amount_minor > 0:
        raise NotByHand
    shown = Shown(line.bank_account_id, line.amount, line.booked_date, line.bank_ref)
    was = close(business_id, refund_id, shown, at=at, by=by)
    refund_lines.mark_refund(business_id, line, refund_id, was, at=at, by=by)


def unmatch(business_id: BusinessId, line_id: UUID, *, at: datetime, by: Actor) -> str:
    """A line was not the refund that it was taken for: it waits again. A refund that staff had said
    to be sent is on its way as before; one that only this line made sent is what it was before: to
    be sent, or withdrawn. Returns what it was before; empty where it stays sent. Refuses
    (`NotByHand`) any other line, and one whose refund came back."""

    def work() -> str:
        line = operations.lock_line(business_id, line_id)
        if line.refund_id is None or line.amount_minor >= 0:
            raise NotByHand
        row = lock(business_id, line.refund_id)
        if row.state != RefundState.SUCCEEDED:
            raise NotByHand
        entry = postings.refund_unmatched(
            row.id,
            row.gateway_account_id,
            line.bank_account_id,
            line.amount,
            occurred_at=at,
            memo=encode("ref", row.id),
        )
        ledger.post(business_id, [entry], at=at)
        refund_lines.unmark_refund(business_id, line, at=at, by=by)
        if line.refund_was:
            was, shown_ref = RefundState(line.refund_was), line.bank_ref[:120]
            unsend_with(business_id, row.id, was, shown_ref, at=at, by=by)
        return line.refund_was

    return run(business_id, work, is_small=True)


def take_back(business_id: BusinessId, refund_id: UUID, *, at: datetime, by: Actor) -> None:
    """A refund that was recorded as given did not go, or came back: the customer has it as credit.
    Refuses (`RefundShown`) one that a bank line shows: then only a line shows that it came back."""

    def check() -> None:
        if refund_lines.lines_of(business_id, [refund_id]):
            raise RefundShown

    refund_by_hand.take_back(business_id, refund_id, at=at, by=by, first=check)
