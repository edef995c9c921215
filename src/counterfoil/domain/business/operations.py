"""The only writer of businesses: found, change, dress."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F

from counterfoil.domain.business.models import Business, HostName
from counterfoil.domain.business.rows import NewBusiness
from counterfoil.infra.db import operation
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import exponent

CHANGEABLE = frozenset(
    {
        "name", "legal_name", "address", "tax_id", "email", "bank_details", "locale", "timezone",
        "accent", "logo", "logo_type",
    }
)  # fmt: skip


class SlugTaken(Conflict):
    """Another business has this short name."""

    code = "slug_taken"
    message = "Another business has this short name."


class HostTaken(Conflict):
    """Another business answers at this host."""

    code = "host_taken"
    message = "Another business answers at this host name."


@operation
def found(business_id: BusinessId, new: NewBusiness, *, at: datetime) -> None:
    """Founds a business and its host names; refuses an unknown currency, a taken short name
    (`SlugTaken`) and a host at which another business answers (`HostTaken`)."""
    exponent(new.currency)
    hosts = [host.lower() for host in new.hosts]
    if Business.objects.filter(slug=new.slug).exists():
        raise SlugTaken
    if HostName.objects.filter(host__in=hosts).exists():
        raise HostTaken
    business = Business.objects.create(
        id=business_id,
        slug=new.slug,
        name=new.name,
        legal_name=new.legal_name or new.name,
        address=new.address,
        tax_id=new.tax_id,
        email=new.email,
        bank_details=new.bank_details,
        locale=new.locale,
        timezone=new.timezone,
        currency=new.currency,
        accent=new.accent,
        created_at=at,
    )
    for host in hosts:
        HostName.objects.create(host=host, business=business)


def change(business_id: BusinessId, fields: Mapping[str, object]) -> None:
    """Changes brand or particulars; the brand's version moves, so that styles are fetched anew."""
    unknown = set(fields) - CHANGEABLE
    if unknown:
        raise ValueError(f"not changeable: {sorted(unknown)}")
    changed: dict[str, object] = dict(fields)
    Business.objects.filter(id=business_id).update(**changed, brand_version=F("brand_version") + 1)


def answer_at(business_id: BusinessId, host: str) -> None:
    """The business answers at one more host name."""
    HostName.objects.update_or_create(host=host.lower(), defaults={"business_id": business_id})


def answer_only_at(business_id: BusinessId, hosts: Sequence[str]) -> None:
    """The business answers at these host names and at no others."""
    lower = [host.lower() for host in hosts]
    HostName.objects.filter(business_id=business_id).exclude(host__in=lower).delete()
    for host in lower:
        answer_at(business_id, host)
