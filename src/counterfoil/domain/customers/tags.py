"""Tags of customers: what groups them for staff, and whom some of the staff may see."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from counterfoil.domain.customers.checks import one_line
from counterfoil.infra.db import execute, operation
from counterfoil.kernel.errors import FieldProblem, NotFound
from counterfoil.kernel.ids import BusinessId

TAG_MAX = 40
TAGS_MAX = 20


def cleaned(words: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: one line, small letters, each once, in order. Refuses too long and
    too many ones."""
    found = sorted({one_line(word).lower() for word in words} - {""})
    if any(len(one) > TAG_MAX for one in found):
        raise FieldProblem("tags", f"At most {TAG_MAX} characters.", code="too_long", most=TAG_MAX)
    if len(found) > TAGS_MAX:
        raise FieldProblem("tags", f"At most {TAGS_MAX} tags.", code="too_many")
    return tuple(found)


def tags(business_id: BusinessId) -> list[str]:
    """Every tag that a customer of the business carries."""
    rows = execute(
        "SELECT DISTINCT unnest(c.tags) FROM customers_customer c "
        "WHERE c.business_id = %(business_id)s::uuid AND c.tags <> '{}' ORDER BY 1",
        {"business_id": business_id},
    )
    return [tag for (tag,) in rows]


def tags_of(business_id: BusinessId, customer_id: UUID) -> list[str]:
    """The tags of one customer."""
    rows = execute(
        "SELECT unnest(c.tags) FROM customers_customer c "
        "WHERE c.business_id = %(business_id)s::uuid AND c.id = %(id)s::uuid ORDER BY 1",
        {"business_id": business_id, "id": customer_id},
    )
    return [tag for (tag,) in rows]


@operation
def set_tags(business_id: BusinessId, customer_id: UUID, words: Sequence[str]) -> None:
    """The tags of a customer, in the place of those that it has; `NotFound` for no customer."""
    rows = execute(
        "UPDATE customers_customer SET tags = %(tags)s::varchar(40)[] "
        "WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid RETURNING id",
        {"business_id": business_id, "id": customer_id, "tags": list(words)},
    )
    if not rows:
        raise NotFound
