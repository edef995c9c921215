"""The only writer of messages: once per cause, one sender at a time, every try on record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.notifications.queries import SENDING_AT_MOST, place
from counterfoil.domain.notifications.rows import Claimed, LockedMessage, NewMessage
from counterfoil.domain.notifications.states import MESSAGE, MessageState
from counterfoil.infra.db import execute, operation
from counterfoil.infra.secrets.box import seal_long
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId

GIVE_UP_AFTER = timedelta(days=3)
MAY_HAVE_ARRIVED = "Two tries ended without an answer. It may have arrived, so it is not repeated."
_SUBJECT_MAX, _PROBLEM_MAX = 300, 300


class NotFailed(Conflict):
    """Only a message that was given up can be asked for again."""

    code = "not_failed"
    message = "This message was sent, or is still being tried."


LOCK = Statement(__package__, "lock_message", LockedMessage)
MESSAGES = Stored(MESSAGE, "notifications_message")


@operation
def write_once(business_id: BusinessId, new: Sequence[NewMessage], *, at: datetime) -> list[UUID]:
    """Writes messages and returns the ids of those that were new: an address that has had a mail
    for the same cause is left out. Whoever comes second waits for the first and writes nothing."""
    if not new:
        return []
    rows = execute(
        """
        INSERT INTO notifications_message (business_id, id, cause, template, about_kind, about_id,
          customer_id, recipient, locale, subject, text, html, message_ref, asks_for_money, state,
          tries, problem, created_at)
        SELECT %(business_id)s::uuid, n.id, n.cause, n.template, n.about_kind, n.about_id,
          n.customer_id, n.recipient, n.locale, n.subject, n.text, n.html, n.message_ref, n.asks,
          'queued', 0, '', %(at)s::timestamptz
        FROM unnest(%(ids)s::uuid[], %(causes)s::text[], %(templates)s::text[],
          %(kinds)s::text[], %(abouts)s::uuid[], %(customers)s::uuid[], %(recipients)s::text[],
          %(locales)s::text[], %(subjects)s::text[], %(texts)s::text[], %(htmls)s::text[],
          %(refs)s::text[], %(asks)s::boolean[])
          AS n(id, cause, template, about_kind, about_id, customer_id, recipient, locale, subject,
               text, html, message_ref, asks)
        ON CONFLICT (business_id, cause, lower(recipient)) DO NOTHING
        RETURNING id
        """,
        {
            "business_id": business_id,
            "ids": [one.id for one in new],
            "causes": [one.cause for one in new],
            "templates": [one.template for one in new],
            "kinds": [one.about_kind for one in new],
            "abouts": [one.about_id for one in new],
            "customers": [one.customer_id for one in new],
            "recipients": [one.recipient for one in new],
            "locales": [one.locale for one in new],
            "subjects": [one.rendered.subject[:_SUBJECT_MAX] for one in new],
            "texts": [seal_long(one.rendered.text, place(one.id, "text")) for one in new],
            "htmls": [seal_long(one.rendered.html, place(one.id, "html")) for one in new],
            "refs": [one.message_ref for one in new],
            "asks": [one.asks_for_money for one in new],
            "at": at,
        },
    )
    written = [row[0] for row in rows]
    if written:
        begin_many(business_id, MESSAGE, written, at=at, by=SYSTEM)
    return written


@operation
def claim(
    business_id: BusinessId, message_id: UUID, *, at: datetime, skip: str = ""
) -> Claimed | None:
    """Takes a message for sending; None if it is not to be sent now. With a reason to `skip` it,
    the message that would have been taken is SKIPPED instead, and keeps the reason.

    One that is SENDING belongs to someone else for two minutes; then that try is held for dead
    and taken over, once: the copy is marked. A second try that ends without an answer ends the
    message as FAILED, so that nobody gets a third copy.
    """
    locked = _lock(business_id, message_id)
    state = MessageState(locked.state)
    if state == MessageState.SENDING:
        if at - locked.moved_at < SENDING_AT_MOST:
            return None
        if locked.was_taken_over:
            _move(business_id, locked, MessageState.FAILED, at=at, problem=MAY_HAVE_ARRIVED)
            return None
    elif state != MessageState.QUEUED:
        return None
    if skip:
        _move(business_id, locked, MessageState.SKIPPED, at=at, problem=skip)
        return None
    took_over = state == MessageState.SENDING
    reason = "taken over from a try that never ended" if took_over else ""
    columns = {"tries": locked.tries + 1}
    move = Move(message_id, state, MessageState.SENDING, reason, columns)
    move_many(business_id, MESSAGES, [move], at=at, by=SYSTEM)
    return Claimed(message_id, is_resent=took_over or locked.was_taken_over)


@operation
def mark_sent(business_id: BusinessId, message_id: UUID, *, at: datetime) -> None:
    """The channel took it. Changes nothing unless it is being sent."""
    locked = _lock(business_id, message_id)
    if locked.state != MessageState.SENDING:
        return
    move = Move(
        message_id,
        MessageState.SENDING,
        MessageState.SENT,
        columns={"sent_at": at, "problem": ""},
    )
    move_many(business_id, MESSAGES, [move], at=at, by=SYSTEM)


@operation
def mark_failed(business_id: BusinessId, message_id: UUID, *, problem: str, at: datetime) -> None:
    """The channel will never take it, for the reason in `problem`; a person has to see to it."""
    locked = _lock(business_id, message_id)
    if locked.state == MessageState.SENDING:
        _move(business_id, locked, MessageState.FAILED, at=at, problem=problem)


@operation
def put_back(
    business_id: BusinessId, message_id: UUID, *, problem: str, at: datetime
) -> MessageState:
    """The channel could not take it now: waits for its next try, and is given up (FAILED) when
    three days have passed since it was written. Returns what it is now."""
    locked = _lock(business_id, message_id)
    if locked.state != MessageState.SENDING:
        return MessageState(locked.state)
    given_up = at - locked.created_at >= GIVE_UP_AFTER
    target = MessageState.FAILED if given_up else MessageState.QUEUED
    _move(business_id, locked, target, at=at, problem=problem)
    return target


@operation
def requeue(business_id: BusinessId, message_id: UUID, *, at: datetime, by: Actor) -> None:
    """Someone wants a failed message to be tried again; refuses any other (`NotFailed`)."""
    locked = _lock(business_id, message_id)
    if locked.state != MessageState.FAILED:
        raise NotFailed
    move = Move(message_id, MessageState.FAILED, MessageState.QUEUED, columns={"problem": ""})
    move_many(business_id, MESSAGES, [move], at=at, by=by)


def _lock(business_id: BusinessId, message_id: UUID) -> LockedMessage:
    found = LOCK.first(business_id=business_id, id=message_id)
    if found is None:
        raise NotFound
    return found


def _move(
    business_id: BusinessId,
    locked: LockedMessage,
    target: MessageState,
    *,
    at: datetime,
    problem: str,
) -> None:
    problem = problem[:_PROBLEM_MAX]
    move = Move(locked.id, MessageState(locked.state), target, problem, {"problem": problem})
    move_many(business_id, MESSAGES, [move], at=at, by=SYSTEM)
