"""Giving back by a link: the payer says there where to, and the business sends the coins."""

from collections.abc import Mapping, Sequence
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.btcpay import client, translate
from counterfoil.adapters.gateways.btcpay.settings import BtcPaySettings
from counterfoil.kernel.errors import Problem, Unavailable, Uncertain
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest

_SENT = "Completed"
_UNDER_WAY = frozenset({"AwaitingPayment", "InProgress"})


class BtcPayRefunds:
    """The capability to give money back."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Makes a link (a pull payment) over so much of the invoice's own currency: PROCESSING,
        until the payer has fetched it and the coins are sent.

        BTCPay knows no idempotency key, so it is asked first whether a link has our reference for
        its name. Answers are read as for a charge.
        """
        unknown = RefundOutcome(request.reference, request.charge, Result.UNKNOWN)
        there = self.look_up_refund(account, request.reference, request.charge)
        if there.result is not Result.ABSENT:
            return there
        try:
            said = client.make_refund(BtcPaySettings.of(account), request.charge, _body(request))
            if said.is_done:
                return _outcome(said.body, [], request.reference, request.charge)
        except (Uncertain, answers.Unreadable):
            return unknown
        if not said.refusal:
            return unknown
        failure = Failure(FailureCode.GATEWAY_REFUSED, said.refusal)
        return RefundOutcome(request.reference, request.charge, Result.FAILED, failure=failure)

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """Where the link of this name stands; ABSENT only if the store's own list has none."""
        settings = BtcPaySettings.of(account)
        try:
            links = [row for row in client.pull_payments(settings) if row.get("name") == reference]
            if not links:
                return RefundOutcome(reference, charge, Result.ABSENT)
            payouts = client.payouts(settings, answers.text(links[0]["id"]))
            return _outcome(links[0], payouts, reference, charge)
        except (answers.Unreadable, KeyError, AttributeError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error


def _body(request: RefundRequest) -> Mapping[str, object]:
    """So much in the currency of the invoice, at the rate of the day on which it is fetched."""
    return {
        "name": request.reference,
        "description": request.reason,
        "refundVariant": "Custom",
        "customAmount": f"{request.amount.decimal:f}",
        "customCurrency": request.amount.currency,
    }


def _outcome(link: Any, payouts: Sequence[Any], reference: str, charge: str) -> RefundOutcome:
    try:
        amount = translate.money(link["amount"], link["currency"])
        result = _result(link, payouts, amount)
        is_open = result is Result.PROCESSING
        return RefundOutcome(
            reference=reference,
            charge=charge,
            result=result,
            gateway_ref=answers.text(link["id"]),
            amount=amount,
            claim_url=translate.address(link["viewLink"]) if is_open else "",
        )
    except (KeyError, TypeError, AttributeError, Problem) as error:
        raise answers.Unreadable("not a pull payment") from error


def _result(link: Any, payouts: Sequence[Any], amount: Money) -> Result:
    """Sent when as much was; cancelled when it was put away before anything went. One that was put
    away in between is for a person."""
    parts = [translate.money(one["originalAmount"], one["originalCurrency"])
             for one in payouts if one["state"] == _SENT]  # fmt: skip
    sent = Money(0, amount.currency)
    for part in parts:
        sent += part
    if not sent < amount:
        return Result.SUCCEEDED
    if not link["archived"]:
        return Result.PROCESSING
    is_under_way = any(one["state"] in _UNDER_WAY for one in payouts)
    return Result.UNKNOWN if sent or is_under_way else Result.CANCELLED
