"""Payouts, and what each of them pays."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.gocardless import client, translate
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.errors import Problem, Unavailable
from counterfoil.kernel.money import Money, parse_decimal
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)

_STAGES = {
    "pending": PayoutStage.PENDING,
    "paid": PayoutStage.PAID,
    "bounced": PayoutStage.FAILED,
}
_KINDS = {
    "payment_paid_out": MovementKind.CHARGE,
    "payment_failed": MovementKind.RETURN,
    "payment_charged_back": MovementKind.RETURN,
    "payment_refunded": MovementKind.REFUND,
    "refund": MovementKind.REFUND,
    "refund_funds_returned": MovementKind.REFUND_REVERSAL,
    "gocardless_fee": MovementKind.FEE,
    "app_fee": MovementKind.FEE,
    "surcharge_fee": MovementKind.FEE,
}


class GoCardlessPayouts:
    """The capability to read payouts."""

    def payouts(self, account: GatewayAccount, *, since: datetime) -> Iterator[PayoutTold]:
        """Those made since then, newest first."""
        settings = GoCardlessSettings.of(account)
        query = {"created_at[gte]": since.isoformat()}
        told = [payout_of(row) for row in client.listed(settings, "payouts", query)]
        yield from sorted(told, key=lambda payout: payout.created_at, reverse=True)

    def movements(self, account: GatewayAccount, gateway_ref: str) -> Iterator[Movement]:
        """What a payout pays. GoCardless keeps the items of half a year."""
        settings = GoCardlessSettings.of(account)
        answer = client.get(settings, f"/payouts/{gateway_ref}")
        payout = payout_of(answer.get("payouts"))
        yield from movements_of(
            payout, client.listed(settings, "payout_items", {"payout": gateway_ref})
        )


def payout_of(row: Any) -> PayoutTold:
    """One payout; a status that is new to us has not been paid. `Unavailable` if unreadable."""
    try:
        arrival = row["arrival_date"]
        return PayoutTold(
            gateway_ref=answers.text(row["id"]),
            stage=_STAGES.get(row["status"], PayoutStage.PENDING),
            amount=translate.money(row["amount"], row["currency"]),
            created_at=answers.moment(row["created_at"]),
            arrival_date=date.fromisoformat(arrival) if arrival else None,
            descriptor=str(row.get("reference") or ""),
            failure="bounced" if row["status"] == "bounced" else "",
        )
    except (KeyError, TypeError, ValueError, AttributeError, Problem) as error:
        raise Unavailable("The gateway's payout can't be read.") from error


def movements_of(payout: PayoutTold, items: Iterable[Any]) -> Iterator[Movement]:
    """The items of a payout as movements.

    GoCardless counts fees in tenths of a cent and rounds the sum of all items down once. So each
    item gets what the running sum, rounded down, gained by it: whole amounts stay as they are,
    and together they come to the payout. Items have no ids: theirs is made of what they are.
    """
    exact, taken, seen = Decimal(0), 0, Counter[str]()
    for item in items:
        try:
            exact += parse_decimal(answers.text(item["amount"]))
            name = answers.text(item["type"])
            links = item.get("links") or {}
        except (KeyError, TypeError, ValueError, AttributeError, Problem) as error:
            raise Unavailable("The gateway's payout can't be read.") from error
        now = int(exact.to_integral_value(ROUND_FLOOR))
        net, taken = Money(now - taken, payout.amount.currency), now
        kind, nothing = _KINDS.get(name, MovementKind.ADJUSTMENT), Money(0, net.currency)
        is_fee = kind is MovementKind.FEE
        charge = str(links.get("payment") or "")
        source = str(links.get("refund") or charge)
        what = f"{payout.gateway_ref}:{name}:{source}"
        seen[what] += 1
        yield Movement(
            gateway_ref=f"{what}:{seen[what]}",
            kind=kind,
            gross=nothing if is_fee else net,
            fee=-net if is_fee else nothing,
            net=net,
            occurred_at=payout.created_at,
            source=source,
            charge=charge,
        )
