"""Keeping mandates at the sandbox gateway: set up once per reference, looked up, revoked."""

import json
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import client, debits
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.shapes import rows
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import (
    MandateOutcome,
    MandateRequest,
    MandateState,
)

_MANDATES = "/v1/mandates"


class SandboxMandates:
    """The capability to keep mandates."""

    def set_up(self, account: GatewayAccount, request: MandateRequest) -> MandateOutcome:
        """Sets a mandate up once per reference, which is the idempotency key too.

        As with a charge: a late, cut, unreadable or 5xx answer is UNKNOWN, and so is 409;
        `Unavailable` only if nothing was started; a refusal before the start (4xx) is FAILED.
        """
        unknown = MandateOutcome(request.reference, MandateState.UNKNOWN)
        try:
            answer = client.post(
                SandboxSettings.of(account),
                _MANDATES,
                debits.mandate_body(request),
                idempotency_key=request.reference,
            )
        except Uncertain:
            return unknown
        return _read(answer, request.reference) or unknown

    def look_up_mandate(
        self, account: GatewayAccount, reference: str, gateway_ref: str = ""
    ) -> MandateOutcome:
        """What became of a mandate; ABSENT only if the gateway itself says it has none.

        A redirected, refused or unreadable answer is `Unavailable`, never ABSENT.
        """
        query = {"reference": reference, "status": "all"}
        answer = client.get(SandboxSettings.of(account), _MANDATES, query)
        if answer.status != client.OK:
            raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
        try:
            return debits.truest_mandate(rows(json.loads(answer.body)), reference)
        except ValueError as error:
            raise Unavailable("The gateway's answer can't be read.") from error

    def revoke(self, account: GatewayAccount, reference: str, gateway_ref: str) -> MandateOutcome:
        """Ends a mandate; one that has ended already is told as it ended."""
        unknown = MandateOutcome(reference, MandateState.UNKNOWN, gateway_ref)
        try:
            answer = client.post(
                SandboxSettings.of(account),
                f"{_MANDATES}/{quote(gateway_ref, safe='')}/revoke",
                {},
                idempotency_key=f"revoke:{reference}",
            )
        except Uncertain:
            return unknown
        found = _read(answer, reference)
        is_ended = found is not None and found.state != MandateState.ACTIVE
        return found if found is not None and is_ended and found.gateway_ref else unknown


def _read(answer: client.Answer, reference: str) -> MandateOutcome | None:
    """What a whole answer says of the mandate; None where it says nothing for certain."""
    try:
        body = json.loads(answer.body)
        if answer.status in client.DONE:
            outcome = debits.mandate_of(body)
            return outcome if outcome.reference == reference else None
        if answer.status != client.CONFLICT and answer.status >= 400:  # noqa: PLR2004
            return debits.mandate_refusal(reference, body)
    except ValueError:
        return None
    return None
