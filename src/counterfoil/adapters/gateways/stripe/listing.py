"""Stripe's own list of charges and refunds, for the daily comparison."""

from collections.abc import Iterator
from datetime import datetime

from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.charges import EXPANDED
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.words import Unreadable
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.listing import Listed


class StripeListing:
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed]:
        """Every intent and refund made from `since` until before `until`."""
        settings = StripeSettings.of(account)
        made = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        expand = [f"data.{name}" for name in EXPANDED]
        try:
            for intent in client.pages(
                settings, "payment_intents.list", {"created": made, "expand": expand}
            ):
                at = translate.moment(intent.get("created"))
                yield Listed(at, translate.outcome_of(intent))
            for refund in client.pages(settings, "refunds.list", {"created": made}):
                at = translate.moment(refund.get("created"))
                yield Listed(at, translate.refund_of(refund))
        except (Unreadable, KeyError) as error:
            raise Unavailable("The gateway's list can't be read.") from error
