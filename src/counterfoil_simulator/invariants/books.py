"""The proofs of the product that compute again in Python what was stored."""

from collections.abc import Iterator

from counterfoil.domain.insights.opening import unopened
from counterfoil.domain.insights.recomputed import numbers_with_gaps, wrong_sums
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId
from counterfoil_simulator.invariants.seen import Breach


def recomputed(business_id: BusinessId) -> Iterator[Breach]:
    """I16: documents come to what their lines come to. I17: numbers have no gaps. And what is
    sealed opens."""
    with reading(business_id):
        for row in unopened(business_id):
            yield Breach("books: what is sealed opens", row.subject, row.found)
        for row in (*wrong_sums(business_id), *numbers_with_gaps(business_id)):
            yield Breach("books: documents and their numbers", row.subject, row.found)
