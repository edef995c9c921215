"""BTCPay's own list of invoices."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from counterfoil.adapters import answers, lists
from counterfoil.adapters.gateways.btcpay import client, translate
from counterfoil.adapters.gateways.btcpay.charges import read
from counterfoil.adapters.gateways.btcpay.settings import BtcPaySettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.listing import Listed, Unread

_PAGE = 100
_PAGES_MAX = 100


class BtcPayListing:
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed | Unread]:
        """Every invoice made in that time. BTCPay's list knows whole seconds only, so what it
        gives is looked at again."""
        settings = BtcPaySettings.of(account)
        times = {
            "startDate": str(int(since.timestamp())),
            "endDate": str(int(until.timestamp()) + 1),
        }
        for number in range(_PAGES_MAX):
            query = times | {"skip": str(number * _PAGE), "take": str(_PAGE)}
            rows = client.invoices(settings, query)
            for one in lists.each(rows, _listed, translate.reference_of):
                if isinstance(one, Unread) or since <= one.created_at < until:
                    yield one
            if len(rows) < _PAGE:
                return
        raise Unavailable("The gateway's list is too long to be read in one go.")


def _listed(row: Any) -> Listed:
    made_at = answers.unix_moment(row["createdTime"])
    purpose = answers.carried(row, translate.PURPOSE)
    return Listed(made_at, read(row), answers.customer_of(row), purpose)
