"""Giving back at Stripe, once per reference."""

from datetime import timedelta
from typing import Any

from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.amounts import NotTaken, to_wire
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.words import refund_failure_of
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import moment_of
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest

_MADE_BEFORE = timedelta(minutes=10)


class StripeRefunds:
    """The capability to give money back."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back once per reference, which is the idempotency key too.

        As with a charge: lost, cut, unreadable or 5xx is UNKNOWN; a refusal is FAILED.
        """
        settings = StripeSettings.of(account)
        unknown = RefundOutcome(request.reference, request.charge, Result.UNKNOWN)
        try:
            params: dict[str, Any] = {
                _field_of(request.charge): request.charge,
                "amount": to_wire(request.amount),
                "metadata": {translate.REFERENCE: request.reference, "reason": request.reason},
            }
            refund = client.call(settings, "refunds.create", params=params, key=request.reference)
            outcome = translate.refund_of(refund)
        except NotTaken as problem:
            failure = Failure(FailureCode.GATEWAY_REFUSED, f"amount: {problem.message}")
            return RefundOutcome(request.reference, request.charge, Result.FAILED, failure=failure)
        except Refusal as refusal:
            return RefundOutcome(
                request.reference,
                request.charge,
                Result.FAILED,
                failure=_failure_of(refusal),
            )
        except (Uncertain, Unreadable, KeyError):
            return unknown
        return outcome if outcome.reference == request.reference else unknown

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """What became of a refund; ABSENT only if Stripe's own list has none."""
        settings = StripeSettings.of(account)
        params: dict[str, Any] = {}
        made = moment_of(reference)
        if charge:
            params[_field_of(charge)] = charge
        elif made is not None:
            params["created"] = {"gte": int((made - _MADE_BEFORE).timestamp())}
        try:
            for refund in client.pages(settings, "refunds.list", params):
                if translate.reference_of(refund) == reference:
                    return translate.refund_of(refund)
        except (Unreadable, KeyError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        return RefundOutcome(reference, charge, Result.ABSENT)


def _field_of(charge: str) -> str:
    return "charge" if charge.startswith(("ch_", "py_")) else "payment_intent"


def _failure_of(refusal: Refusal) -> Failure:
    error = refusal.error
    words = [str(error.get(name) or "") for name in ("code", "message", "param")]
    return refund_failure_of(*words)
