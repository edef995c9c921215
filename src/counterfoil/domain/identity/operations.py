"""The only writer of users, memberships, keys and links."""

from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.identity.models import ApiKey, GuestLink, Membership, User
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.secrets import KEY_PREFIX, hashed, invoice_mark, new_secret
from counterfoil.infra.db import operation
from counterfoil.kernel.ids import BusinessId

LINK_LIFE = timedelta(days=90)


def make_user(email: str, *, name: str = "", password: str | None = None) -> UUID:
    """A sign-in; the one that has this address already, or gets it at this moment, is returned
    unchanged."""
    address = email.lower()
    found = User.objects.filter(email=address).first()
    if found is None:
        new = User(email=address, name=name)
        new.set_password(password)
        User.objects.bulk_create([new], ignore_conflicts=True)
        found = User.objects.get(email=address)
    return found.id


@operation
def make_member(business_id: BusinessId, user_id: UUID, role: Role, *, at: datetime) -> None:
    """Gives a user a role in the business, or changes it."""
    new = Membership(business_id=business_id, user_id=user_id, role=role.value, created_at=at)
    Membership.objects.bulk_create(
        [new],
        update_conflicts=True,
        unique_fields=["business", "user"],
        update_fields=["role"],
    )


def make_api_key(
    business_id: BusinessId, *, name: str, at: datetime, secret: str | None = None
) -> str:
    """A key of the business, returned once and kept as a hash."""
    key = secret or KEY_PREFIX + new_secret()
    ApiKey.objects.create(
        business_id=business_id, key_hash=hashed(key), hint=key[:12], name=name, created_at=at
    )
    return key


def revoke_api_key(business_id: BusinessId, key_id: UUID, *, at: datetime) -> bool:
    """Takes a key back; False if there was none to take back."""
    keys = ApiKey.objects.filter(business_id=business_id, id=key_id, revoked_at__isnull=True)
    return keys.update(revoked_at=at) > 0


def make_guest_link(
    business_id: BusinessId,
    invoice_id: UUID | None,
    customer_id: UUID,
    *,
    sent_to: str,
    at: datetime,
    life: timedelta = LINK_LIFE,
) -> str:
    """The secret of a new link to one invoice, or (None) to what the customer owes; it lives 90
    days unless told otherwise."""
    token = new_secret()
    GuestLink.objects.create(
        business_id=business_id,
        token_hash=hashed(token),
        invoice_id=invoice_id,
        customer_id=customer_id,
        sent_to=sent_to,
        created_at=at,
        expires_at=at + life,
    )
    return token


def make_invoice_link(
    business_id: BusinessId,
    invoice_id: UUID,
    customer_id: UUID,
    *,
    issued_at: datetime,
    lives_from: datetime,
) -> None:
    """The link that an invoice's own address is; one that is there already is left as it is."""
    new = GuestLink(
        business_id=business_id,
        token_hash=invoice_mark(invoice_id),
        invoice_id=invoice_id,
        customer_id=customer_id,
        created_at=issued_at,
        expires_at=lives_from + LINK_LIFE,
    )
    GuestLink.objects.bulk_create([new], ignore_conflicts=True)


def revoke_guest_link(
    business_id: BusinessId, link_id: UUID, *, at: datetime, invoice_id: UUID | None = None
) -> bool:
    """Takes a link back (only if it opens `invoice_id`, where given); False if there was none."""
    links = GuestLink.objects.filter(business_id=business_id, id=link_id, revoked_at__isnull=True)
    if invoice_id is not None:
        links = links.filter(invoice_id=invoice_id)
    return links.update(revoked_at=at) > 0


def revoke_balance_link(
    business_id: BusinessId, link_id: UUID, *, customer_id: UUID, at: datetime
) -> bool:
    """Takes a link to what this customer owes back; False if there was none."""
    links = GuestLink.objects.filter(
        business_id=business_id,
        id=link_id,
        customer_id=customer_id,
        invoice_id__isnull=True,
        revoked_at__isnull=True,
    )
    return links.update(revoked_at=at) > 0


def note_opened(business_id: BusinessId, link_id: UUID, *, at: datetime) -> None:
    """A person used the link (to pay): pages show when; merely opening it changes nothing."""
    GuestLink.objects.filter(business_id=business_id, id=link_id).update(last_opened_at=at)
