"""Giving back at the sandbox gateway, once per reference."""

import json
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import client, translate
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.shapes import rows
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest

_REFUNDS = "/v1/refunds"


class SandboxRefunds:
    """The capability to give money back."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back once per reference, which is the idempotency key too.

        As with a charge: a late, cut, unreadable or 5xx answer is UNKNOWN, and so is 409;
        `Unavailable` only if nothing was started; a refusal before the start (4xx) is FAILED.
        """
        unknown = RefundOutcome(request.reference, request.charge, Result.UNKNOWN)
        try:
            answer = client.post(
                SandboxSettings.of(account),
                f"/v1/charges/{quote(request.charge, safe='')}/refunds",
                translate.refund_body(request),
                idempotency_key=request.reference,
            )
        except Uncertain:
            return unknown
        try:
            body = json.loads(answer.body)
            if answer.status in client.DONE:
                outcome = translate.refund_of(body)
                return outcome if outcome.reference == request.reference else unknown
            if answer.status != client.CONFLICT and answer.status >= 400:  # noqa: PLR2004
                return translate.refund_refusal(request, body)
        except ValueError:
            return unknown
        return unknown

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """What became of a refund; ABSENT only if the gateway itself says it has none.

        A redirected, refused or unreadable answer is `Unavailable`, never ABSENT.
        """
        answer = client.get(SandboxSettings.of(account), _REFUNDS, {"reference": reference})
        if answer.status != client.OK:
            raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
        try:
            return translate.truest_refund(rows(json.loads(answer.body)), reference)
        except ValueError as error:
            raise Unavailable("The gateway's answer can't be read.") from error
