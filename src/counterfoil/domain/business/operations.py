"""The only writer of businesses: found, change, dress."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from counterfoil.domain.business.models import BankAccount, Business, HostName
from counterfoil.domain.business.rows import NewBankAccount, NewBusiness
from counterfoil.infra.db import held_by, operation
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.kernel.money import exponent

CHANGEABLE = frozenset(
    {
        "name", "legal_name", "address", "tax_id", "email", "locale", "timezone",
        "accent", "logo", "logo_type", "part_floor", "takes_prepayments", "applies_credit",
        "debit_schemes", "creditor_ref", "bacs_number",
        "schedule_days_max", "surcharges", "mails_seals",
        "step_up_over", "takes_registrations",
    }
)  # fmt: skip


@held_by("business_business_slug_key")
class SlugTaken(Conflict):
    """Another business has this short name."""

    code = "slug_taken"
    message = "Another business has this short name."


@held_by("business_hostname_pkey")
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
    business = Business.objects.create(
        id=business_id,
        slug=new.slug,
        name=new.name,
        legal_name=new.legal_name or new.name,
        address=new.address,
        tax_id=new.tax_id,
        email=new.email,
        locale=new.locale,
        timezone=new.timezone,
        currency=new.currency,
        accent=new.accent,
        created_at=at,
    )
    for host in hosts:
        HostName.objects.create(host=host, business=business)


@operation
def change(business_id: BusinessId, fields: Mapping[str, object]) -> None:
    """Changes brand or particulars; the brand's version moves, so that styles are fetched anew."""
    unknown = set(fields) - CHANGEABLE
    if unknown:
        raise ValueError(f"not changeable: {sorted(unknown)}")
    changed: dict[str, object] = dict(fields)
    Business.objects.filter(id=business_id).update(**changed, brand_version=F("brand_version") + 1)


@operation
def answer_at(business_id: BusinessId, host: str) -> None:
    """The business answers at one more host name."""
    HostName.objects.update_or_create(host=host.lower(), defaults={"business_id": business_id})


@operation
def answer_only_at(business_id: BusinessId, hosts: Sequence[str]) -> None:
    """The business answers at these host names and at no others."""
    lower = [host.lower() for host in hosts]
    HostName.objects.filter(business_id=business_id).exclude(host__in=lower).delete()
    for host in lower:
        answer_at(business_id, host)


@held_by("business_bank_account_once")
class BankAccountThere(Conflict):
    """The business has this account already."""

    code = "bank_account_there"
    message = "This bank account is there already."


@operation
def add_bank_account(business_id: BusinessId, new: NewBankAccount, *, at: datetime) -> UUID:
    """Adds an account that has been `checked`; refuses one that is there (`BankAccountThere`)."""
    account_id = new_id()
    BankAccount.objects.create(
        id=account_id,
        business_id=business_id,
        holder=new.holder,
        iban=new.iban,
        number=new.number,
        bic=new.bic,
        bank_name=new.bank_name,
        currency=new.currency,
        created_at=at,
    )
    return account_id


@operation
def show_bank_account(business_id: BusinessId, account_id: UUID, *, is_active: bool) -> None:
    """Shows the account to customers, or no more; statements of it can be imported either way."""
    rows = BankAccount.objects.for_business(business_id).filter(id=account_id)
    if not rows.update(is_active=is_active):
        raise NotFound
