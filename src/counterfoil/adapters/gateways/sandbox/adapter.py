"""The sandbox gateway behind the port: charge a token, give back, look up, read its webhooks."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import client, translate
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.signatures import verify
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways import (
    Capability,
    ChargeRequest,
    GatewayAccount,
    GatewayEvent,
    NextStep,
    Outcome,
    RefundOutcome,
    RefundRequest,
    Result,
    SignatureInvalid,
    StepKind,
)

_CHARGES = "/v1/charges"
_REFUNDS = "/v1/refunds"
_OK = 200
_CREATED = 201
_CONFLICT = 409


class SandboxGateway:
    """Cards by token. Keeps no state: what it needs of an account comes with each call."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability)

    def fields(self, account: GatewayAccount, *, locale: str) -> NextStep:
        """The hosted card fields. No network.

        `values["mount"]` names the function on the page's window that draws them; the other
        values are its options, to which the page may add `theme`, `accent` and `title`.
        """
        settings = SandboxSettings.of(account)
        return NextStep(
            StepKind.COLLECT_FIELDS,
            script_url=f"{settings.url}/elements/v1/card.js",
            values={
                "mount": "CounterfoilSandbox.mount",
                "account": settings.publishable_key,
                "locale": locale,
            },
        )

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Charges a token once per reference, which is the idempotency key too.

        A late, cut, unreadable or 5xx answer is UNKNOWN, and so is a reference that the gateway
        is still at or knows with another body (409): the look-up tells. `Unavailable` only if
        nothing was started. A refusal before the start (4xx) is FAILED.
        """
        unknown = Outcome(reference=request.reference, result=Result.UNKNOWN)
        try:
            answer = client.post(
                SandboxSettings.of(account),
                _CHARGES,
                translate.charge_body(request),
                idempotency_key=request.reference,
            )
        except Uncertain:
            return unknown
        try:
            body = json.loads(answer.body)
            if answer.status in {_OK, _CREATED}:
                outcome = translate.outcome_of(body)
                return outcome if outcome.reference == request.reference else unknown
            if answer.status != _CONFLICT and answer.status >= 400:  # noqa: PLR2004
                return translate.refusal(request.reference, body)
        except ValueError:
            return unknown
        return unknown

    def look_up(self, account: GatewayAccount, reference: str) -> Outcome:
        """What became of a reference; ABSENT only if the gateway itself says it has none.

        A redirected, refused or unreadable answer is `Unavailable`, never ABSENT.
        """
        answer = client.get(
            SandboxSettings.of(account), _CHARGES, {"reference": reference, "status": "all"}
        )
        if answer.status != _OK:
            raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
        try:
            return translate.truest(_rows(json.loads(answer.body)), reference)
        except ValueError as error:
            raise Unavailable("The gateway's answer can't be read.") from error

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back once per reference, which is the idempotency key too.

        As with a charge: a late, cut, unreadable or 5xx answer is UNKNOWN, and so is 409;
        `Unavailable` only if nothing was started; a refusal before the start (4xx) is FAILED.
        """
        unknown = RefundOutcome(request.reference, request.charge, Result.UNKNOWN)
        try:
            answer = client.post(
                SandboxSettings.of(account),
                f"{_CHARGES}/{quote(request.charge, safe='')}/refunds",
                translate.refund_body(request),
                idempotency_key=request.reference,
            )
        except Uncertain:
            return unknown
        try:
            body = json.loads(answer.body)
            if answer.status in {_OK, _CREATED}:
                outcome = translate.refund_of(body)
                return outcome if outcome.reference == request.reference else unknown
            if answer.status != _CONFLICT and answer.status >= 400:  # noqa: PLR2004
                return translate.refund_refusal(request, body)
        except ValueError:
            return unknown
        return unknown

    def look_up_refund(self, account: GatewayAccount, reference: str) -> RefundOutcome:
        """What became of a refund; ABSENT only if the gateway itself says it has none.

        A redirected, refused or unreadable answer is `Unavailable`, never ABSENT.
        """
        answer = client.get(SandboxSettings.of(account), _REFUNDS, {"reference": reference})
        if answer.status != _OK:
            raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
        try:
            return translate.truest_refund(_rows(json.loads(answer.body)), reference)
        except ValueError as error:
            raise Unavailable("The gateway's answer can't be read.") from error

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> GatewayEvent:
        """The event of a webhook that the gateway signed; raises `SignatureInvalid`.

        `at` is when the webhook arrived. A signed body that is no event is refused the same way,
        so that the gateway sends it again and a person can see it.
        """
        message_id = verify(SandboxSettings.of(account).webhook_secrets, headers, body, at=at)
        try:
            event = translate.event_of(json.loads(body))
        except (ValueError, RecursionError) as error:  # the latter: nested ten thousand deep
            raise SignatureInvalid("the webhook is not an event of this gateway") from error
        if event.ref != message_id:
            raise SignatureInvalid("the webhook's id is not its event's id")
        return event


def _rows(body: Any) -> list[Any]:
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise translate.Unreadable("not a list")
    return rows
