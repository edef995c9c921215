"""Reads of attempts, gateway accounts and the inbox, as frozen rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments.models import GatewayAccount as GatewayAccountModel
from counterfoil.domain.payments.models import GatewayEvent
from counterfoil.domain.payments.rows import Account, AttemptRow, WaitingEvent
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways import GatewayAccount

ATTEMPTS = Statement(__package__, "attempts", AttemptRow)
ATTEMPT_OF_FORM = Statement(__package__, "attempt_of_form", AttemptRow)
TO_CHECK = Statement(__package__, "attempts_to_check", AttemptRow)


def attempt(business_id: BusinessId, attempt_id: UUID) -> AttemptRow:
    """One attempt, or `NotFound`."""
    found = ATTEMPTS.first(business_id=business_id, ids=[attempt_id])
    if found is None:
        raise NotFound
    return found


def attempts(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, AttemptRow]:
    """Attempts by id; unknown ids are left out."""
    return {row.id: row for row in ATTEMPTS.rows(business_id=business_id, ids=list(ids))}


def attempt_of_form(business_id: BusinessId, form_key: str) -> AttemptRow | None:
    """The attempt that this form has started already, if any."""
    return ATTEMPT_OF_FORM.first(business_id=business_id, form_key=form_key)


def attempts_to_check(
    business_id: BusinessId, *, at: datetime, limit: int = 100
) -> list[AttemptRow]:
    """Attempts without an outcome whose next look-up is due, the longest waiting first."""
    return TO_CHECK.rows(business_id=business_id, at=at, limit=limit)


def _opened(row: GatewayAccountModel) -> Account:
    opened = GatewayAccount(name=row.name, settings=row.settings, secrets=row.secrets)
    return Account(id=row.id, kind=row.kind, is_active=row.is_active, opened=opened)


def account(business_id: BusinessId, account_id: UUID) -> Account:
    """A gateway account with its secrets opened, or `NotFound`."""
    row = GatewayAccountModel.objects.for_business(business_id).filter(id=account_id).first()
    if row is None:
        raise NotFound
    return _opened(row)


def active_account(business_id: BusinessId) -> Account | None:
    """The gateway account that new payments go to; None where none is set up."""
    rows = GatewayAccountModel.objects.for_business(business_id).filter(is_active=True)
    row = rows.order_by("-id").first()
    return _opened(row) if row else None


def active_accounts(business_id: BusinessId) -> list[Account]:
    """Every gateway account that is in use, the one for new payments first."""
    rows = GatewayAccountModel.objects.for_business(business_id).filter(is_active=True)
    return [_opened(row) for row in rows.order_by("-id")]


def inbox_event(business_id: BusinessId, event_id: UUID) -> WaitingEvent | None:
    """One event of the inbox while nothing has acted on it; None afterwards."""
    rows = GatewayEvent.objects.for_business(business_id).filter(handled_at__isnull=True)
    row = rows.filter(id=event_id).first()
    return _waiting(row) if row else None


def _waiting(row: GatewayEvent) -> WaitingEvent:
    return WaitingEvent(
        id=row.id,
        gateway_account_id=row.gateway_account_id,
        ref=row.ref,
        kind=row.kind,
        body=row.body,
        headers=row.headers,
        received_at=row.received_at,
    )
