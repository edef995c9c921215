"""The writer of requests for access that only staff can decide."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.customers.models import Registration
from counterfoil.domain.customers.rows import RegistrationRow
from counterfoil.infra.db import operation
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, new_id

_FIELDS = list(RegistrationRow.__slots__)


class DecidedAlready(Conflict):
    """Somebody else has decided it."""

    code = "decided_already"
    message = "This request was decided already."


@operation
def ask(business_id: BusinessId, *, email: str, name: str, number: str, at: datetime) -> None:
    """Somebody whose mail address is proved asks for access; once, as long as it waits."""
    new = Registration(
        business_id=business_id,
        id=new_id(),
        email=email.lower(),
        name=name[:120],
        number=number[:80],
        asked_at=at,
    )
    Registration.objects.bulk_create([new], ignore_conflicts=True)


def waiting(business_id: BusinessId) -> list[RegistrationRow]:
    """Those that nobody has decided, the oldest first."""
    rows = Registration.objects.for_business(business_id).filter(decided_at__isnull=True)
    return [RegistrationRow(**one) for one in rows.order_by("id").values(*_FIELDS)]


def registration(
    business_id: BusinessId, registration_id: UUID, *, is_locked: bool = False
) -> RegistrationRow:
    """One request, or `NotFound`."""
    rows = Registration.objects.for_business(business_id).filter(id=registration_id)
    found = (rows.select_for_update() if is_locked else rows).values(*_FIELDS).first()
    if found is None:
        raise NotFound
    return RegistrationRow(**found)


@operation
def decide(
    business_id: BusinessId,
    row: RegistrationRow,
    *,
    customer_id: UUID | None,
    by: Actor,
    at: datetime,
) -> None:
    """Lets somebody in for a customer, or refuses (None); once."""
    if row.decided_at is not None:
        raise DecidedAlready
    rows = Registration.objects.for_business(business_id).filter(id=row.id)
    rows.update(customer_id=customer_id, decided_at=at, decided_by=by.label[:120])
