"""The only writer of requests for a second person's word: ask, decide, conclude."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.approvals import queries
from counterfoil.domain.approvals.rows import ApprovalRow, Wish
from counterfoil.domain.approvals.states import APPROVAL, ApprovalState
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import Conflict, Forbidden, NotFound
from counterfoil.kernel.ids import BusinessId, new_id

APPROVALS = Stored(APPROVAL, "approvals_approval")
LIFE = timedelta(days=7)
NOTE_MAX = 300
S = ApprovalState


@held_by("approvals_one_open")
class AskedAlready(Conflict):
    """The same waits already."""

    code = "approval_asked"
    message = "Somebody has asked for this already, and it waits for a second person."


class DecidedAlready(Conflict):
    """Somebody was faster, or its time is over."""

    code = "approval_decided"
    message = "This was decided already, or its time is over. Nothing was done again."


@held_by("approvals_two_people")
class SamePerson(Forbidden):
    """Nobody is their own second person."""

    code = "same_person"
    message = "You asked for this yourself: somebody else has to decide about it."


@operation
def ask(
    business_id: BusinessId, wish: Wish, user_id: UUID, name: str, *, at: datetime, by: Actor
) -> UUID:
    """Writes a request down and returns its id; the same form asks once. Refuses (`AskedAlready`)
    while the same waits."""
    approval_id = new_id()
    rows = execute(
        """
        INSERT INTO approvals_approval (business_id, id, state, act, about_kind, about_id,
          customer_id, called, currency, amount_minor, counted_minor, command, reason, form_key,
          asked_by_id, asked_name, asked_at, expires_at, decided_name, note, problem)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, 'requested', %(act)s::text,
          %(about_kind)s::text, %(about_id)s::uuid, %(customer_id)s::uuid, %(called)s::text,
          %(currency)s::text, %(amount_minor)s::bigint, %(counted_minor)s::bigint,
          %(command)s::jsonb, %(reason)s::text, %(form_key)s::text, %(user_id)s::uuid,
          %(name)s::text, %(at)s::timestamptz, %(expires_at)s::timestamptz, '', '', '')
        ON CONFLICT (business_id, form_key) DO NOTHING RETURNING id
        """,
        {
            "business_id": business_id,
            "id": approval_id,
            "act": wish.act,
            "about_kind": wish.about_kind,
            "about_id": wish.about_id,
            "customer_id": wish.customer_id,
            "called": wish.called[:250],
            "currency": wish.amount.currency if wish.amount else "",
            "amount_minor": wish.amount.minor if wish.amount else 0,
            "counted_minor": wish.counted_minor,
            "command": json.dumps(dict(wish.command)),
            "reason": wish.reason[:300],
            "form_key": wish.form_key[:100],
            "user_id": user_id,
            "name": name[:254],
            "at": at,
            "expires_at": at + LIFE,
        },
    )
    if not rows:
        known = queries.approval_of_form(business_id, wish.form_key[:100])
        if known is None or (known.act, known.about_id) != (wish.act, wish.about_id):
            raise NotFound
        return known.id
    begin_many(business_id, APPROVAL, [approval_id], at=at, by=by)
    return approval_id


def _locked(business_id: BusinessId, approval_id: UUID) -> ApprovalRow:
    found = queries.LOCKED.first(business_id=business_id, id=approval_id)
    if found is None:
        raise NotFound
    return found


def _waiting(business_id: BusinessId, approval_id: UUID) -> ApprovalRow:
    row = _locked(business_id, approval_id)
    if row.state != S.REQUESTED:
        raise DecidedAlready
    return row


@operation
def decide(  # noqa: PLR0913  which, who, what and why
    business_id: BusinessId,
    approval_id: UUID,
    *,
    is_approved: bool,
    user_id: UUID,
    name: str,
    note: str,
    at: datetime,
    by: Actor,
) -> ApprovalRow:
    """A second person's word. Refuses `DecidedAlready`, one whose time is over included, and
    `SamePerson`; whether they may is checked before."""
    row = _waiting(business_id, approval_id)
    if row.expires_at <= at:
        raise DecidedAlready
    if row.asked_by == user_id:
        raise SamePerson
    execute(
        """
        UPDATE approvals_approval SET decided_by_id = %(user_id)s::uuid,
          decided_name = %(name)s::text, decided_at = %(at)s::timestamptz, note = %(note)s::text
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": approval_id,
            "user_id": user_id,
            "name": name[:254],
            "note": note[:NOTE_MAX],
            "at": at,
        },
    )
    target = S.APPROVED if is_approved else S.REFUSED
    move = Move(approval_id, S.REQUESTED, target, note)
    move_many(business_id, APPROVALS, [move], at=at, by=by)
    return row


@operation
def withdraw(
    business_id: BusinessId, approval_id: UUID, user_id: UUID, *, at: datetime, by: Actor
) -> None:
    """Who asked does not want it any more. Refuses (`Forbidden`) anybody else, `DecidedAlready`."""
    row = _waiting(business_id, approval_id)
    if row.asked_by != user_id:
        raise Forbidden
    move_many(business_id, APPROVALS, [Move(approval_id, S.REQUESTED, S.WITHDRAWN)], at=at, by=by)


@operation
def expire(business_id: BusinessId, approval_id: UUID, *, at: datetime) -> bool:
    """Nobody decided in time; False if somebody did."""
    row = _locked(business_id, approval_id)
    if row.state != S.REQUESTED or row.expires_at > at:
        return False
    move = Move(approval_id, S.REQUESTED, S.EXPIRED)
    move_many(business_id, APPROVALS, [move], at=at, by=SYSTEM)
    return True


@operation
def conclude(
    business_id: BusinessId, approval_id: UUID, *, at: datetime, by: Actor, problem: str = ""
) -> None:
    """What was approved was done, or (with a problem) could not be done any more. Whoever is second
    gets `Conflict`, so that what is written along with it is written once."""
    row = _locked(business_id, approval_id)
    if row.state != S.APPROVED:
        raise DecidedAlready
    target = S.FAILED if problem else S.CARRIED_OUT
    columns = {"problem": problem[:300]}
    move = Move(approval_id, S.APPROVED, target, columns=columns)
    move_many(business_id, APPROVALS, [move], at=at, by=by)
