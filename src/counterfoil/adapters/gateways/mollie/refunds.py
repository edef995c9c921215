"""Giving a payment back, once per reference."""

from dataclasses import replace

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.mollie import client, translate
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Failure, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest


class MollieRefunds:
    """The capability to give money back."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back once per reference, which is the idempotency key too; answers are read as
        for a charge."""
        unknown = RefundOutcome(request.reference, request.charge, Result.UNKNOWN)
        body = {
            "amount": translate.amount_body(request.amount),
            "description": request.reason or request.reference,
            "metadata": {translate.OURS: request.reference},
        }
        path = f"/payments/{request.charge}/refunds"
        made = client.make(MollieSettings.of(account), path, body, key=request.reference)
        if isinstance(made, Failure):
            return replace(unknown, result=Result.FAILED, failure=made)
        try:
            outcome = translate.refund_of(made)
        except answers.Unreadable:
            return unknown
        return outcome if outcome.reference == request.reference else unknown

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """What became of a refund, from the list of its payment's refunds, or of all."""
        path = f"/payments/{charge}/refunds" if charge else "/refunds"
        try:
            for row in client.listed(MollieSettings.of(account), path, "refunds"):
                outcome = translate.refund_of(row)
                if outcome.reference == reference:
                    return outcome
        except answers.Unreadable as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        return RefundOutcome(reference, charge, Result.ABSENT)
