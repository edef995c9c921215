"""Giving a payment back. Adyen takes the wish at once; what became of it comes by notification."""

from dataclasses import replace
from urllib.parse import quote

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.adyen import client
from counterfoil.adapters.gateways.adyen.amounts import BadAmount, money_of, value_of
from counterfoil.adapters.gateways.adyen.settings import AdyenSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest


class AdyenRefunds:
    """The capability to give money back."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Wishes a refund once per reference, which is the idempotency key too: PROCESSING. Even
        more than is left is taken at first. Other answers are read as for a charge."""
        unknown = RefundOutcome(request.reference, request.charge, Result.UNKNOWN)
        try:
            body = {"amount": value_of(request.amount), "reference": request.reference}
        except BadAmount as error:
            failure = Failure(FailureCode.GATEWAY_REFUSED, str(error))
            return replace(unknown, result=Result.FAILED, failure=failure)
        path = f"/payments/{quote(request.charge, safe='')}/refunds"
        made = client.make(AdyenSettings.of(account), path, body, key=request.reference)
        if isinstance(made, Failure):
            return replace(unknown, result=Result.FAILED, failure=made)
        if not isinstance(made, dict):
            return unknown
        try:
            if made["status"] != "received" or made["reference"] != request.reference:
                return unknown
            found, amount = answers.text(made["pspReference"]), money_of(made["amount"])
        except (KeyError, TypeError, ValueError):
            return unknown
        return replace(unknown, result=Result.PROCESSING, gateway_ref=found, amount=amount)

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """Always `Unavailable`: Adyen has no way to ask. Its notification tells."""
        raise Unavailable("Adyen can't be asked for a refund: its notification tells.")
