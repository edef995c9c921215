"""Reads of connections; those that run before anybody signed in tell nothing of people."""

from collections.abc import Iterable
from uuid import UUID

from counterfoil.domain.identity.models import SignOn, SignOnDomain
from counterfoil.domain.identity.sign_on.checks import domain_of
from counterfoil.domain.identity.sign_on.rows import LedTo, Offered, SignOnKind, SignOnRow
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId


def connections(business_id: BusinessId) -> list[SignOnRow]:
    """Every connection, the oldest first."""
    rows = SignOn.objects.for_business(business_id).order_by("created_at", "id")
    domains = SignOnDomain.objects.for_business(business_id).order_by("domain")
    pairs = list(domains.values_list("sign_on_id", "domain"))
    return [_row(one, (domain for owner, domain in pairs if owner == one.id)) for one in rows]


def connection(business_id: BusinessId, connection_id: UUID) -> SignOnRow:
    """One connection, switched off ones too, or `NotFound`."""
    found = SignOn.objects.for_business(business_id).filter(id=connection_id).first()
    if found is None:
        raise NotFound
    domains = SignOnDomain.objects.for_business(business_id).filter(sign_on_id=connection_id)
    return _row(found, domains.order_by("domain").values_list("domain", flat=True))


def led_to(business_id: BusinessId, email: str, *, for_staff: bool) -> LedTo | None:
    """Where people with addresses of this domain sign in at this door: the domain alone decides,
    so nobody learns whether the address is known."""
    domain = domain_of(email)
    found = (
        SignOnDomain.objects.for_business(business_id)
        .filter(domain=domain, sign_on__is_active=True, sign_on__customer_id__isnull=for_staff)
        .values_list("sign_on__id", "sign_on__name", "sign_on__is_required")
        .first()
    )
    return LedTo(*found) if domain and found else None


def offered(business_id: BusinessId, *, for_staff: bool) -> Offered:
    """The connections that have a button at this door, and whether there are others."""
    rows = SignOn.objects.for_business(business_id).filter(
        is_active=True, customer_id__isnull=for_staff
    )
    values = rows.order_by("created_at", "id")
    found = list(values.values_list("id", "name", "is_required", "is_shown"))
    return Offered(tuple(LedTo(*one[:3]) for one in found if one[3]), bool(found))


def taken_domains(
    business_id: BusinessId, domains: Iterable[str], *, but: UUID | None = None
) -> list[str]:
    """Which of these domains another connection has."""
    rows = SignOnDomain.objects.for_business(business_id).filter(domain__in=list(domains))
    return list(rows.exclude(sign_on_id=but).order_by("domain").values_list("domain", flat=True))


def _row(one: SignOn, domains: Iterable[str]) -> SignOnRow:
    return SignOnRow(
        id=one.id,
        kind=SignOnKind(one.kind),
        customer_id=one.customer_id,
        name=one.name,
        settings=one.settings,
        secrets=one.secrets,
        domains=tuple(domains),
        role=one.role,
        rights=tuple(one.rights),
        makes_people=one.makes_people,
        brings_back=one.brings_back,
        is_required=one.is_required,
        is_shown=one.is_shown,
        covers_second_factor=one.covers_second_factor,
        strong_contexts=tuple(one.strong_contexts),
        vouches_for_mail=one.vouches_for_mail,
        allows_unasked=one.allows_unasked,
        is_active=one.is_active,
        created_at=one.created_at,
    )
