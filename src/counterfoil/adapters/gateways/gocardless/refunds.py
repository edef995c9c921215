"""Giving a debit back, once per reference."""

from collections.abc import Iterator

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.gocardless import client, translate
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest


class GoCardlessRefunds:
    """The capability to give money back. GoCardless has to switch it on for an account."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back once per reference, which is the idempotency key too; answers are read as
        for a debit.

        GoCardless wants to hear what all refunds of the payment come to with this one, so it is
        asked first what they come to now; a refund that got in between is a definite no.
        """
        unknown = RefundOutcome(request.reference, request.charge, Result.UNKNOWN)
        settings = GoCardlessSettings.of(account)
        try:
            payment = client.get(settings, f"/payments/{request.charge}")["payments"]
            given = translate.money(payment["amount_refunded"], payment["currency"])
            minor = translate.minor_of(request.amount)
        except (answers.Unreadable, KeyError, TypeError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        if given.currency != request.amount.currency:
            failure = Failure(FailureCode.GATEWAY_REFUSED, f"the debit was in {given.currency}")
            return RefundOutcome(request.reference, request.charge, Result.FAILED, failure=failure)
        body = {
            "amount": minor,
            "total_amount_confirmation": given.minor + minor,
            "metadata": {translate.OURS: request.reference},
            "links": {"payment": request.charge},
        }
        made = client.make(settings, "refunds", body, key=request.reference)
        if isinstance(made, Failure):
            return RefundOutcome(request.reference, request.charge, Result.FAILED, failure=made)
        try:
            outcome = translate.refund_of(made)
        except answers.Unreadable:
            return unknown
        return outcome if outcome.reference == request.reference else unknown

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """What became of a refund, from the list of its debit's refunds; ABSENT only at its end."""
        for outcome in self.of_charge(account, charge):
            if outcome.reference == reference:
                return outcome
        return RefundOutcome(reference, charge, Result.ABSENT)

    def of_charge(self, account: GatewayAccount, charge: str) -> Iterator[RefundOutcome]:
        """Every refund of a debit; of all debits where none is named."""
        settings = GoCardlessSettings.of(account)
        query = {"payment": charge} if charge else {}
        try:
            for row in client.listed(settings, "refunds", query):
                yield translate.refund_of(row)
        except answers.Unreadable as error:
            raise Unavailable("The gateway's answer can't be read.") from error
