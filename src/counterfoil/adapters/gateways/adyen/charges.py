"""Charging by a link to Adyen's page, looking a link up, ending it."""

from dataclasses import replace
from urllib.parse import quote

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.adyen import client, translate
from counterfoil.adapters.gateways.adyen.amounts import BadAmount
from counterfoil.adapters.gateways.adyen.settings import AdyenSettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    NextStep,
    Result,
    StepKind,
)

_NO_LINK = "PL0000000000000000"  # that Adyen has none such is all that is to be heard


class AdyenCharges:
    """The capabilities to charge and to stop a charge."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """The payer chooses how to pay on Adyen's page. No network."""
        return NextStep(StepKind.HOSTED_PAGE)

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Makes a link once per reference, which is the idempotency key too: ACTION_REQUIRED with
        the way to it (HOSTED_PAGE). A link moves no money.

        A late, cut, unreadable or 5xx answer is UNKNOWN, and so is a key that Adyen is still at;
        a refusal in Adyen's words is FAILED; `Unavailable` if surely nothing was sent.
        """
        settings = AdyenSettings.of(account)
        unknown = Outcome(reference=request.reference, result=Result.UNKNOWN)
        try:
            body = translate.link_body(request)
        except BadAmount as error:
            failure = Failure(FailureCode.GATEWAY_REFUSED, str(error))
            return replace(unknown, result=Result.FAILED, failure=failure)
        made = client.make(settings, "/paymentLinks", body, key=request.reference)
        if isinstance(made, Failure):
            return replace(unknown, result=Result.FAILED, failure=made)
        try:
            return _agreeing(translate.outcome_of_link(made), request.reference)
        except answers.Unreadable:
            return unknown

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """Where a link stands. That it was paid is PROCESSING here: the amount and the payment's
        id come with the notification, and Adyen can't be asked for them.

        Adyen can't be asked by our reference either. But a link whose id never reached us was
        never shown to anybody, and nobody can pay it: it is ABSENT, if Adyen answers us at all.
        """
        settings = AdyenSettings.of(account)
        if not gateway_ref:
            client.ask_for_nothing(settings, f"/paymentLinks/{_NO_LINK}")
            return Outcome(reference=reference, result=Result.ABSENT)
        if not gateway_ref.startswith(translate.LINK):
            raise Unavailable("Adyen can't be asked for a payment: its notification tells.")
        link = client.get(settings, f"/paymentLinks/{quote(gateway_ref, safe='')}")
        try:
            return _agreeing(translate.outcome_of_link(link), reference)
        except answers.Unreadable as error:
            raise Unavailable("The gateway's answer can't be read.") from error

    def cancel(self, account: GatewayAccount, reference: str, gateway_ref: str) -> Outcome:
        """Ends a link that nobody has paid; else tells where it stands."""
        unknown = Outcome(reference=reference, result=Result.UNKNOWN, gateway_ref=gateway_ref)
        try:
            if self.look_up(account, reference, gateway_ref).result is Result.ACTION_REQUIRED:
                path = f"/paymentLinks/{quote(gateway_ref, safe='')}"
                client.change(AdyenSettings.of(account), path, {"status": "expired"})
            return self.look_up(account, reference, gateway_ref)
        except (Uncertain, Unavailable):
            return unknown


def _agreeing(outcome: Outcome, reference: str) -> Outcome:
    if reference and outcome.reference != reference:
        raise answers.Unreadable("a link of another reference")
    return outcome
