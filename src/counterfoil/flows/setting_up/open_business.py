"""Founding a business: its particulars, number series, and the gateway accounts it charges by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.billing import operations as billing
from counterfoil.domain.billing.series import CREDIT_SERIES, IMPORT_SERIES, INVOICE_SERIES
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.business.rows import NewBusiness
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.accounts import operations as accounts
from counterfoil.domain.payments.accounts.kinds import OFFLINE
from counterfoil.infra.db import run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId, new_id


@dataclass(frozen=True, slots=True)
class Numbering:
    """How documents are numbered: `{number}` and `{year}` are filled in."""

    invoice: str = "INV-{year}-{number:05}"
    credit: str = "CN-{year}-{number:05}"
    imported: str = "IMP-{number:06}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who may do everything in a new business; signs in with a mailed code at first."""

    email: str
    name: str


def found_business(
    new: NewBusiness,
    *,
    at: datetime,
    numbering: Numbering | None = None,
    owner: Owner | None = None,
) -> BusinessId:
    """Founds a business with its three number series, the account for cheques and cash, and its
    owner: all of it or nothing. A sign-in that the owner has already is used as it is."""
    formats = numbering or Numbering()
    business_id = BusinessId(new_id())
    series = {
        INVOICE_SERIES: formats.invoice,
        CREDIT_SERIES: formats.credit,
        IMPORT_SERIES: formats.imported,
    }

    def work() -> None:
        businesses.found(business_id, new, at=at)
        billing.add_series(business_id, series)
        payments.add_road(business_id, new_id(), kind=OFFLINE, name="Cheques and cash", at=at)
        if owner is not None:
            user_id = identity.make_user(owner.email, name=owner.name)
            identity.make_member(business_id, user_id, Role.OWNER, at=at)

    run(business_id, work)
    return business_id


def connect_gateway(
    business_id: BusinessId,
    *,
    kind: str,
    name: str,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
    at: datetime,
) -> UUID:
    """Adds a gateway account; new payments go there from now on."""

    def work() -> UUID:
        account_id = payments.add_account(
            business_id, kind=kind, name=name, settings=settings, secrets=secrets, at=at
        )
        accounts.begin(business_id, account_id, at=at, by=SYSTEM)
        return account_id

    return run(business_id, work)
