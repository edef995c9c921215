"""Reads of requests for a second person's word."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.approvals.rows import ApprovalRow
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

LEFT_LYING = timedelta(minutes=2)
_SEEN = (
    "(%(tags)s::varchar[] = '{}' OR EXISTS (SELECT FROM customers_customer k "
    "WHERE k.business_id = a.business_id AND k.id = a.customer_id "
    "AND k.tags && %(tags)s::varchar[]))"
)


def _statement(which: str) -> Statement[ApprovalRow]:
    return Statement(__package__, "approvals", ApprovalRow, WHICH=which)


ONE = _statement(f"a.id = %(id)s::uuid AND {_SEEN}")
LOCKED = _statement("a.id = %(id)s::uuid FOR UPDATE")
OF_FORM = _statement("a.form_key = %(form_key)s::text")
ABOUT = _statement(
    "a.about_kind = %(kind)s::text AND a.about_id = %(about_id)s::uuid ORDER BY a.id"
)
NEWEST = _statement(f"{_SEEN} ORDER BY a.id DESC LIMIT %(limit)s::int")
OVER = _statement("a.state = 'requested' AND a.expires_at <= %(at)s::timestamptz ORDER BY a.id")
LYING = _statement("a.state = 'approved' AND a.decided_at < %(before)s::timestamptz ORDER BY a.id")


def approval(
    business_id: BusinessId, approval_id: UUID, *, tags: Sequence[str] = ()
) -> ApprovalRow:
    """One request, or `NotFound`: so is one about a customer without any of these tags."""
    found = ONE.first(business_id=business_id, id=approval_id, tags=list(tags))
    if found is None:
        raise NotFound
    return found


def approval_of_form(business_id: BusinessId, form_key: str) -> ApprovalRow | None:
    """What this form has asked for already, if anything."""
    return OF_FORM.first(business_id=business_id, form_key=form_key)


def approvals_about(business_id: BusinessId, kind: str, about_id: UUID) -> list[ApprovalRow]:
    """Every request about one thing, the oldest first."""
    return ABOUT.rows(business_id=business_id, kind=kind, about_id=about_id)


def newest(
    business_id: BusinessId, *, tags: Sequence[str] = (), limit: int = 100
) -> list[ApprovalRow]:
    """The newest requests, whatever became of them."""
    return NEWEST.rows(business_id=business_id, tags=list(tags), limit=limit)


def expired(business_id: BusinessId, *, at: datetime) -> list[ApprovalRow]:
    """Those whose time is over and that nobody has decided."""
    return OVER.rows(business_id=business_id, at=at)


def left_lying(business_id: BusinessId, *, at: datetime) -> list[ApprovalRow]:
    """Those that were approved and then left: whoever carried them out was cut off."""
    return LYING.rows(business_id=business_id, before=at - LEFT_LYING)
