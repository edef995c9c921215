"""GoCardless's own list of debits and refunds."""

from collections.abc import Iterator
from datetime import datetime

from counterfoil.adapters.gateways.gocardless import client, translate
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.listing import Listed


class GoCardlessListing:
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed]:
        """Every debit and refund made in that time. Why one failed is for the look-up to say."""
        settings = GoCardlessSettings.of(account)
        query = {"created_at[gte]": since.isoformat(), "created_at[lt]": until.isoformat()}
        try:
            for row in client.listed(settings, "payments", query):
                yield Listed(translate.moment(row["created_at"]), translate.outcome_of(row))
            for row in client.listed(settings, "refunds", query):
                yield Listed(translate.moment(row["created_at"]), translate.refund_of(row))
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("The gateway's list can't be read.") from error
