"""Mandates: the payer gives one on GoCardless's own page, by a billing request."""

from dataclasses import replace
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.gocardless import client, translate
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import (
    DebitScheme,
    MandateOutcome,
    MandateRequest,
    MandateState,
)
from counterfoil.kernel.ports.gateways.outcomes import Failure, NextStep, StepKind

_CURRENCIES = {DebitScheme.SEPA_CORE: "EUR", DebitScheme.BACS: "GBP", DebitScheme.ACH: "USD"}
_REQUEST = "BRQ"  # what the ids of billing requests begin with; a mandate's begins otherwise
_ENDED = {MandateState.REVOKED, MandateState.FAILED, MandateState.EXPIRED}


class GoCardlessMandates:
    """The capability to keep mandates. Until the payer has given one, `gateway_ref` is that of the
    billing request."""

    def set_up(self, account: GatewayAccount, request: MandateRequest) -> MandateOutcome:
        """Opens GoCardless's page for the payer: PENDING with a REDIRECT, once per reference.

        A lost answer is UNKNOWN, a refusal FAILED; `Unavailable` if surely nothing was sent.
        """
        if request.scheme not in _CURRENCIES:
            reason = f"GoCardless has no mandates of the scheme {request.scheme}"
            return MandateOutcome(request.reference, MandateState.FAILED, reason=reason)
        settings = GoCardlessSettings.of(account)
        unknown = MandateOutcome(request.reference, MandateState.UNKNOWN)
        body = _request_body(request)
        made = client.make(settings, "billing_requests", body, key=request.reference)
        if isinstance(made, Failure):
            return replace(unknown, state=MandateState.FAILED, reason=made.message)
        try:
            found = answers.text(made["id"] if isinstance(made, dict) else None)
            url = _page(settings, request, found)
        except (answers.Unreadable, KeyError, Uncertain, Unavailable):
            return unknown
        step = NextStep(StepKind.REDIRECT, url=url)
        return MandateOutcome(request.reference, MandateState.PENDING, found, step=step)

    def look_up_mandate(
        self, account: GatewayAccount, reference: str, gateway_ref: str = ""
    ) -> MandateOutcome:
        """What became of a mandate, by its own id or its billing request's; without either, the
        list of billing requests is read to its end."""
        settings = GoCardlessSettings.of(account)
        try:
            if gateway_ref.startswith(_REQUEST):
                path = f"/billing_requests/{gateway_ref}"
                return _of_request(settings, client.get(settings, path)["billing_requests"])
            if gateway_ref:
                return _of_mandate(settings, gateway_ref, reference)
            for row in client.listed(settings, "billing_requests"):
                if translate.reference_of(row) == reference:
                    return _of_request(settings, row)
        except (answers.Unreadable, KeyError, TypeError, AttributeError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        return MandateOutcome(reference, MandateState.ABSENT)

    def revoke(self, account: GatewayAccount, reference: str, gateway_ref: str) -> MandateOutcome:
        """Ends a mandate, or the request for one that nobody has given yet."""
        now = self.look_up_mandate(account, reference, gateway_ref)
        if now.state in _ENDED or not now.gateway_ref:
            return now
        noun = "billing_requests" if now.gateway_ref.startswith(_REQUEST) else "mandates"
        settings = GoCardlessSettings.of(account)
        try:
            client.post(settings, f"/{noun}/{now.gateway_ref}/actions/cancel", {})
            return self.look_up_mandate(account, reference, now.gateway_ref)
        except (Uncertain, Unavailable):
            return replace(now, state=MandateState.UNKNOWN)


def _page(settings: GoCardlessSettings, request: MandateRequest, found: str) -> str:
    flow = {
        "redirect_uri": request.return_url,
        "exit_uri": request.return_url,
        "links": {"billing_request": found},
    }
    said = client.post(settings, "/billing_request_flows", {"billing_request_flows": flow})
    made = said.body.get("billing_request_flows")
    url = made.get("authorisation_url") if isinstance(made, dict) else None
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise Uncertain("The gateway gave no page for the payer.")
    return url


def _request_body(request: MandateRequest) -> dict[str, object]:
    ours = {translate.OURS: request.reference}
    wanted = {
        "scheme": request.scheme.value,
        "currency": _CURRENCIES[request.scheme],
        "metadata": ours,
    }
    return {"mandate_request": wanted, "metadata": ours}


def _of_request(settings: GoCardlessSettings, row: Any) -> MandateOutcome:
    reference, found = translate.reference_of(row), answers.text(row["id"])
    mandate = (row.get("links") or {}).get("mandate_request_mandate")
    if mandate:
        return _of_mandate(settings, answers.text(mandate), reference)
    if row["status"] == "cancelled":
        return MandateOutcome(reference, MandateState.REVOKED, found, reason="cancelled")
    return MandateOutcome(reference, MandateState.PENDING, found)


def _of_mandate(settings: GoCardlessSettings, found: str, reference: str) -> MandateOutcome:
    mandate = client.get(settings, f"/mandates/{found}")["mandates"]
    link = (mandate.get("links") or {}).get("customer_bank_account")
    account = None
    if link:
        path = f"/customer_bank_accounts/{link}"
        account = client.get(settings, path)["customer_bank_accounts"]
    return translate.mandate_of(mandate, account, reference)
