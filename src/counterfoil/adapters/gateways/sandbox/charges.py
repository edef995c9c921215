"""Charging at the sandbox gateway, once per reference, and looking up what became of it."""

import json

from counterfoil.adapters.gateways.sandbox import client, debits, translate
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.shapes import PAGES, rows
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount, KeysRefused, NotSetUp
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, NextStep, Result, StepKind

CHARGES = "/v1/charges"


class SandboxCharges:
    """The capability to charge."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """The hosted fields of a method. No network.

        `values["mount"]` names the function on the page's window that draws them; the other
        values are its options, to which the page may add `theme`, `accent` and `title`. Online
        banking and digital currency are paid on the gateway's own page, by an account whose
        setting `pages` names them; refuses (`NotSetUp`) another.
        """
        settings = SandboxSettings.of(account)
        if request.method in PAGES:
            if request.method not in settings.pages:
                raise NotSetUp
            return NextStep(StepKind.HOSTED_PAGE)
        values = {
            "mount": "CounterfoilSandbox.mount",
            "account": settings.publishable_key,
            "locale": request.locale,
        }
        if request.method is MethodKind.BANK_DEBIT:
            scheme = debits.SCHEMES[DebitScheme(request.scheme)]
            values |= {"method": "bank_debit", "scheme": scheme}
        if request.method is MethodKind.WALLET and request.amount:
            values |= {
                "method": "wallet",
                "wallet": request.scheme,
                "amount": str(request.amount.minor),
                "currency": request.amount.currency,
            }
        return NextStep(
            StepKind.COLLECT_FIELDS,
            script_url=f"{settings.url}/elements/v1/card.js",
            values=values,
        )

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Charges a token once per reference, which is the idempotency key too; without a token it
        is ACTION_REQUIRED with the gateway's page (HOSTED_PAGE).

        A late, cut, unreadable or 5xx answer is UNKNOWN, and so is a reference that the gateway
        is still at or knows with another body (409): the look-up tells. `Unavailable` only if
        nothing was started. A refusal before the start (4xx) is FAILED.
        """
        unknown = Outcome(reference=request.reference, result=Result.UNKNOWN)
        try:
            answer = client.post(
                SandboxSettings.of(account),
                CHARGES,
                translate.charge_body(request),
                idempotency_key=request.reference,
            )
        except Uncertain:
            return unknown
        try:
            body = json.loads(answer.body)
            if answer.status in client.DONE:
                outcome = translate.outcome_of(body)
                return outcome if outcome.reference == request.reference else unknown
            if answer.status != client.CONFLICT and answer.status >= 400:  # noqa: PLR2004
                return translate.refusal(request.reference, body)
        except ValueError:
            return unknown
        return unknown

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """What became of a reference; ABSENT only if the gateway itself says it has none.

        A redirected, refused or unreadable answer is `Unavailable`, never ABSENT.
        """
        answer = client.get(
            SandboxSettings.of(account), CHARGES, {"reference": reference, "status": "all"}
        )
        if answer.status in client.STRANGER:
            raise KeysRefused
        if answer.status != client.OK:
            raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
        try:
            return translate.truest(rows(json.loads(answer.body)), reference)
        except ValueError as error:
            raise Unavailable("The gateway's answer can't be read.") from error
