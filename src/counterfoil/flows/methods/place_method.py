"""What a gateway tells of a method that it keeps: renewed by the card's network, or gone."""

from datetime import datetime

from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.rows import WaitingEvent
from counterfoil.infra.db import run
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.methods import SavedMethod


def place_method(
    business_id: BusinessId, event: WaitingEvent, fact: SavedMethod, *, at: datetime
) -> str:
    """Says what came of it. A method that we do not know is none of a customer's: what we asked
    to be kept is remembered with the answer."""

    def work() -> str:
        row = queries.method_of_gateway(business_id, event.gateway_account_id, fact.gateway_ref)
        if row is None:
            return "no method of ours"
        if not fact.is_removed:
            is_new = methods.change_by_network(business_id, row, fact.instrument, at=at)
            return "method renewed" if is_new else "known already"
        try:
            methods.remove(business_id, row.customer_id, row.id, at=at)
        except NotFound:
            return "known already"
        return "method removed"

    return run(business_id, work)
