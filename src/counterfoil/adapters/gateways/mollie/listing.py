"""Mollie's own list of payments and refunds."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from counterfoil.adapters.gateways.mollie import translate
from counterfoil.adapters.gateways.mollie.charges import newest
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.listing import Listed


class MollieListing:
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed]:
        """Every payment and refund made in that time: Mollie's lists know no times, so they are
        read back to `since`."""
        settings = MollieSettings.of(account)
        for noun in ("payments", "refunds"):
            rows = (_listed(noun, row) for row in newest(settings, noun, since))
            yield from (one for one in rows if since <= one.created_at < until)


def _listed(noun: str, row: Any) -> Listed:
    read = translate.outcome_of if noun == "payments" else translate.refund_of
    try:
        return Listed(translate.moment(row["createdAt"]), read(row))
    except translate.Unreadable as error:
        raise Unavailable("The gateway's list can't be read.") from error
