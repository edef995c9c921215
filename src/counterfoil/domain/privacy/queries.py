"""Reads of copies, erasures and retention; and of everything that is held on somebody."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.states import OPEN_REFUNDS, OPEN_STATES
from counterfoil.domain.privacy import naming
from counterfoil.domain.privacy.register import HELD, Held
from counterfoil.domain.privacy.rows import CopyRow, ErasureRow, Known, OpenMoney, Paper, Subject
from counterfoil.infra.db import execute
from counterfoil.infra.secrets.fields import opened_row
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class KnownContact:
    """One contact of a subject; all of it is empty for a customer without contacts."""

    id: UUID | None
    email: str | None
    user_id: UUID | None
    customer_email: str


_ONE = "AND {0}.id = %(id)s::uuid"
_OF = "AND {0}.customer_id = %(customer_id)s::uuid"
COPY = Statement(__package__, "copies", CopyRow, WHICH=_ONE.format("c"))
COPIES_OF = Statement(
    __package__,
    "copies",
    CopyRow,
    WHICH=f"""{_OF.format("c")}
  AND (%(contact_id)s::uuid IS NULL OR c.contact_id = %(contact_id)s::uuid)
  AND (c.removed_at IS NULL OR c.made_at IS NULL OR c.removed_at < c.expires_at)""",
)
EXPIRED_COPIES = Statement(
    __package__,
    "copies",
    CopyRow,
    WHICH="AND c.expires_at < %(at)s::timestamptz AND c.removed_at IS NULL",
)
ERASURE = Statement(__package__, "erasures", ErasureRow, WHICH=_ONE.format("e"))
LOCK_ERASURE = Statement(
    __package__, "erasures", ErasureRow, WHICH=f"{_ONE.format('e')} FOR UPDATE OF e"
)
ERASURES_OF = Statement(
    __package__, "erasures", ErasureRow, WHICH=f"{_OF.format('e')} ORDER BY e.id DESC"
)
WAITING = Statement(
    __package__,
    "erasures",
    ErasureRow,
    WHICH="AND e.erased_at IS NULL AND e.declined_at IS NULL ORDER BY e.id LIMIT 1",
)
OPEN_MONEY = Statement(__package__, "open_money", OpenMoney)
KNOWN = Statement(__package__, "known_contacts", KnownContact)


def copy(business_id: BusinessId, copy_id: UUID) -> CopyRow:
    """One copy, or `NotFound`."""
    found = COPY.first(business_id=business_id, id=copy_id)
    if found is None:
        raise NotFound
    return found


def copies_of(subject: Subject) -> list[CopyRow]:
    """The copies of a person, or (without one named) all around a customer, the newest first; those
    that came to nothing or went before their time among them, those that expired not."""
    return COPIES_OF.rows(
        business_id=subject.business_id,
        customer_id=subject.customer_id,
        contact_id=subject.contact_id,
    )


def expired_copies(business_id: BusinessId, *, at: datetime) -> list[CopyRow]:
    """The copies whose files are to go."""
    return EXPIRED_COPIES.rows(business_id=business_id, at=at)


def gone_copies(business_id: BusinessId, among: Sequence[UUID]) -> list[UUID]:
    """Those of these copies whose files should not lie anywhere: taken away, or of nobody here."""
    rows = execute(
        """
        SELECT w.id FROM unnest(%(ids)s::uuid[]) AS w(id)
        WHERE NOT EXISTS (SELECT FROM privacy_copy c WHERE c.business_id = %(business_id)s::uuid
          AND c.id = w.id AND c.removed_at IS NULL)
        """,
        {"business_id": business_id, "ids": list(among)},
    )
    return [copy_id for (copy_id,) in rows]


def erasure(business_id: BusinessId, erasure_id: UUID) -> ErasureRow:
    """One erasure, or `NotFound`."""
    found = ERASURE.first(business_id=business_id, id=erasure_id)
    if found is None:
        raise NotFound
    return found


def erasures_of(business_id: BusinessId, customer_id: UUID) -> list[ErasureRow]:
    """The erasures around a customer, the newest first."""
    return ERASURES_OF.rows(business_id=business_id, customer_id=customer_id)


def erased_at(business_id: BusinessId, customer_id: UUID) -> datetime | None:
    """When a whole customer was erased last; None for one that never was."""
    rows = erasures_of(business_id, customer_id)
    moments = [one.erased_at for one in rows if one.erased_at and one.contact_id is None]
    return max(moments, default=None)


def oldest_wish(business_id: BusinessId) -> ErasureRow | None:
    """The erasure that has waited longest for a decision, if one waits."""
    return WAITING.first(business_id=business_id)


def open_money(business_id: BusinessId, customer_id: UUID) -> OpenMoney:
    """What is still under way with a customer."""
    [found] = OPEN_MONEY.rows(
        business_id=business_id,
        customer_id=customer_id,
        open_attempts=sorted(str(one) for one in OPEN_STATES),
        open_refunds=sorted(str(one) for one in OPEN_REFUNDS),
    )
    return found


def known(subject: Subject) -> Known:
    """By what rows are known to be about a subject; `NotFound` if there is no such person there."""
    rows = KNOWN.rows(
        business_id=subject.business_id,
        customer_id=subject.customer_id,
        contact_id=subject.contact_id,
    )
    ids = tuple(row.id for row in rows if row.id)
    if not rows or (subject.contact_id is not None and not ids):
        raise NotFound
    mails = {row.email for row in rows if row.email}
    if subject.contact_id is None and rows[0].customer_email:
        mails.add(rows[0].customer_email)
    users = {row.user_id for row in rows if row.user_id}
    mails |= naming.earlier(subject, ids)
    return Known(subject, ids, tuple(sorted(mails)), tuple(sorted(users)))


def condition(held: Held, subject: Subject) -> str:
    """Which rows of a table are the subject's, in SQL; empty if none can be."""
    return held.of_person if subject.contact_id else held.of_customer


def holdings(known_as: Known, *, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """By table, every row that is held on a subject, without secrets."""
    found = {}
    for held in HELD:
        if where := condition(held, known_as.subject):
            rows = _rows(held, where, known_as, at)
            if rows:
                found[held.table] = rows
    return found


def counts(known_as: Known, *, at: datetime) -> dict[str, int]:
    """By table, how many rows are held on a subject."""
    found = {}
    for held in HELD:
        if where := condition(held, known_as.subject):
            [(count,)] = execute(
                f'SELECT count(*) FROM "{held.table}" t WHERE {_mine(where)}',  # noqa: S608  ours
                known_as.params(at),
            )
            found[held.table] = int(count)
    return {table: count for table, count in found.items() if count}


def _rows(held: Held, where: str, known_as: Known, at: datetime) -> list[dict[str, Any]]:
    unread = ["business_id", *held.hidden, *held.opens]
    rows = execute(
        f"""
        SELECT to_jsonb(t) - %(unread)s::text[] FROM "{held.table}" t
        WHERE {_mine(where)} ORDER BY t.id
        """,  # noqa: S608  the register's own words
        known_as.params(at) | {"unread": unread},
    )
    return [opened_row(held.table, as_dict(row)) for (row,) in rows]


def _mine(where: str) -> str:
    return f"t.business_id = %(business_id)s::uuid AND ({where})"


def as_dict(value: Any) -> dict[str, Any]:
    """A JSON object, whether it came as text or read already."""
    made: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return made


def retention(business_id: BusinessId) -> dict[str, Any]:
    """What a business says of how long it keeps things; empty where it says nothing."""
    rows = execute(
        "SELECT r.days FROM privacy_retention r WHERE r.business_id = %(business_id)s::uuid",
        {"business_id": business_id},
    )
    return as_dict(rows[0][0]) if rows else {}


def last_document(business_id: BusinessId, customer_id: UUID) -> date | None:
    """The day of the last document in the books of a customer; None if there is none."""
    [(found,)] = execute(
        """
        SELECT greatest(
          (SELECT max(i.issue_date) FROM billing_invoice i
           WHERE i.business_id = %(business_id)s::uuid
             AND i.customer_id = %(customer_id)s::uuid),
          (SELECT max(n.issue_date) FROM billing_creditnote n
           WHERE n.business_id = %(business_id)s::uuid
             AND n.customer_id = %(customer_id)s::uuid),
          (SELECT max(a.finished_at)::date FROM payments_attempt a
           WHERE a.business_id = %(business_id)s::uuid
             AND a.customer_id = %(customer_id)s::uuid AND a.state = 'succeeded'))
        """,
        {"business_id": business_id, "customer_id": customer_id},
    )
    return found if isinstance(found, date) else None


def queued_messages(known_as: Known) -> list[UUID]:
    """Mails to the subject that have not gone out."""
    rows = execute(
        """
        SELECT m.id FROM notifications_message m
        WHERE m.business_id = %(business_id)s::uuid AND m.customer_id = %(customer_id)s::uuid
          AND m.state = 'queued'
          AND (NOT %(is_person)s::boolean OR lower(m.recipient) = ANY(%(mails)s::text[]))
        ORDER BY m.id
        """,
        {
            "business_id": known_as.subject.business_id,
            "customer_id": known_as.subject.customer_id,
            "mails": list(known_as.mails),
            "is_person": known_as.subject.contact_id is not None,
        },
    )
    return [row_id for (row_id,) in rows]


def contact_count(business_id: BusinessId, customer_id: UUID) -> int:
    """How many people a customer has."""
    [(count,)] = execute(
        """
        SELECT count(*) FROM customers_contact c
        WHERE c.business_id = %(business_id)s::uuid AND c.customer_id = %(customer_id)s::uuid
        """,
        {"business_id": business_id, "customer_id": customer_id},
    )
    return int(count)


def sign_ins(known_as: Known) -> list[dict[str, Any]]:
    """What is held on the sign-ins of a subject: themselves, and where they are signed in at this
    business. One that is found by its address alone is theirs if it is signed in here: anybody's
    address can be typed for a contact."""
    rows = execute(
        """
        SELECT to_jsonb(u) - ARRAY['password'] || jsonb_build_object('mobile_number', (
          SELECT to_jsonb(p) FROM identity_phone p WHERE p.user_id = u.id), 'sessions',
          coalesce(s.here, '[]'))
        FROM identity_user u CROSS JOIN LATERAL (
          SELECT jsonb_agg(to_jsonb(o) - ARRAY['session_key', 'session_data']) AS here
          FROM identity_session o
          WHERE o.user_id = u.id AND o.business_id = %(business_id)s::uuid) s
        WHERE u.id IN (
          SELECT unnest(%(users)s::uuid[])
          UNION SELECT a.id FROM customers_contact c
          JOIN identity_user a ON a.email = lower(c.email)
          WHERE c.business_id = %(business_id)s::uuid AND c.id = ANY(%(contact_ids)s::uuid[]))
          AND (u.id = ANY(%(users)s::uuid[]) OR s.here IS NOT NULL)
        ORDER BY u.id
        """,
        {
            "business_id": known_as.subject.business_id,
            "users": list(known_as.users),
            "contact_ids": list(known_as.contact_ids),
        },
    )
    return [_sign_in(as_dict(row)) for (row,) in rows]


def _sign_in(row: dict[str, Any]) -> dict[str, Any]:
    phone = row["mobile_number"]
    return row | {"mobile_number": opened_row("identity_phone", phone)["number"] if phone else None}


def papers(business_id: BusinessId, customer_id: UUID, *, limit: int) -> list[Paper]:
    """The documents of a customer that there are, the newest first."""
    rows = execute(
        """
        SELECT * FROM (
          SELECT 'invoice', i.id, i.number, i.issued_at FROM billing_invoice i
          WHERE i.business_id = %(business_id)s::uuid AND i.customer_id = %(customer_id)s::uuid
            AND i.state <> 'draft'
          UNION ALL SELECT 'credit_note', n.id, n.number, n.issued_at FROM billing_creditnote n
          WHERE n.business_id = %(business_id)s::uuid AND n.customer_id = %(customer_id)s::uuid
          UNION ALL SELECT 'receipt', a.id, '', a.finished_at FROM payments_attempt a
          WHERE a.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid
            AND a.state = 'succeeded'
        ) p(kind, id, number, at) ORDER BY p.at DESC, p.id LIMIT %(limit)s::int
        """,
        {"business_id": business_id, "customer_id": customer_id, "limit": limit},
    )
    return [Paper(kind, row_id, number) for kind, row_id, number, _ in rows]


def contacts_of_mail(business_id: BusinessId, email: str) -> list[tuple[UUID, UUID]]:
    """The contacts of this address: customer and contact."""
    rows = execute(
        """
        SELECT c.customer_id, c.id FROM customers_contact c
        WHERE c.business_id = %(business_id)s::uuid AND lower(c.email) = lower(%(email)s::text)
        ORDER BY c.id
        """,
        {"business_id": business_id, "email": email.strip()},
    )
    return [(customer_id, contact_id) for customer_id, contact_id in rows]
