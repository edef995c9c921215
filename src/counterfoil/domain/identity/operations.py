"""The writer of users, first memberships, keys and links; `staffing` writes who else works here."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError

from counterfoil.domain.identity.models import ApiKey, GuestLink, Membership, User
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.identity.scopes import EVERY_SCOPE, Scope
from counterfoil.domain.identity.secrets import KEY_PREFIX, hashed, invoice_mark, new_secret
from counterfoil.domain.identity.staffing.giving import check_gives_scopes
from counterfoil.infra.db import operation
from counterfoil.kernel.ids import BusinessId

LINK_LIFE = timedelta(days=90)
HINT_LENGTH = 12


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


def set_first_password(user_id: UUID, *, name: str, password: str) -> bool:
    """The first password of a sign-in that has none; False, and nothing changed, if it has one."""
    new = User()
    new.set_password(password)
    found = User.objects.filter(id=user_id, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    User.objects.filter(id=user_id, name="").update(name=name)
    return found.update(password=new.password) > 0


def change_email(user_id: UUID, address: str) -> bool:
    """Gives a sign-in another address; False if somebody else has it."""
    try:
        found = User.objects.filter(id=user_id).update(email=address.lower())
    except IntegrityError:
        return False
    return found > 0


@operation
def make_member(business_id: BusinessId, user_id: UUID, role: Role, *, at: datetime) -> None:
    """Gives a user a preset role in the business, or changes it: for a business's first people.
    What members may change of one another, `staffing` says."""
    new = Membership(business_id=business_id, user_id=user_id, role=role.value, created_at=at)
    Membership.objects.bulk_create(
        [new],
        update_conflicts=True,
        unique_fields=["business", "user"],
        update_fields=["role", "own_role", "tags", "ended_at"],
    )


@operation
def make_api_key(  # noqa: PLR0913  what it is, what it may, who makes it
    business_id: BusinessId,
    *,
    name: str,
    at: datetime,
    scopes: Iterable[Scope] = EVERY_SCOPE,
    expires_at: datetime | None = None,
    secret: str | None = None,
    by: MemberRow | None = None,
) -> str:
    """A key of the business, returned once and kept as a hash; it may do everything unless told
    otherwise. Refuses (`BeyondYou`) what reaches further than the member who makes it."""
    scopes = frozenset(scopes)
    if by is not None:
        check_gives_scopes(by, scopes)
    key = secret or KEY_PREFIX + new_secret()
    ApiKey.objects.create(
        business_id=business_id,
        key_hash=hashed(key),
        hint=key[:HINT_LENGTH],
        name=name,
        scopes=sorted(scope.value for scope in scopes),
        created_at=at,
        expires_at=expires_at,
    )
    return key


@operation
def revoke_api_key(business_id: BusinessId, key_id: UUID, *, at: datetime) -> bool:
    """Takes a key back, both of its secrets; False if there was none to take back."""
    keys = ApiKey.objects.filter(business_id=business_id, id=key_id, revoked_at__isnull=True)
    return keys.update(revoked_at=at, old_hash=None, old_until=None) > 0


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


@operation
def revoke_guest_link(
    business_id: BusinessId, link_id: UUID, *, at: datetime, invoice_id: UUID | None = None
) -> bool:
    """Takes a link back (only if it opens `invoice_id`, where given); False if there was none."""
    links = GuestLink.objects.filter(business_id=business_id, id=link_id, revoked_at__isnull=True)
    if invoice_id is not None:
        links = links.filter(invoice_id=invoice_id)
    return links.update(revoked_at=at) > 0


@operation
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


@operation
def revoke_customer_link(
    business_id: BusinessId, link_id: UUID, *, customer_id: UUID, at: datetime
) -> bool:
    """Takes any link of this customer back; False if there was none."""
    links = GuestLink.objects.filter(
        business_id=business_id, id=link_id, customer_id=customer_id, revoked_at__isnull=True
    )
    return links.update(revoked_at=at) > 0


@operation
def change_link_life(
    business_id: BusinessId, link_id: UUID, *, customer_id: UUID, expires_at: datetime
) -> bool:
    """Lets a link of this customer work until then; False if there is none that works."""
    links = GuestLink.objects.filter(
        business_id=business_id, id=link_id, customer_id=customer_id, revoked_at__isnull=True
    )
    return links.update(expires_at=expires_at) > 0


def note_opened(business_id: BusinessId, link_id: UUID, *, at: datetime) -> None:
    """A person used the link (to pay): pages show when; merely opening it changes nothing."""
    GuestLink.objects.filter(business_id=business_id, id=link_id).update(last_opened_at=at)


@operation
def lock_paying(business_id: BusinessId, link_id: UUID, *, at: datetime) -> bool:
    """Switches paying by a link off; what it shows stays. False if it was off already."""
    links = GuestLink.objects.filter(
        business_id=business_id, id=link_id, pay_locked_at__isnull=True
    )
    return links.update(pay_locked_at=at) > 0


@operation
def unlock_paying(
    business_id: BusinessId, link_id: UUID, *, customer_id: UUID | None = None
) -> bool:
    """Lets people pay by a link (only if it is this customer's, where given) again; False if they
    could."""
    links = GuestLink.objects.filter(
        business_id=business_id, id=link_id, pay_locked_at__isnull=False
    )
    if customer_id is not None:
        links = links.filter(customer_id=customer_id)
    return links.update(pay_locked_at=None) > 0
