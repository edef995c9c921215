"""Stripe's transfers to our bank, and the balance transactions that each of them pays."""

from collections.abc import Iterator
from datetime import datetime

from counterfoil.adapters.answers import Unreadable, text, unix_moment
from counterfoil.adapters.gateways.stripe import client
from counterfoil.adapters.gateways.stripe.amounts import of_wire
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.translate import day, id_of, reference_of
from counterfoil.adapters.gateways.stripe.words import Json
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)

_STAGES = {
    "pending": PayoutStage.PENDING,
    "in_transit": PayoutStage.IN_TRANSIT,
    "paid": PayoutStage.PAID,
    "failed": PayoutStage.FAILED,
    "canceled": PayoutStage.FAILED,
}
_KINDS = {
    "charge": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "partial_capture_reversal": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND_REVERSAL,
    "charge_failure": MovementKind.RETURN,
    "dispute": MovementKind.CHARGEBACK,
    "dispute_reversal": MovementKind.CHARGEBACK_REVERSAL,
    "fee": MovementKind.FEE,
    "network_cost": MovementKind.FEE,
    "tax": MovementKind.FEE,
}
_ITSELF = {"payout", "payout_reversal"}


class StripePayouts:
    """The capability to read payouts."""

    def payouts(self, account: GatewayAccount, *, since: datetime) -> Iterator[PayoutTold]:
        """Those made since then, newest first."""
        settings = StripeSettings.of(account)
        made = {"created": {"gte": int(since.timestamp())}}
        for payout in client.pages(settings, "payouts.list", made):
            try:
                yield payout_of(payout)
            except Unreadable as error:
                raise Unavailable("The gateway's answer can't be read.") from error

    def movements(self, account: GatewayAccount, gateway_ref: str) -> Iterator[Movement]:
        """Everything that a payout pays, without the movement of the payout itself."""
        settings = StripeSettings.of(account)
        params = {"payout": gateway_ref, "expand": ["data.source"]}
        for row in client.pages(settings, "balance_transactions.list", params):
            if row.get("reporting_category") in _ITSELF:
                continue
            try:
                yield movement_of(row)
            except Unreadable as error:
                raise Unavailable("The gateway's answer can't be read.") from error


def payout_of(payout: Json) -> PayoutTold:
    """What a Payout tells. Money that Stripe takes from our bank is below zero already."""
    status = text(payout.get("status"))
    if status not in _STAGES:
        raise Unreadable("not a status of a payout")
    code, words = payout.get("failure_code") or "", payout.get("failure_message") or ""
    return PayoutTold(
        gateway_ref=text(payout.get("id")),
        stage=_STAGES[status],
        amount=of_wire(payout.get("amount"), payout.get("currency")),
        created_at=unix_moment(payout.get("created")),
        arrival_date=day(payout.get("arrival_date")),
        descriptor=str(payout.get("statement_descriptor") or ""),
        failure=": ".join(part for part in (code, words) if part),
    )


def movement_of(row: Json) -> Movement:
    """What a BalanceTransaction tells; `charge` is the intent behind it, as we know it."""
    currency = row.get("currency")
    gross, fee = of_wire(row.get("amount"), currency), of_wire(row.get("fee"), currency)
    source = row.get("source")
    kind = _KINDS.get(str(row.get("reporting_category")), MovementKind.ADJUSTMENT)
    if kind is MovementKind.FEE and not fee:
        # Stripe writes a fee as an amount that leaves; ours is a fee of nothing.
        gross, fee = Money(0, gross.currency), -gross
    net = of_wire(row.get("net"), currency)
    if net != gross - fee:
        raise Unreadable("a movement that does not add up")
    return Movement(
        gateway_ref=text(row.get("id")),
        kind=kind,
        gross=gross,
        fee=fee,
        net=net,
        occurred_at=unix_moment(row.get("created")),
        source=id_of(source),
        charge=_charge_behind(source),
        reference=reference_of(source) if isinstance(source, dict) else "",
    )


def _charge_behind(source: object) -> str:
    if not isinstance(source, dict):
        return ""
    found = id_of(source.get("payment_intent")) or id_of(source.get("charge"))
    return found or (id_of(source) if source.get("object") == "charge" else "")
