"""Reads of users, memberships, keys and links."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password as fits
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from counterfoil.domain.identity.models import ApiKey, GuestLink, Membership, RoleLimit, User
from counterfoil.domain.identity.roles import RIGHTS, Act, Limit, Role, reach, rights_of
from counterfoil.domain.identity.rows import (
    ApiKeyRow,
    Employed,
    GuestLinkRow,
    MemberRow,
    OpenedKey,
    UserRow,
)
from counterfoil.domain.identity.scopes import scopes_of
from counterfoil.domain.identity.secrets import hashed, invoice_mark
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

_MEMBER = Statement(__package__, "member", Employed)
_LINK_FIELDS = list(GuestLinkRow.__slots__)
_KEY_FIELDS = list(ApiKeyRow.__slots__)
_OPENED_FIELDS = list(OpenedKey.__slots__)


def check_password(email: str, password: str) -> UserRow | None:
    """The active sign-in that has this address and password, else None.

    An unknown address costs as much time as a wrong password, so that the two are not told apart.
    """
    row = User.objects.filter(email=email.strip().lower()).first()
    if row is None or not row.has_usable_password():
        make_password(password)
        return None
    if not fits(password, row.password) or not row.is_active:
        return None
    return UserRow(row.id, row.email, row.name, row.locale, row.get_session_auth_hash())


def has_password(email: str) -> bool:
    """Whether a sign-in of this address has a password."""
    row = User.objects.filter(email=email.lower()).first()
    return row is not None and row.has_usable_password()


def member(business_id: BusinessId, user_id: UUID, proof: str) -> MemberRow | None:
    """The membership of a user in the business, inside its transaction, if the sign-in is active
    and its password is still the one that `proof` is of."""
    found = _MEMBER.first(business_id=business_id, user_id=user_id)
    if found is None or not is_of(User(password=found.password), proof):
        return None
    return _opened(found)


def _opened(found: Employed) -> MemberRow:
    preset = None if found.own_role_id else Role(found.role)
    limits = [Limit(Act(one["act"]), one["currency"], one["up_to_minor"]) for one in found.limits]
    return MemberRow(
        user_id=found.user_id,
        email=found.email,
        name=found.name,
        role=preset,
        rights=reach(RIGHTS[preset] if preset else rights_of(found.role_rights), found.tags),
        own_role_id=found.own_role_id,
        role_name=found.role_name,
        limits=tuple(limits),
        tags=tuple(found.tags),
    )


def works_here(business_id: BusinessId, user_id: UUID) -> MemberRow | None:
    """The membership of an active user, however they proved who they are; inside `reading`."""
    found = _MEMBER.first(business_id=business_id, user_id=user_id)
    return _opened(found) if found else None


def is_of(user: User, proof: str) -> bool:
    """Whether the proof is of this password, made with the secret key or one of the older ones."""
    made = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(proof, one) for one in made)


def members(business_id: BusinessId) -> list[MemberRow]:
    """Everyone who works for the business, with up to how much each does a thing alone."""
    limits: dict[str | UUID, list[Limit]] = {}
    for one in RoleLimit.objects.for_business(business_id):
        whose = one.own_role_id or one.preset
        limits.setdefault(whose, []).append(Limit(Act(one.act), one.currency, one.up_to_minor))
    found = [_member(row, limits) for row in _memberships(business_id)]
    return [one for one in found if not one.is_former]


def colleagues(business_id: BusinessId) -> list[MemberRow]:
    """Everyone who works for the business or has worked for it, for history names them; their
    limits are left out."""
    return [_member(row, {}) for row in _memberships(business_id)]


def _memberships(business_id: BusinessId) -> Iterable[Membership]:
    rows = Membership.objects.for_business(business_id).select_related("user", "own_role")
    return rows.order_by("created_at", "id")


def _member(row: Membership, limits: Mapping[str | UUID, Sequence[Limit]]) -> MemberRow:
    preset = None if row.own_role_id else Role(row.role)
    return MemberRow(
        user_id=row.user_id,
        email=row.user.email,
        name=row.user.name,
        role=preset,
        rights=reach(RIGHTS[preset] if preset else rights_of(row.own_role.rights), row.tags),
        own_role_id=row.own_role_id,
        role_name="" if preset else row.own_role.name,
        limits=tuple(limits.get(row.own_role_id or row.role, ())),
        tags=tuple(row.tags),
        is_former=row.ended_at is not None or not row.user.is_active,
    )


def key_of(secret: str, *, at: datetime) -> OpenedKey | None:
    """The key that a secret opens; None for an unknown one, and for one that was taken back, has
    ended, or was replaced and is past its overlap."""
    mark = hashed(secret)
    new, old = Q(key_hash=mark), Q(old_hash=mark, old_until__gt=at)
    found = ApiKey.objects.filter(new | old, revoked_at__isnull=True)
    row = found.exclude(expires_at__lte=at).values(*_OPENED_FIELDS).first()
    if row is None:
        return None
    return OpenedKey(**{**row, "scopes": scopes_of(row["scopes"])})


def guest_link(token: str) -> GuestLinkRow | None:
    """The link of a token, expired and revoked ones included."""
    values = GuestLink.objects.filter(token_hash=hashed(token)).values(*_LINK_FIELDS).first()
    return GuestLinkRow(**values) if values else None


def invoice_link(business_id: BusinessId, invoice_id: UUID) -> GuestLinkRow | None:
    """The link that an invoice's own address is, once it was opened; a revoked one included."""
    links = GuestLink.objects.filter(business_id=business_id, token_hash=invoice_mark(invoice_id))
    values = links.values(*_LINK_FIELDS).first()
    return GuestLinkRow(**values) if values else None


def guest_links(business_id: BusinessId, invoice_id: UUID) -> list[GuestLinkRow]:
    """The links that open an invoice and were not revoked, newest first."""
    rows = GuestLink.objects.filter(
        business_id=business_id, invoice_id=invoice_id, revoked_at__isnull=True
    )
    return [GuestLinkRow(**values) for values in rows.order_by("-id").values(*_LINK_FIELDS)]


def balance_links(business_id: BusinessId, customer_id: UUID) -> list[GuestLinkRow]:
    """The links to what a customer owes that were not revoked, newest first."""
    rows = GuestLink.objects.filter(
        business_id=business_id,
        customer_id=customer_id,
        invoice_id__isnull=True,
        revoked_at__isnull=True,
    )
    return [GuestLinkRow(**values) for values in rows.order_by("-id").values(*_LINK_FIELDS)]


def api_keys(business_id: BusinessId) -> list[ApiKeyRow]:
    """The keys of a business, revoked ones included, newest first."""
    rows = ApiKey.objects.filter(business_id=business_id)
    return [ApiKeyRow(**values) for values in rows.order_by("-id").values(*_KEY_FIELDS)]


def customer_links(
    business_id: BusinessId, customer_id: UUID, *, at: datetime
) -> list[GuestLinkRow]:
    """Every link of a customer that works at this moment, the newest first."""
    rows = GuestLink.objects.filter(
        business_id=business_id,
        customer_id=customer_id,
        revoked_at__isnull=True,
        expires_at__gt=at,
    )
    return [GuestLinkRow(**values) for values in rows.order_by("-id").values(*_LINK_FIELDS)]
