"""The only writer of mandates: begun, recorded, ended; and the reads of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.mandate_outcomes import MandateChange
from counterfoil.domain.payments.operations import FIRST_CHECK, FormSentAlready
from counterfoil.domain.payments.rows import MandateRow, NewMandate, mandate_place
from counterfoil.domain.payments.states import MANDATE
from counterfoil.infra.db import execute, operation
from counterfoil.infra.outbox import Happened
from counterfoil.infra.secrets.box import seal_long
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Stored, begin_many, move_many
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, new_ids


class MandateEnded(Conflict):
    """The mandate is no longer one, or is not one yet: the account may not be debited."""

    code = "mandate_ended"
    message = "This bank account may not be debited any more. No money was moved."


NAME_MAX = 60
MANDATES_TABLE = Stored(MANDATE, "payments_mandate")
_LOCKED = "AND m.id = ANY(%(ids)s::uuid[]) ORDER BY m.id FOR UPDATE"
_HELD = "AND m.id = ANY(%(ids)s::uuid[]) ORDER BY m.id FOR SHARE"
_TO_CHECK = """AND m.id IN (SELECT d.id FROM (
  SELECT t.id,
    row_number() OVER (PARTITION BY t.gateway_account_id ORDER BY t.next_check_at, t.id) AS place
  FROM payments_mandate t
  WHERE t.business_id = %(business_id)s::uuid AND t.next_check_at <= %(at)s::timestamptz) d
  WHERE d.place <= %(limit)s::int)
ORDER BY m.next_check_at, m.id"""
MANDATES = Statement(
    __package__, "mandates", MandateRow, WHICH="AND m.id = ANY(%(ids)s::uuid[]) ORDER BY m.id"
)
LOCK_MANDATES = Statement(__package__, "mandates", MandateRow, WHICH=_LOCKED)
HOLD_MANDATES = Statement(__package__, "mandates", MandateRow, WHICH=_HELD)
MANDATES_OF = Statement(
    __package__,
    "mandates",
    MandateRow,
    WHICH="AND m.customer_id = %(customer_id)s::uuid ORDER BY m.id DESC",
)
MANDATE_OF_REFERENCE = Statement(
    __package__, "mandates", MandateRow, WHICH="AND m.reference = %(reference)s::text"
)
_OF_GATEWAY = """AND m.gateway_account_id = %(account_id)s::uuid
AND m.gateway_ref = %(gateway_ref)s::text"""
MANDATE_OF_GATEWAY = Statement(__package__, "mandates", MandateRow, WHICH=_OF_GATEWAY)
MANDATES_TO_CHECK = Statement(__package__, "mandates", MandateRow, WHICH=_TO_CHECK)
_PAGED = {
    "customer_id": "AND m.customer_id = %(customer_id)s::uuid",
    "state": "AND m.state = %(state)s::text",
    "before": "AND m.id < %(before)s::uuid",
}


@dataclass(frozen=True, slots=True)
class MandateFilter:
    """Which mandates are looked for: of one customer, in one state."""

    customer_id: UUID | None = None
    state: str = ""


def mandate(business_id: BusinessId, mandate_id: UUID) -> MandateRow:
    """One mandate, or `NotFound`."""
    found = MANDATES.first(business_id=business_id, ids=[mandate_id])
    if found is None:
        raise NotFound
    return found


def mandates_of(business_id: BusinessId, customer_id: UUID) -> list[MandateRow]:
    """Every mandate of a customer, the newest first."""
    return MANDATES_OF.rows(business_id=business_id, customer_id=customer_id)


def mandates_page(
    business_id: BusinessId,
    wanted: MandateFilter,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> list[MandateRow]:
    """A page of the business's mandates, the newest first."""
    params: dict[str, Any] = {"business_id": business_id, "limit": limit}
    given = {"customer_id": wanted.customer_id, "state": wanted.state, "before": before}
    params |= {name: value for name, value in given.items() if value}
    return _page_statement(frozenset(params) & frozenset(_PAGED)).rows(**params)


@cache
def _page_statement(given: frozenset[str]) -> Statement[MandateRow]:
    which = " ".join(_PAGED[name] for name in sorted(given))
    which += " ORDER BY m.id DESC LIMIT %(limit)s::int"
    return Statement(__package__, "mandates", MandateRow, WHICH=which)


def mandate_told_of(
    business_id: BusinessId, account_id: UUID, reference: str, gateway_ref: str
) -> MandateRow | None:
    """The mandate of this reference of ours; without one, the one that the gateway account knows
    by this id of its own."""
    if reference:
        return MANDATE_OF_REFERENCE.first(business_id=business_id, reference=reference)
    if not gateway_ref:
        return None
    return MANDATE_OF_GATEWAY.first(
        business_id=business_id, account_id=account_id, gateway_ref=gateway_ref
    )


def mandates_to_check(
    business_id: BusinessId, *, at: datetime, limit: int = 100
) -> list[MandateRow]:
    """Mandates that the gateway is to be asked about, or told the end of, now; at most `limit` of
    each gateway account."""
    return MANDATES_TO_CHECK.rows(business_id=business_id, at=at, limit=limit)


def lock_mandates(business_id: BusinessId, ids: Sequence[UUID]) -> list[MandateRow]:
    """Mandates under lock: whoever changes one holds it."""
    return LOCK_MANDATES.rows(business_id=business_id, ids=list(ids)) if ids else []


def require_active(business_id: BusinessId, mandate_id: UUID, customer_id: UUID) -> MandateRow:
    """The customer's mandate, held as it is until the transaction ends; refuses (`NotFound`)
    another customer's, and (`MandateEnded`) one that does not stand."""
    rows = HOLD_MANDATES.rows(business_id=business_id, ids=[mandate_id])
    if not rows or rows[0].customer_id != customer_id:
        raise NotFound
    if not rows[0].is_active:
        raise MandateEnded
    return rows[0]


@operation
def begin_mandate(business_id: BusinessId, new: NewMandate, *, at: datetime, by: Actor) -> UUID:
    """Writes a mandate that was confirmed; commit before the gateway is called.

    `FormSentAlready` if its reference is taken: it is made of the form's key, so a second click
    never gives a second mandate.
    """
    (mandate_id,) = new_ids(1, at=at)
    params: dict[str, Any] = {
        "business_id": business_id,
        "id": mandate_id,
        "customer_id": new.customer_id,
        "account_id": new.gateway_account_id,
        "scheme": new.scheme,
        "reference": new.reference,
        "creditor_name": new.creditor_name[:140],
        "creditor_ref": new.creditor_ref,
        "locale": new.locale,
        "is_for_once": new.is_for_once or by.kind is ActorKind.GUEST,
        "at": at,
        "check_at": at + FIRST_CHECK,
    }
    evidence = {
        "text": new.text,
        "accepted_by": new.accepted_by[:200],
        "ip_address": new.ip_address[:45],
        "user_agent": new.user_agent[:300],
    }
    for name, said in evidence.items():
        params[name] = seal_long(said, mandate_place(mandate_id, name))
    if not execute(_BEGIN, params):
        raise FormSentAlready
    begin_many(business_id, MANDATE, [mandate_id], at=at, by=by)
    return mandate_id


_BEGIN = """
INSERT INTO payments_mandate (business_id, id, customer_id, gateway_account_id, scheme, state,
  reference, gateway_ref, creditor_name, creditor_ref, holder, country, last4, text, locale,
  accepted_at, accepted_by, is_for_once, ip_address, user_agent, created_at, end_reason, checks,
  next_check_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(customer_id)s::uuid, %(account_id)s::uuid,
  %(scheme)s::text, 'created', %(reference)s::text, '', %(creditor_name)s::text,
  %(creditor_ref)s::text, '', '', '', %(text)s::text, %(locale)s::text, %(at)s::timestamptz,
  %(accepted_by)s::text, %(is_for_once)s::boolean, %(ip_address)s::text, %(user_agent)s::text,
  %(at)s::timestamptz, '', 0, %(check_at)s::timestamptz)
ON CONFLICT (business_id, reference) DO NOTHING RETURNING id
"""


@operation
def record_mandates(
    business_id: BusinessId,
    changes: Sequence[MandateChange],
    *,
    at: datetime,
    by: Actor,
    telling: Sequence[Happened] = (),
) -> None:
    """Writes what was told of mandates under lock, with the events that tell of it."""
    moves = [change.move for change in changes]
    move_many(business_id, MANDATES_TABLE, moves, at=at, by=by, telling=telling)


@operation
def rename(business_id: BusinessId, customer_id: UUID, mandate_id: UUID, *, name: str) -> None:
    """Gives a bank account its owner's own word for it; an empty one takes it away. Another
    customer's is `NotFound`."""
    rows = execute(
        """
        UPDATE payments_mandate SET name = %(name)s::text
        WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
          AND id = %(id)s::uuid RETURNING id
        """,
        {
            "business_id": business_id,
            "customer_id": customer_id,
            "id": mandate_id,
            "name": " ".join(name.split())[:NAME_MAX],
        },
    )
    if not rows:
        raise NotFound


@operation
def put_first(business_id: BusinessId, customer_id: UUID, mandate_id: UUID | None) -> None:
    """Lets this bank account be the customer's default, and no other; None: no bank account is."""
    for words in ("is_default AND id IS DISTINCT FROM", "NOT is_default AND id ="):
        execute(
            f"""
            UPDATE payments_mandate SET is_default = NOT is_default
            WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
              AND {words} %(id)s::uuid
            """,  # noqa: S608  fixed text
            {"business_id": business_id, "customer_id": customer_id, "id": mandate_id},
        )


@operation
def note_sources(business_id: BusinessId, sources: Mapping[UUID, str]) -> None:
    """By what later debits on these mandates name the account at the gateway; the first counts."""
    execute(
        """
        UPDATE payments_mandate m SET source_ref = n.source
        FROM unnest(%(ids)s::uuid[], %(sources)s::text[]) AS n(id, source)
        WHERE m.business_id = %(business_id)s::uuid AND m.id = n.id AND m.source_ref = ''
        """,
        {"business_id": business_id, "ids": list(sources), "sources": list(sources.values())},
    )


@operation
def plan_mandate_check(
    business_id: BusinessId, mandate_id: UUID, *, next_check_at: datetime | None
) -> None:
    """When the gateway is to be asked about a mandate, or told its end; None: all is said."""
    execute(
        """
        UPDATE payments_mandate SET next_check_at = %(next)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": mandate_id, "next": next_check_at},
    )
