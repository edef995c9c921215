"""Mollie's own list of payments and refunds."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from counterfoil.adapters import answers, lists
from counterfoil.adapters.gateways.mollie import translate
from counterfoil.adapters.gateways.mollie.charges import newest
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.listing import Listed, Unread


class MollieListing:
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed | Unread]:
        """Every payment and refund made in that time: Mollie's lists know no times, so they are
        read back to `since`."""
        settings = MollieSettings.of(account)
        for noun, read in (("payments", _payment), ("refunds", _refund)):
            for one in lists.each(newest(settings, noun, since), read, translate.reference_of):
                if isinstance(one, Unread) or since <= one.created_at < until:
                    yield one


def _payment(row: Any) -> Listed:
    made_at = answers.moment(row["createdAt"])
    customer, purpose = answers.customer_of(row), answers.described(row)
    return Listed(made_at, translate.outcome_of(row), customer, purpose)


def _refund(row: Any) -> Listed:
    return Listed(answers.moment(row["createdAt"]), translate.refund_of(row))
