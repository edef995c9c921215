"""The only writer of businesses: found, change, dress."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from counterfoil.domain.business.models import Business, HostName
from counterfoil.domain.business.rows import NewBusiness
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


def found(new: NewBusiness, *, at: datetime) -> BusinessId:
    """Founds a business and its host names; refuses a taken short name and unknown currency."""
    exponent(new.currency)
    if Business.objects.filter(slug=new.slug).exists():
        raise SlugTaken
    business = Business.objects.create(
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
    for host in new.hosts:
        HostName.objects.create(host=host.lower(), business=business)
    return BusinessId(business.id)


def change(business_id: BusinessId, fields: Mapping[str, object]) -> None:
    """Changes brand or particulars; the brand's version moves, so that styles are fetched anew."""
    unknown = set(fields) - CHANGEABLE
    if unknown:
        raise ValueError(f"not changeable: {sorted(unknown)}")
    changed: dict[str, object] = dict(fields)
    Business.objects.filter(id=business_id).update(
        **changed, brand_version=F("brand_version") + 1
    )


def answer_at(business_id: BusinessId, host: str) -> None:
    """The business answers at one more host name."""
    HostName.objects.update_or_create(host=host.lower(), defaults={"business_id": business_id})
