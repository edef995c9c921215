"""GoCardless's own list of debits and refunds."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from counterfoil.adapters import answers, lists
from counterfoil.adapters.gateways.gocardless import client, translate
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.listing import Listed, Unread


class GoCardlessListing:
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed | Unread]:
        """Every debit and refund made in that time. Why one failed is for the look-up to say."""
        settings = GoCardlessSettings.of(account)
        query = {"created_at[gte]": since.isoformat(), "created_at[lt]": until.isoformat()}
        for noun, read in (("payments", _debit), ("refunds", _refund)):
            rows = client.listed(settings, noun, query)
            yield from lists.each(rows, read, translate.reference_of)


def _debit(row: Any) -> Listed:
    made_at = answers.moment(row["created_at"])
    customer, purpose = answers.customer_of(row), answers.described(row)
    return Listed(made_at, translate.outcome_of(row), customer, purpose)


def _refund(row: Any) -> Listed:
    return Listed(answers.moment(row["created_at"]), translate.refund_of(row))
