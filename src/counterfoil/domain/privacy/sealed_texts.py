"""What an erasure does to texts that are sealed: they are opened and read one by one, for no
statement can look into them. One that nothing opens any more may name anybody, and goes too."""

from collections.abc import Iterator
from uuid import UUID

from counterfoil.domain.privacy import naming
from counterfoil.domain.privacy.rows import Known
from counterfoil.infra.db import execute
from counterfoil.infra.secrets.box import SealBroken, open_long, place_of

AT_ONCE = 500
_OF_GATEWAYS = "payments_gatewayevent"
_MAILS = "notifications_message"


def empty_events(known_as: Known) -> int:
    """Bodies that gateways sent, where they name one of the addresses and were acted on. What was
    set aside may be money that nobody has placed yet: it stays until somebody has looked at it, and
    goes by retention then. How many."""
    named = list(_events(known_as, waiting=False))
    execute(
        """
        UPDATE payments_gatewayevent SET body = ''
        WHERE business_id = %(business_id)s::uuid AND id = ANY(%(ids)s::uuid[])
        """,
        {"business_id": known_as.subject.business_id, "ids": named},
    )
    return len(named)


def events_that_wait(known_as: Known) -> int:
    """How many gateway messages name one of the addresses and stay, for nobody has placed them."""
    return sum(1 for _ in _events(known_as, waiting=True))


def _events(known_as: Known, *, waiting: bool) -> Iterator[UUID]:
    after: UUID | None = None
    while rows := execute(
        """
        SELECT e.id, e.body FROM payments_gatewayevent e
        WHERE e.business_id = %(business_id)s::uuid AND e.body <> ''
          AND (e.handled_at IS NULL OR starts_with(e.remark, 'unplaced')) = %(waiting)s::boolean
          AND (%(after)s::uuid IS NULL OR e.id > %(after)s::uuid)
        ORDER BY e.id LIMIT %(most)s::int
        """,
        {
            "business_id": known_as.subject.business_id,
            "waiting": waiting,
            "after": after,
            "most": AT_ONCE,
        },
    ):
        for event_id, body in rows:
            if _names(known_as, _said(body, place_of(_OF_GATEWAYS, "body", event_id))):
                yield event_id
        after = rows[-1][0]


def empty_letters(known_as: Known) -> int:
    """What mails to others of the customer said, where they are about the subject or name one of
    the addresses; to whom they went stays. How many."""
    named = list(_letters(known_as))
    execute(
        """
        UPDATE notifications_message SET subject = '', text = '', html = ''
        WHERE business_id = %(business_id)s::uuid AND id = ANY(%(ids)s::uuid[])
        """,
        {"business_id": known_as.subject.business_id, "ids": named},
    )
    return len(named)


def _letters(known_as: Known) -> Iterator[UUID]:
    after: UUID | None = None
    while rows := execute(
        """
        SELECT t.id, t.subject, t.text, t.html,
          t.about_kind = 'contact' AND t.about_id = ANY(%(contact_ids)s::uuid[])
        FROM notifications_message t
        WHERE t.business_id = %(business_id)s::uuid AND t.customer_id = %(customer_id)s::uuid
          AND t.subject <> '' AND (%(after)s::uuid IS NULL OR t.id > %(after)s::uuid)
        ORDER BY t.id LIMIT %(most)s::int
        """,
        {
            "business_id": known_as.subject.business_id,
            "customer_id": known_as.subject.customer_id,
            "contact_ids": list(known_as.contact_ids),
            "after": after,
            "most": AT_ONCE,
        },
    ):
        for message_id, subject, text, html, is_about in rows:
            said = (
                subject,
                _said(text, place_of(_MAILS, "text", message_id)),
                _said(html, place_of(_MAILS, "html", message_id)),
            )
            if is_about or _names(known_as, *said):
                yield message_id
        after = rows[-1][0]


def _said(sealed: str, place: str) -> str | None:
    """The text; None for one whose key is gone."""
    try:
        return open_long(sealed, place)
    except SealBroken:
        return None


def _names(known_as: Known, *texts: str | None) -> bool:
    return any(one is None or naming.names(one, known_as.mails) for one in texts)
