"""Debits on a mandate: made once per reference, looked up, and stopped before they are sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.gocardless import client, translate
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import moment_of
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    NextStep,
    Result,
    StepKind,
)

CLOCKS_DIFFER = timedelta(minutes=15)
_ASKS_WHY = {Result.FAILED, Result.RETURNED}
_TRUEST_FIRST = (
    Result.SUCCEEDED,
    Result.RETURNED,
    Result.PROCESSING,
    Result.UNKNOWN,
    Result.FAILED,
    Result.CANCELLED,
)


def since(reference: str) -> Mapping[str, str]:
    """The filter of a list that a thing with this reference of ours must be in: GoCardless can't
    search by it, and nothing of it was there before the reference was made."""
    made = moment_of(reference)
    return {"created_at[gte]": (made - CLOCKS_DIFFER).isoformat()} if made else {}


class GoCardlessCharges:
    """The capabilities to charge and to stop a charge."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """GoCardless takes bank details on its own pages only. No network."""
        return NextStep(StepKind.HOSTED_PAGE)

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Debits on the mandate once per reference, which is the idempotency key too.

        A key that was used already (409) names what the first try made: that is the outcome. A
        late, cut, unreadable or 5xx answer is UNKNOWN; a refusal in GoCardless's words is FAILED.
        """
        unknown = Outcome(reference=request.reference, result=Result.UNKNOWN)
        if not request.mandate:
            return _refused(request, "a debit needs a mandate", FailureCode.DEBIT_NOT_AUTHORISED)
        try:
            body = translate.payment_body(request)
        except answers.Unreadable as error:
            return _refused(request, str(error), FailureCode.GATEWAY_REFUSED)
        settings = GoCardlessSettings.of(account)
        made = client.make(settings, "payments", body, key=request.reference)
        if isinstance(made, Failure):
            return Outcome(reference=request.reference, result=Result.FAILED, failure=made)
        try:
            return _agreeing(_with_reason(settings, made), request.reference)
        except (answers.Unreadable, Unavailable):
            return unknown

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """What became of a debit. Without GoCardless's id, its list is read from when the
        reference was made; ABSENT only at the list's end."""
        settings = GoCardlessSettings.of(account)
        try:
            if gateway_ref:
                return _agreeing(_told(settings, gateway_ref), reference)
            found = [
                row
                for row in client.listed(settings, "payments", since(reference))
                if translate.reference_of(row) == reference
            ]
            if not found:
                return Outcome(reference=reference, result=Result.ABSENT)
            outcomes = [_with_reason(settings, row) for row in found]
        except (answers.Unreadable, KeyError, TypeError, AttributeError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        return min(outcomes, key=lambda outcome: _TRUEST_FIRST.index(outcome.result))

    def cancel(self, account: GatewayAccount, reference: str, gateway_ref: str) -> Outcome:
        """Stops a debit that has not been sent to the banks; else tells where it stands."""
        found = gateway_ref or self.look_up(account, reference).gateway_ref
        if not found:
            return Outcome(reference=reference, result=Result.ABSENT)
        settings = GoCardlessSettings.of(account)
        try:
            said = client.post(settings, f"/payments/{found}/actions/cancel", {})
            if said.is_done:
                return _agreeing(translate.outcome_of(said.body.get("payments")), reference)
            return self.look_up(account, reference, found)
        except (Uncertain, Unavailable, answers.Unreadable):
            return Outcome(reference=reference, result=Result.UNKNOWN, gateway_ref=found)


def _refused(request: ChargeRequest, why: str, code: FailureCode) -> Outcome:
    failure = Failure(code, why)
    return Outcome(reference=request.reference, result=Result.FAILED, failure=failure)


def _told(settings: GoCardlessSettings, gateway_ref: str) -> Outcome:
    return _with_reason(settings, client.get(settings, f"/payments/{gateway_ref}")["payments"])


def _with_reason(settings: GoCardlessSettings, payment: Any) -> Outcome:
    outcome = translate.outcome_of(payment)
    if outcome.result not in _ASKS_WHY:
        return outcome
    events = client.listed(settings, "events", {"payment": outcome.gateway_ref})
    return translate.outcome_of(payment, tuple(events))


def _agreeing(outcome: Outcome, reference: str) -> Outcome:
    if reference and outcome.reference != reference:
        raise answers.Unreadable("a payment of another reference")
    return outcome
