"""Reads of messages, as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.notifications.rows import MessageRow, MessageText
from counterfoil.infra.db import execute
from counterfoil.infra.secrets.box import open_long, place_of
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

SENDING_AT_MOST = timedelta(minutes=2)  # longer than any try can take
QUEUED_AT_MOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows."""

    count: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message that no job is moving any more."""

    id: UUID


ABOUT = Statement(__package__, "messages_about", MessageRow)
TEXT = Statement(__package__, "message_text", MessageText)
UNDELIVERED = Statement(__package__, "undelivered", MessageRow)
UNDELIVERED_COUNT = Statement(__package__, "undelivered_count", Count)
STUCK = Statement(__package__, "stuck", Stuck)


def messages_about(
    business_id: BusinessId, about_kind: str, about_ids: Sequence[UUID]
) -> list[MessageRow]:
    """What was written about some invoices (`invoice`) or payments (`payment`), oldest first."""
    return ABOUT.rows(business_id=business_id, about_kind=about_kind, about_ids=list(about_ids))


def message(business_id: BusinessId, message_id: UUID) -> MessageText:
    """One message with its words, or `NotFound`; `SealBroken` where their key is not here."""
    found = TEXT.first(business_id=business_id, id=message_id)
    if found is None:
        raise NotFound
    text = open_long(found.text, place(message_id, "text"))
    return replace(found, text=text, html=open_long(found.html, place(message_id, "html")))


def place(message_id: UUID, column: str) -> str:
    """Where the words of a message stand, as they are sealed along."""
    return place_of("notifications_message", column, message_id)


def told_of(business_id: BusinessId, cause: str) -> frozenset[str]:
    """Whom a mail was written to for this cause, in small letters; not such as was overtaken."""
    rows = execute(
        """
        SELECT lower(m.recipient) FROM notifications_message m
        WHERE m.business_id = %(business_id)s::uuid AND m.cause = %(cause)s::text
          AND m.state <> 'skipped'
        """,
        {"business_id": business_id, "cause": cause},
    )
    return frozenset(address for (address,) in rows)


def reached(
    business_id: BusinessId, about_ids: Sequence[UUID], causes: Sequence[str]
) -> frozenset[str]:
    """Whom a mail about these invoices or payments went to, or may have gone to, for one of these
    causes, in small letters: also one that was written again (`cause:…`), and not what still
    waits or was refused."""
    rows = execute(
        """
        SELECT lower(m.recipient) FROM notifications_message m
        JOIN unnest(%(causes)s::text[]) AS c(cause)
          ON m.cause = c.cause OR starts_with(m.cause, c.cause || ':')
        WHERE m.business_id = %(business_id)s::uuid AND m.about_kind IN ('invoice', 'payment')
          AND m.about_id = ANY(%(about_ids)s::uuid[]) AND m.state IN ('sent', 'sending')
        """,
        {"business_id": business_id, "about_ids": list(about_ids), "causes": list(causes)},
    )
    return frozenset(address for (address,) in rows)


def undelivered(
    business_id: BusinessId, *, before: UUID | None = None, limit: int = 50
) -> list[MessageRow]:
    """Messages that did not arrive, newest first: FAILED ones wait for a person; QUEUED ones with
    a problem are still being tried."""
    return UNDELIVERED.rows(business_id=business_id, before=before, limit=limit)


def undelivered_count(business_id: BusinessId) -> int:
    """How many messages did not arrive."""
    found = UNDELIVERED_COUNT.first(business_id=business_id)
    return found.count if found else 0


def stuck(business_id: BusinessId, *, at: datetime, limit: int = 200) -> list[UUID]:
    """Messages whose job died: in SENDING for more than two minutes, or QUEUED for five."""
    rows = STUCK.rows(
        business_id=business_id,
        sending_before=at - SENDING_AT_MOST,
        queued_before=at - QUEUED_AT_MOST,
        limit=limit,
    )
    return [row.id for row in rows]
