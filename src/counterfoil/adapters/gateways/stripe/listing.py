"""Stripe's own list of charges and refunds, for the daily comparison."""

from collections.abc import Iterator
from datetime import datetime

from counterfoil.adapters import answers, lists
from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.charges import EXPANDED
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.words import Json
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.listing import Listed, Unread


class StripeListing:
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed | Unread]:
        """Every intent and refund made from `since` until before `until`."""
        settings = StripeSettings.of(account)
        made = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        expand = [f"data.{name}" for name in EXPANDED]
        wanted = {"created": made, "expand": expand}
        intents = client.pages(settings, "payment_intents.list", wanted)
        yield from lists.each(intents, _intent, translate.reference_of)
        refunds = client.pages(settings, "refunds.list", {"created": made})
        yield from lists.each(refunds, _refund, translate.reference_of)


def _intent(row: Json) -> Listed:
    made_at = answers.unix_moment(row.get("created"))
    customer, purpose = answers.customer_of(row), answers.described(row)
    return Listed(made_at, translate.outcome_of(row), customer, purpose)


def _refund(row: Json) -> Listed:
    return Listed(answers.unix_moment(row.get("created")), translate.refund_of(row))
