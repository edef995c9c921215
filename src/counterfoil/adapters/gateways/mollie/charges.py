"""Charging on Mollie's page, or a kept instrument at once; looking up, stopping."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.mollie import client, translate
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import moment_of
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import Failure, NextStep, Result, StepKind

CLOCKS_DIFFER = timedelta(minutes=15)
EMBED = {"embed": "refunds,chargebacks"}
_TRUEST_FIRST = (
    Result.SUCCEEDED,
    Result.RETURNED,
    Result.PROCESSING,
    Result.UNKNOWN,
    Result.ACTION_REQUIRED,
    Result.FAILED,
    Result.CANCELLED,
)


class MollieCharges:
    """The capabilities to charge and to stop a charge."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """The payer chooses how to pay on Mollie's page. No network."""
        return NextStep(StepKind.HOSTED_PAGE)

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Makes a payment once per reference, which is the idempotency key too.

        With a source (`customer/mandate` of a kept method) it is charged at once, also off
        session; else the payer goes to Mollie's page. A late, cut, unreadable or 5xx answer is
        UNKNOWN, and so is 409; a refusal in Mollie's words is FAILED; `Unavailable` if no payment
        was asked for.
        """
        settings = MollieSettings.of(account)
        unknown = Outcome(reference=request.reference, result=Result.UNKNOWN)
        customer = _new_customer(settings, request) if request.save and not request.source else ""
        if isinstance(customer, Failure):
            return replace(unknown, result=Result.FAILED, failure=customer)
        body = translate.payment_body(request, settings.webhook_url, customer)
        made = client.make(settings, "/payments", body, key=request.reference)
        if isinstance(made, Failure):
            return replace(unknown, result=Result.FAILED, failure=made)
        try:
            return _agreeing(translate.outcome_of(made), request.reference)
        except answers.Unreadable:
            return unknown

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """What became of a payment. Without Mollie's id its list is read back to when the
        reference was made; ABSENT only if it is nowhere there."""
        settings = MollieSettings.of(account)
        try:
            if gateway_ref:
                return _agreeing(_told(settings, gateway_ref), reference)
            found = [
                answers.text(row["id"])
                for row in newest(settings, "payments", moment_of(reference))
                if translate.reference_of(row) == reference
            ]
            outcomes = [_agreeing(_told(settings, one), reference) for one in found]
        except (answers.Unreadable, KeyError, TypeError, AttributeError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        if not outcomes:
            return Outcome(reference=reference, result=Result.ABSENT)
        return min(outcomes, key=lambda outcome: _TRUEST_FIRST.index(outcome.result))

    def cancel(self, account: GatewayAccount, reference: str, gateway_ref: str) -> Outcome:
        """Stops a payment that Mollie lets go; else tells where it stands."""
        found = gateway_ref or self.look_up(account, reference).gateway_ref
        if not found:
            return Outcome(reference=reference, result=Result.ABSENT)
        try:
            client.delete(MollieSettings.of(account), f"/payments/{found}")
            return self.look_up(account, reference, found)
        except (Uncertain, Unavailable):
            return Outcome(reference=reference, result=Result.UNKNOWN, gateway_ref=found)


def newest(settings: MollieSettings, noun: str, since: datetime | None) -> Iterator[Any]:
    """The rows of a list, newest first, back to a moment (less what clocks may differ).

    A list that is not in this order proves no absence: `Unavailable`.
    """
    latest: datetime | None = None
    for row in client.listed(settings, f"/{noun}", noun):
        try:
            made = answers.moment(row["createdAt"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("The gateway's list can't be read.") from error
        if latest is not None and made > latest:
            raise Unavailable("The gateway's list is not in order.")
        latest = made
        if since is not None and made < since - CLOCKS_DIFFER:
            return
        yield row


def _new_customer(settings: MollieSettings, request: ChargeRequest) -> str | Failure:
    """A customer over there for what is kept: one for each method. It moves no money, so that
    whatever is unclear is `Unavailable`: nothing was started."""
    body = {"name": request.customer, "metadata": {translate.OURS: request.customer}}
    try:
        made = client.make(settings, "/customers", body, key=f"{request.reference}-customer")
    except Uncertain as error:
        raise Unavailable("The gateway did not answer.") from error
    if isinstance(made, Failure):
        return made
    found = made.get("id") if isinstance(made, dict) else None
    if not isinstance(found, str) or not found:
        raise Unavailable("The gateway did not answer.")
    return found


def _told(settings: MollieSettings, gateway_ref: str) -> Outcome:
    return with_saved(settings, client.get(settings, f"/payments/{gateway_ref}", EMBED))


def with_saved(settings: MollieSettings, payment: Any) -> Outcome:
    """The outcome of a payment, with what was kept by it. That it can't be told now what was kept
    holds no money up."""
    outcome = translate.outcome_of(payment)
    customer, mandate = payment.get("customerId"), payment.get("mandateId")
    is_first = payment.get("sequenceType") == "first" and customer and mandate
    if outcome.result is not Result.SUCCEEDED or not is_first:
        return outcome
    try:
        kept = client.get(settings, f"/customers/{customer}/mandates/{mandate}")
    except Unavailable:
        return outcome
    instrument = translate.instrument_of(str(kept.get("method") or ""), kept.get("details"))
    return replace(outcome, saved=SavedMethod(f"{customer}/{mandate}", instrument, str(mandate)))


def _agreeing(outcome: Outcome, reference: str) -> Outcome:
    if reference and outcome.reference != reference:
        raise answers.Unreadable("a payment of another reference")
    return outcome
