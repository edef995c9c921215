"""Reads of users, memberships, keys and links."""

from uuid import UUID

from django.contrib.auth.hashers import check_password as fits
from django.contrib.auth.hashers import make_password
from django.utils.crypto import constant_time_compare

from counterfoil.domain.identity.models import ApiKey, GuestLink, Membership, User
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.rows import (
    ApiKeyRow,
    Employed,
    GuestLinkRow,
    MemberRow,
    UserRow,
)
from counterfoil.domain.identity.secrets import hashed, invoice_mark
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

_MEMBER = Statement(__package__, "member", Employed)
_LINK_FIELDS = list(GuestLinkRow.__slots__)
_KEY_FIELDS = list(ApiKeyRow.__slots__)


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


def member(business_id: BusinessId, user_id: UUID, proof: str) -> MemberRow | None:
    """The membership of a user in the business, inside its transaction, if the sign-in is active
    and its password is still the one that `proof` is of."""
    found = _MEMBER.first(business_id=business_id, user_id=user_id)
    if found is None or not _is_of(User(password=found.password), proof):
        return None
    return MemberRow(found.user_id, found.email, found.name, Role(found.role))


def _is_of(user: User, proof: str) -> bool:
    """Whether the proof is of this password, made with the secret key or one of the older ones."""
    made = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(proof, one) for one in made)


def members(business_id: BusinessId) -> list[MemberRow]:
    """Everyone who works for the business."""
    rows = Membership.objects.for_business(business_id).select_related("user")
    return [_member(row) for row in rows.order_by("created_at", "id")]


def _member(row: Membership) -> MemberRow:
    return MemberRow(row.user_id, row.user.email, row.user.name, Role(row.role))


def business_of_key(key: str) -> tuple[BusinessId, UUID] | None:
    """The business that an API key opens, and the key's id; None for unknown and revoked ones."""
    found = ApiKey.objects.filter(key_hash=hashed(key), revoked_at__isnull=True)
    row = found.values_list("business_id", "id").first()
    return (BusinessId(row[0]), row[1]) if row else None


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
