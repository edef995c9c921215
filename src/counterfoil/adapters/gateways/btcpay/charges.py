"""Charging by an invoice of BTCPay, which the payer pays on its page; and looking it up."""

from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.btcpay import client, translate
from counterfoil.adapters.gateways.btcpay.settings import BtcPaySettings
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

_UNDER_ONE_REFERENCE = 20


class BtcPayCharges:
    """The capability to charge."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """The payer pays on BTCPay's page. No network."""
        return NextStep(StepKind.HOSTED_PAGE)

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Makes an invoice for the payer to pay: ACTION_REQUIRED with the way to it.

        BTCPay knows no idempotency key, so it is asked first whether this reference has an invoice
        already. An invoice moves no money by itself; should two calls race into two invoices, the
        look-up tells of both. A late, cut, unreadable or 5xx answer is UNKNOWN; `Unavailable` if
        surely nothing was made; a refusal in BTCPay's own words is FAILED.
        """
        unknown = Outcome(reference=request.reference, result=Result.UNKNOWN)
        there = self.look_up(account, request.reference)
        if there.result is not Result.ABSENT:
            return there
        try:
            said = client.make_invoice(BtcPaySettings.of(account), translate.invoice_body(request))
            if said.is_done:
                return _agreeing(read(said.body), request.reference)
        except (Uncertain, answers.Unreadable):
            return unknown
        if not said.refusal:
            return unknown
        failure = Failure(FailureCode.GATEWAY_REFUSED, said.refusal)
        return Outcome(reference=request.reference, result=Result.FAILED, failure=failure)

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """What became of a reference, of all the invoices that carry it; ABSENT only if BTCPay's
        own list says that there is none. Without a reference, what the invoice itself says."""
        settings = BtcPaySettings.of(account)
        try:
            if not reference:
                return read(client.invoice(settings, gateway_ref))
            query = {"orderId": reference, "take": str(_UNDER_ONE_REFERENCE)}
            outcomes = [_agreeing(read(row), reference) for row in client.invoices(settings, query)]
        except answers.Unreadable as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        if not outcomes:
            return Outcome(reference=reference, result=Result.ABSENT)
        return translate.truest(outcomes)


def read(invoice: Any) -> Outcome:
    """The outcome of an invoice that came with its payments; `Unreadable` if it can't be read."""
    try:
        is_confirmed = translate.is_paid_though_expired(invoice) and translate.is_confirmed(
            invoice["paymentMethods"]
        )
    except (KeyError, TypeError) as error:
        raise answers.Unreadable("not an invoice") from error
    return translate.outcome_of(invoice, is_confirmed=is_confirmed)


def _agreeing(outcome: Outcome, reference: str) -> Outcome:
    if outcome.reference != reference:
        raise answers.Unreadable("an invoice of another reference")
    return outcome
