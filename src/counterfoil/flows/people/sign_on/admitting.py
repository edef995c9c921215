"""Lets in whom a provider vouches for: within its domains, as what the connection says, and never
somebody who was taken out."""

from datetime import datetime
from uuid import UUID

from allauth.socialaccount.models import SocialAccount

from counterfoil.domain.customers import operations as customers_operations
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import read
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as people
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.sign_on.checks import domain_of
from counterfoil.domain.identity.sign_on.rows import SignOnRow
from counterfoil.domain.insights import leavers
from counterfoil.infra.db import run
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.sign_on import Claims, SignOnRefused, Why

NAME_MAX = 120


def admit(
    business_id: BusinessId,
    connection: SignOnRow,
    claims: Claims,
    *,
    linked: str | None,
    at: datetime,
) -> UUID:
    """The sign-in of whoever came; `linked` is the address of the person that this subject was
    before (None: it comes for the first time). Refuses (`SignOnRefused`) and says why."""
    if not connection.is_active:
        raise SignOnRefused(Why.OFF)
    email = address_of(connection, claims, linked)

    def work() -> UUID:
        user_id = identity.make_user(email, name=claims.name[:NAME_MAX])
        if connection.customer_id is None:
            _as_member(business_id, connection, user_id, at)
        else:
            name = claims.name[:NAME_MAX] or email
            new = NewContact(
                name,
                email,
                gets_invoices=False,
                gets_receipts=False,
                rights=read(connection.rights),
            )
            _as_contact(business_id, connection, connection.customer_id, new, linked, at)
        _link(connection, claims.subject, user_id)
        return user_id

    return run(business_id, work)


def address_of(connection: SignOnRow, claims: Claims, linked: str | None) -> str:
    """The address of the person: what links them is the subject, so a linked one keeps theirs,
    whatever the provider calls them today, as long as both lie within its domains."""
    told = claims.email.strip().lower()
    for one in filter(None, (told, linked)):
        if domain_of(one) not in connection.domains:
            raise SignOnRefused(Why.WRONG_DOMAIN, f"{domain_of(one)} is none of its domains.")
    if linked:
        return linked
    if not told:
        raise SignOnRefused(Why.NO_EMAIL, "The provider names no mail address.")
    vouches = connection.vouches_for_mail and claims.is_verified is None
    if not (claims.is_verified or vouches):
        raise SignOnRefused(Why.UNVERIFIED, "The provider does not say that the address is theirs.")
    return told


def _as_member(business_id: BusinessId, connection: SignOnRow, user_id: UUID, at: datetime) -> None:
    known = {one.user_id: one for one in people.colleagues(business_id)}
    here = known.get(user_id)
    if here is not None and not here.is_former:
        return
    if here is not None and not connection.brings_back:
        raise SignOnRefused(Why.REMOVED)
    if not connection.makes_people:
        raise SignOnRefused(Why.UNKNOWN_PERSON)
    identity.make_member(business_id, user_id, Role(connection.role), at=at)


def _as_contact(
    business_id: BusinessId,
    connection: SignOnRow,
    customer_id: UUID,
    new: NewContact,
    linked: str | None,
    at: datetime,
) -> None:
    contacts = customers.contacts(business_id, [customer_id])
    here = next((one for one in contacts if one.email.lower() == new.email), None)
    if here is not None:
        if not here.may_sign_in:
            raise SignOnRefused(Why.REMOVED)
        return
    was_here = linked is not None or leavers.left(business_id, customer_id, new.email)
    if was_here and not connection.brings_back:
        raise SignOnRefused(Why.REMOVED)
    if not connection.makes_people:
        raise SignOnRefused(Why.UNKNOWN_PERSON)
    customers_operations.add_contacts(business_id, customer_id, [new], at=at)


def _link(connection: SignOnRow, subject: str, user_id: UUID) -> None:
    """From now on this subject is this person, and no other subject of the provider is: an address
    that the provider gives to somebody else opens nothing of the first one's."""
    known = SocialAccount.objects.filter(provider=str(connection.id), user_id=user_id)
    if known.exclude(uid=subject).exists():
        raise SignOnRefused(Why.OTHER_SUBJECT)
    SocialAccount.objects.get_or_create(
        provider=str(connection.id), uid=subject, defaults={"user_id": user_id}
    )
