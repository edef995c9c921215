"""The only writer of businesses: found, change, dress."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from counterfoil.domain.business.hosts import Door, HostNeeded
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
    door = Door.PORTAL if new.staff_host else Door.BOTH
    for place, host in enumerate(hosts):
        HostName.objects.create(host=host, business=business, door=door, is_main=not place)
    if new.staff_host:
        HostName.objects.create(host=new.staff_host, business=business, door=Door.STAFF)


@operation
def change(business_id: BusinessId, fields: Mapping[str, object]) -> None:
    """Changes brand or particulars; the brand's version moves, so that styles are fetched anew."""
    unknown = set(fields) - CHANGEABLE
    if unknown:
        raise ValueError(f"not changeable: {sorted(unknown)}")
    changed: dict[str, object] = dict(fields)
    Business.objects.filter(id=business_id).update(**changed, brand_version=F("brand_version") + 1)


@operation
def answer_at(
    business_id: BusinessId, host: str, *, door: Door = Door.BOTH, is_main: bool = False
) -> None:
    """The business answers at one more host name that has been `checked_host`, or lets others in
    there; `is_main` puts it in links from now on. Refuses a host at which another business answers
    (`HostTaken`), and what would leave customers or staff outside (`HostNeeded`)."""
    hosts = _locked_hosts(business_id)
    if is_main:
        hosts.filter(is_main=True).update(is_main=False)
    changed = {"door": door.value, "is_main": is_main}
    if not hosts.filter(host=host).update(**changed):
        HostName.objects.create(host=host, business_id=business_id, **changed)
    _check_hosts(business_id)


@operation
def answer_no_more_at(business_id: BusinessId, host: str) -> None:
    """The business answers at this host no longer; refuses what would leave customers or staff
    outside (`HostNeeded`), and a host that is not its own (`NotFound`)."""
    hosts = _locked_hosts(business_id)
    gone, _ = hosts.filter(host=host).delete()
    if not gone:
        raise NotFound
    _check_hosts(business_id)


def _locked_hosts(business_id: BusinessId) -> QuerySet[HostName]:
    """The business's hosts, which nobody else changes meanwhile."""
    Business.objects.select_for_update().get(id=business_id)
    return HostName.objects.filter(business_id=business_id)


def _check_hosts(business_id: BusinessId) -> None:
    doors = set(HostName.objects.filter(business_id=business_id).values_list("door", flat=True))
    if Door.BOTH not in doors and not {Door.PORTAL, Door.STAFF} <= doors:
        raise HostNeeded


@operation
def answer_only_at(business_id: BusinessId, hosts: Sequence[str]) -> None:
    """The business answers at these host names and at no others."""
    lower = [host.lower() for host in hosts]
    HostName.objects.filter(business_id=business_id).exclude(host__in=lower).delete()
    for host in lower:
        HostName.objects.update_or_create(host=host, defaults={"business_id": business_id})


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
