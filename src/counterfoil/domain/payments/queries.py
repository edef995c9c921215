"""Reads of attempts, gateway accounts and the inbox, as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.accounts import routing
from counterfoil.domain.payments.accounts.kinds import WITHOUT_ADAPTER
from counterfoil.domain.payments.models import Attempt as AttemptModel
from counterfoil.domain.payments.models import GatewayAccount as GatewayAccountModel
from counterfoil.domain.payments.models import GatewayEvent
from counterfoil.domain.payments.rows import Account, AttemptRow, RefundRow, WaitingEvent
from counterfoil.infra.db import execute
from counterfoil.infra.secrets.box import open_long, place_of
from counterfoil.infra.secrets.fields import Sealed
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.account import GatewayAccount


@dataclass(frozen=True, slots=True)
class AccountColumns:
    """A gateway account as it is stored, with its routes."""

    id: UUID
    kind: str
    is_active: bool
    name: str
    settings: dict[str, str]
    secrets: str
    routes: list[dict[str, Any]]
    business_version: int


ACCOUNTS = Statement(__package__, "gateway_accounts", AccountColumns)
ATTEMPTS = Statement(__package__, "attempts", AttemptRow)
ATTEMPT_OF_FORM = Statement(__package__, "attempt_of_form", AttemptRow)
ATTEMPT_OF_CHARGE = Statement(__package__, "attempt_of_charge", AttemptRow)
TO_CHECK = Statement(__package__, "attempts_to_check", AttemptRow)

_REFUNDS = "AND r.id = ANY(%(ids)s::uuid[]) ORDER BY r.id"
_REFUNDS_OF = "AND r.attempt_id = ANY(%(attempt_ids)s::uuid[]) ORDER BY r.id"
_REFUND_OF_FORM = "AND r.form_key = %(form_key)s::text"
_REFUNDS_TO_CHECK = """AND r.id IN (SELECT d.id FROM (
  SELECT t.id,
    row_number() OVER (PARTITION BY p.gateway_account_id ORDER BY t.next_check_at, t.id) AS place
  FROM payments_refund t
  JOIN payments_attempt p ON p.business_id = t.business_id AND p.id = t.attempt_id
  WHERE t.business_id = %(business_id)s::uuid AND t.next_check_at <= %(at)s::timestamptz) d
  WHERE d.place <= %(limit)s::int)
ORDER BY r.next_check_at, r.id"""
REFUNDS = Statement(__package__, "refunds", RefundRow, WHICH=_REFUNDS)
REFUNDS_OF = Statement(__package__, "refunds", RefundRow, WHICH=_REFUNDS_OF)
REFUND_OF_FORM = Statement(__package__, "refunds", RefundRow, WHICH=_REFUND_OF_FORM)
REFUNDS_TO_CHECK = Statement(__package__, "refunds", RefundRow, WHICH=_REFUNDS_TO_CHECK)


def attempt(business_id: BusinessId, attempt_id: UUID) -> AttemptRow:
    """One attempt, or `NotFound`."""
    found = ATTEMPTS.first(business_id=business_id, ids=[attempt_id])
    if found is None:
        raise NotFound
    return found


def attempts(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, AttemptRow]:
    """Attempts by id; unknown ids are left out."""
    return {row.id: row for row in ATTEMPTS.rows(business_id=business_id, ids=list(ids))}


def attempt_of_charge(
    business_id: BusinessId, account_id: UUID, gateway_ref: str
) -> AttemptRow | None:
    """The attempt that a gateway account knows by this id of its own, if any."""
    if not gateway_ref:
        return None
    return ATTEMPT_OF_CHARGE.first(
        business_id=business_id, account_id=account_id, gateway_ref=gateway_ref
    )


def attempts_of_charges(
    business_id: BusinessId, account_id: UUID, gateway_refs: Sequence[str]
) -> list[UUID]:
    """The attempts that a gateway account knows by these ids of its own."""
    if not gateway_refs:
        return []
    rows = AttemptModel.objects.for_business(business_id).filter(
        gateway_account_id=account_id, gateway_ref__in=list(gateway_refs)
    )
    return list(rows.values_list("id", flat=True))


def is_charge_awaited(
    business_id: BusinessId, account_id: UUID, *, currency: str, at_least_minor: int
) -> bool:
    """Whether an attempt over so much may have been charged at this account by an id that we have
    not been told: its answer is awaited, or was lost."""
    rows = AttemptModel.objects.for_business(business_id).filter(
        gateway_account_id=account_id, gateway_ref="", state__in=["submitted", "unknown"],
        currency=currency, amount_minor__gte=at_least_minor,
    )  # fmt: skip
    return rows.exists()


def attempts_waiting_for(business_id: BusinessId, mandate_id: UUID) -> list[UUID]:
    """The payments that wait for this mandate to be given."""
    rows = AttemptModel.objects.for_business(business_id).filter(
        mandate_id=mandate_id, state="action_required", gateway_ref=""
    )
    return list(rows.values_list("id", flat=True))


def arrived_at(
    business_id: BusinessId, account_id: UUID, *, since: datetime, until: datetime
) -> list[AttemptRow]:
    """What arrived at a gateway account in that time, by our clock."""
    rows = AttemptModel.objects.for_business(business_id).filter(
        gateway_account_id=account_id, state="succeeded", finished_at__gte=since,
        finished_at__lt=until,
    )  # fmt: skip
    return list(attempts(business_id, list(rows.values_list("id", flat=True))).values())


def attempt_of_form(business_id: BusinessId, form_key: str) -> AttemptRow | None:
    """The attempt that this form has started already, if any."""
    return ATTEMPT_OF_FORM.first(business_id=business_id, form_key=form_key)


def attempts_to_check(
    business_id: BusinessId, *, at: datetime, limit: int = 100
) -> list[AttemptRow]:
    """Attempts without an outcome whose next look-up is due, the longest waiting first, at most
    `limit` of each gateway account."""
    return TO_CHECK.rows(business_id=business_id, at=at, limit=limit)


def refund(business_id: BusinessId, refund_id: UUID) -> RefundRow:
    """One refund, or `NotFound`."""
    found = REFUNDS.first(business_id=business_id, ids=[refund_id])
    if found is None:
        raise NotFound
    return found


def refunds(business_id: BusinessId, ids: Sequence[UUID]) -> list[RefundRow]:
    """Refunds by id, the oldest first; unknown ids are left out."""
    return REFUNDS.rows(business_id=business_id, ids=list(ids))


def refunds_of(business_id: BusinessId, attempt_ids: Sequence[UUID]) -> list[RefundRow]:
    """Every refund of these payments, oldest first."""
    return REFUNDS_OF.rows(business_id=business_id, attempt_ids=list(attempt_ids))


def refund_of_form(business_id: BusinessId, form_key: str) -> RefundRow | None:
    """The refund that this form has started already, if any."""
    return REFUND_OF_FORM.first(business_id=business_id, form_key=form_key)


def refunds_to_check(business_id: BusinessId, *, at: datetime, limit: int = 100) -> list[RefundRow]:
    """The same of refunds."""
    return REFUNDS_TO_CHECK.rows(business_id=business_id, at=at, limit=limit)


def account(business_id: BusinessId, account_id: UUID) -> Account:
    """A gateway account, its secrets still sealed (`SealBroken` may come when they are asked
    for), or `NotFound`."""
    row = GatewayAccountModel.objects.for_business(business_id).filter(id=account_id).first()
    if row is None:
        raise NotFound
    opened = GatewayAccount(name=row.name, settings=row.settings, secrets=row.secrets)
    return Account(row.id, row.kind, row.is_active, opened)


def has_account(business_id: BusinessId, account_id: UUID) -> bool:
    """Whether there is a gateway account of this id."""
    rows = GatewayAccountModel.objects.for_business(business_id)
    return bool(rows.filter(id=account_id).exists())


def active_accounts(business_id: BusinessId) -> list[Account]:
    """Every gateway account that takes new payments, with its routes, newest first."""
    return [one for one in gateway_accounts(business_id) if one.is_active]


def gateway_accounts(business_id: BusinessId) -> list[Account]:
    """Every account with an adapter (our own bank account is no gateway that could be asked),
    newest first."""
    rows = ACCOUNTS.rows(business_id=business_id, without_adapter=sorted(WITHOUT_ADAPTER))
    return accounts_of(rows)


def accounts_of(rows: Sequence[AccountColumns]) -> list[Account]:
    """The accounts that are stored so."""
    return [
        Account(
            row.id,
            row.kind,
            row.is_active,
            GatewayAccount(name=row.name, settings=row.settings, secrets=_sealed(row)),
            tuple(routing.Route(**one) for one in row.routes),
            row.business_version,
        )
        for row in rows
    ]


def _sealed(row: AccountColumns) -> Sealed:
    return Sealed(row.secrets, place_of("payments_gatewayaccount", "secrets", row.id))


def account_without_adapter(business_id: BusinessId, kind: str) -> UUID | None:
    """The account that stands for a road of which there is one only (`offline`), once it does."""
    rows = execute(
        """
        SELECT a.id FROM payments_gatewayaccount a
        WHERE a.business_id = %(business_id)s AND a.kind = %(kind)s ORDER BY a.id LIMIT 1
        """,
        {"business_id": business_id, "kind": kind},
    )
    return rows[0][0] if rows else None


def inbox_event(business_id: BusinessId, event_id: UUID) -> WaitingEvent | None:
    """One event of the inbox while nothing has acted on it; None afterwards."""
    rows = GatewayEvent.objects.for_business(business_id).filter(handled_at__isnull=True)
    row = rows.filter(id=event_id).first()
    return _waiting(row) if row else None


def body_place(event_id: UUID) -> str:
    """Where the body of an event stands, as it is sealed along."""
    return place_of("payments_gatewayevent", "body", event_id)


def _waiting(row: GatewayEvent) -> WaitingEvent:
    return WaitingEvent(
        id=row.id,
        gateway_account_id=row.gateway_account_id,
        ref=row.ref,
        kind=row.kind,
        body=open_long(row.body, body_place(row.id)),
        received_at=row.received_at,
    )
