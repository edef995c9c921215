"""Who used a guest link: one row a link, day, address and device, counted up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.customers.models import LinkUse
from counterfoil.domain.customers.rows import LinkUseRow
from counterfoil.infra.db import execute, operation
from counterfoil.kernel.ids import BusinessId, new_id

SHOWN = 200
_FIELDS = list(LinkUseRow.__slots__)
_NOTE = """
INSERT INTO customers_linkuse AS u (business_id, id, customer_id, link_id, day, origin, device,
  opened_count, paid_count, first_at, last_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(customer_id)s::uuid, %(link_id)s::uuid,
  %(at)s::timestamptz::date, %(origin)s::text, %(device)s::text, %(opened)s::int, %(paid)s::int,
  %(at)s::timestamptz, %(at)s::timestamptz)
ON CONFLICT (business_id, link_id, day, origin, device) DO UPDATE SET
  opened_count = u.opened_count + excluded.opened_count,
  paid_count = u.paid_count + excluded.paid_count, last_at = excluded.last_at
"""
_NOTE_FIRST = """
INSERT INTO customers_linkuse (business_id, id, customer_id, link_id, day, origin, device,
  opened_count, paid_count, first_at, last_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(customer_id)s::uuid, %(link_id)s::uuid,
  %(at)s::timestamptz::date, %(origin)s::text, %(device)s::text, %(opened)s::int, %(paid)s::int,
  %(at)s::timestamptz, %(at)s::timestamptz)
ON CONFLICT (business_id, link_id, day, origin, device) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class LinkUser:
    """Who uses a link, as far as that is known: an address, and what the browser calls itself."""

    origin: str
    device: str


@operation
def note(  # noqa: PLR0913  which link, by whom, how
    business_id: BusinessId,
    customer_id: UUID,
    link_id: UUID,
    *,
    user: LinkUser,
    has_paid: bool,
    is_part: bool = False,
    at: datetime,
) -> None:
    """Somebody opened what a link opens, or began a payment there; a part of it (`is_part`) is
    opened again and again by a page that waits, and counts once a day and device."""
    execute(
        _NOTE_FIRST if is_part else _NOTE,
        {
            "business_id": business_id,
            "id": new_id(),
            "customer_id": customer_id,
            "link_id": link_id,
            "origin": user.origin[:45],
            "device": user.device[:300],
            "opened": int(not has_paid),
            "paid": int(has_paid),
            "at": at,
        },
    )


def uses(business_id: BusinessId, customer_id: UUID) -> dict[UUID, list[LinkUseRow]]:
    """The newest uses of a customer's links, by link, the newest first."""
    rows = LinkUse.objects.for_business(business_id).filter(customer_id=customer_id)
    found: dict[UUID, list[LinkUseRow]] = {}
    for values in rows.order_by("-last_at").values(*_FIELDS)[:SHOWN]:
        found.setdefault(values["link_id"], []).append(LinkUseRow(**values))
    return found
