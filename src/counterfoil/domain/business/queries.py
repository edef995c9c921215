"""Reads of businesses (global rows) and of their own bank accounts."""

from uuid import UUID

from counterfoil.domain.business.hosts import Answering, Door, HostRow
from counterfoil.domain.business.models import BankAccount, Business, HostName
from counterfoil.domain.business.rows import BankAccountRow, BusinessRow
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

_ONE = Statement(__package__, "business", BusinessRow)
_FIELDS = list(BusinessRow.__slots__)
_ACCOUNT_FIELDS = list(BankAccountRow.__slots__)


def _row(values: dict[str, object]) -> BusinessRow:
    return BusinessRow(**values)  # type: ignore[arg-type]


def by_host(host: str) -> Answering | None:
    """The business that answers at this host (with port, where that is part of the name)."""
    found = HostName.objects.filter(host=host.lower()).values_list("business_id", "door").first()
    return Answering(by_id(BusinessId(found[0])), Door(found[1])) if found else None


def by_id(business_id: BusinessId) -> BusinessRow:
    """One business, or `NotFound`."""
    found = _ONE.first(id=business_id)
    if found is None:
        raise NotFound
    return found


def by_slug(slug: str) -> BusinessRow:
    """One business by its short name, or `NotFound`."""
    values = Business.objects.filter(slug=slug).values(*_FIELDS).first()
    if values is None:
        raise NotFound(f"There is no business {slug}.")
    return _row(values)


def every() -> list[BusinessRow]:
    """Every business of the installation, by short name."""
    return [_row(values) for values in Business.objects.order_by("slug").values(*_FIELDS)]


def only() -> BusinessRow | None:
    """The business of a single-business installation; None where there are several or none."""
    found = [_row(values) for values in Business.objects.values(*_FIELDS)[:2]]
    return found[0] if len(found) == 1 else None


def logo(business_id: BusinessId) -> tuple[bytes, str] | None:
    """The logo's bytes and media type, if there is one."""
    found = Business.objects.filter(id=business_id).values_list("logo", "logo_type").first()
    return (bytes(found[0]), found[1]) if found and found[0] else None


def host_of(business_id: BusinessId) -> str:
    """The host name at which customers come in, for links in mails: the main one, else the first;
    `NotFound` if there is none."""
    for one in hosts(business_id):
        if one.door is not Door.STAFF:
            return one.host
    raise NotFound("This business has no host name.")


def staff_host_of(business_id: BusinessId) -> str:
    """The host name at which staff come in: one of their own, else a common one; `NotFound` if
    there is none."""
    found = [one for one in hosts(business_id) if one.door is not Door.PORTAL]
    apart = [one for one in found if one.door is Door.STAFF]
    for one in (*apart, *found):
        return one.host
    raise NotFound("This business has no host name.")


def hosts(business_id: BusinessId) -> list[HostRow]:
    """The hosts of a business, the main one first."""
    rows = HostName.objects.filter(business_id=business_id).order_by("-is_main", "host")
    return [
        HostRow(host, Door(door), is_main)
        for host, door, is_main in rows.values_list("host", "door", "is_main")
    ]


def bank_accounts(business_id: BusinessId) -> list[BankAccountRow]:
    """Every bank account of the business, those in use first, then as they were added."""
    rows = BankAccount.objects.for_business(business_id).order_by("-is_active", "id")
    return [BankAccountRow(**values) for values in rows.values(*_ACCOUNT_FIELDS)]


def bank_account(business_id: BusinessId, account_id: UUID) -> BankAccountRow:
    """One of them, or `NotFound`."""
    for row in bank_accounts(business_id):
        if row.id == account_id:
            return row
    raise NotFound
