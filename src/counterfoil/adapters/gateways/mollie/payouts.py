"""Settlements: Mollie's transfers to our bank, and what each of them pays."""

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.mollie import client, translate
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.errors import Problem, Unavailable
from counterfoil.kernel.money import Money, exponent, parse_decimal
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)

_STAGES = {
    "open": PayoutStage.PENDING,
    "pending": PayoutStage.IN_TRANSIT,
    "paidout": PayoutStage.PAID,
    "failed": PayoutStage.FAILED,
}
_KINDS = {
    "payments": MovementKind.CHARGE,
    "refunds": MovementKind.REFUND,
    "chargebacks": MovementKind.CHARGEBACK,
}


class MolliePayouts:
    """The capability to read payouts, where the account has a `settlements_token`."""

    def payouts(self, account: GatewayAccount, *, since: datetime) -> Iterator[PayoutTold]:
        """Those made since then, newest first."""
        settings = MollieSettings.of(account)
        key = settings.key_for_settlements
        for row in client.listed(settings, "/settlements", "settlements", key=key):
            payout = payout_of(row)
            if payout.created_at >= since:
                yield payout

    def movements(self, account: GatewayAccount, gateway_ref: str) -> Iterator[Movement]:
        """What a settlement pays: payments, refunds and chargebacks one by one, Mollie's costs by
        their kind, and as an adjustment whatever is left between these and its amount."""
        settings = MollieSettings.of(account)
        key = settings.key_for_settlements
        row = client.get(settings, f"/settlements/{gateway_ref}", key=key)
        payout = payout_of(row)
        rest = payout.amount
        for noun, kind in _KINDS.items():
            path = f"/settlements/{gateway_ref}/{noun}"
            for one in client.listed(settings, path, noun, key=key):
                movement = movement_of(payout, kind, one)
                rest -= movement.net
                yield movement
        for movement in costs_of(payout, row):
            rest -= movement.net
            yield movement
        if rest:
            yield _movement(payout, MovementKind.ADJUSTMENT, f"{gateway_ref}:rest", rest)


def payout_of(row: Any) -> PayoutTold:
    """One settlement; a status that is new to us has not been paid. `Unavailable` if unreadable."""
    try:
        settled = row.get("settledAt")
        status = row["status"]
        return PayoutTold(
            gateway_ref=answers.text(row["id"]),
            stage=_STAGES.get(status, PayoutStage.PENDING),
            amount=translate.money(row["amount"]),
            created_at=answers.moment(row.get("createdAt") or settled),
            arrival_date=answers.moment(settled).date() if settled else None,
            descriptor=str(row.get("reference") or ""),
            failure="failed" if status == "failed" else "",
        )
    except (KeyError, TypeError, ValueError, AttributeError, Problem) as error:
        raise Unavailable("The gateway's settlement can't be read.") from error


def movement_of(payout: PayoutTold, kind: MovementKind, row: Any) -> Movement:
    """One payment, refund or chargeback in the settlement's currency. Mollie writes what it takes
    with and without a sign."""
    try:
        amount = translate.money(row.get("settlementAmount") or row["amount"])
        if amount.currency != payout.amount.currency:
            raise answers.Unreadable("another currency than the settlement's")
        size = Money(abs(amount.minor), amount.currency)
        found = answers.text(row["id"])
        is_charge = kind is MovementKind.CHARGE
        return Movement(
            gateway_ref=f"{payout.gateway_ref}:{found}",
            kind=kind,
            gross=size if is_charge else -size,
            fee=Money(0, size.currency),
            net=size if is_charge else -size,
            occurred_at=answers.moment(row["createdAt"]),
            source=found,
            charge=found if is_charge else answers.text(row["paymentId"]),
            reference=translate.reference_of(row),
        )
    except (KeyError, TypeError, ValueError, AttributeError, Problem) as error:
        raise Unavailable("The gateway's settlement can't be read.") from error


def costs_of(payout: PayoutTold, row: Any) -> Iterator[Movement]:
    """Mollie's costs with their tax. They have four decimals: each takes what the running sum,
    rounded, gained by it, so that they come to the rounded sum of all."""
    currency = payout.amount.currency
    exact, taken = Decimal(0), 0
    try:
        for number, (when, cost) in enumerate(_costs(row), start=1):
            if cost["currency"] != currency:
                raise answers.Unreadable("another currency than the settlement's")
            exact += parse_decimal(cost["value"])
            now = int(exact.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP))
            net, taken = Money(taken - now, currency), now
            what = f"{payout.gateway_ref}:cost:{when}:{number}"
            yield _movement(payout, MovementKind.FEE, what, net)
    except (KeyError, TypeError, ValueError, AttributeError, Problem) as error:
        raise Unavailable("The gateway's settlement can't be read.") from error


def _costs(row: Any) -> Iterator[tuple[str, Any]]:
    for year, months in (row.get("periods") or {}).items():
        for month, period in months.items():
            for cost in period.get("costs") or ():
                yield f"{year}-{month}", cost["amountGross"]


def _movement(payout: PayoutTold, kind: MovementKind, ref: str, net: Money) -> Movement:
    is_fee, nothing = kind is MovementKind.FEE, Money(0, net.currency)
    return Movement(
        gateway_ref=ref,
        kind=kind,
        gross=nothing if is_fee else net,
        fee=-net if is_fee else nothing,
        net=net,
        occurred_at=payout.created_at,
    )
