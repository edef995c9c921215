"""Whom a member of staff may see: the customers that carry one of their tags, and what is theirs.

Lists narrow themselves in their own statements (`tags`); a page that is about one thing asks here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

KINDS = frozenset(
    {
        "customer",
        "contact",
        "invoice",
        "payment",
        "refund",
        "chargeback",
        "mandate",
        "message",
        "link",
        "approval",
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many of the things asked about are of customers in the segment."""

    count: int


SEEN = Statement(__package__, "segment", Seen)


def sees(business_id: BusinessId, tags: Sequence[str], things: Mapping[str, UUID]) -> bool:
    """Whether each of these (by kind) is of a customer with one of the tags; inside `reading`. What
    does not exist is not seen either. A kind that is nobody's is a bug."""
    if not things:
        return True
    assert set(things) <= KINDS
    found = SEEN.first(
        business_id=business_id,
        tags=list(tags),
        kinds=list(things),
        ids=list(things.values()),
    )
    return found is not None and found.count == len(things)
