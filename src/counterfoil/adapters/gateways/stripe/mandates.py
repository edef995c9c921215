"""Mandates for bank debits: made by a SetupIntent, ended by letting the bank account go."""

from collections.abc import Mapping
from typing import Any

from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.sources import new_customer, source_params
from counterfoil.adapters.gateways.stripe.translate import id_of
from counterfoil.adapters.gateways.stripe.words import SCHEMES, Json
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import (
    MandateOutcome,
    MandateRequest,
    MandateState,
)

_TYPES = {scheme: kind for kind, scheme in SCHEMES.items()}
_EXPANDED = ["payment_method", "mandate"]


class StripeMandates:
    """The capability to keep mandates: SEPA Core, ACH and Bacs."""

    def set_up(self, account: GatewayAccount, request: MandateRequest) -> MandateOutcome:
        """Sets a mandate up once per reference, with the payer's consent as we have it."""
        settings = StripeSettings.of(account)
        kind = _TYPES.get(request.scheme)
        if kind is None:
            return _failed(request.reference, f"{request.scheme} is not offered")
        try:
            params = _params(settings, request, kind)
            setup = client.call(
                settings, "setup_intents.create", params=params, key=request.reference
            )
            outcome = translate.set_up_of(setup, request.reference)
        except Refusal as refusal:
            return _failed(request.reference, str(refusal.error.get("code") or refusal))
        except (Uncertain, Unreadable):
            return MandateOutcome(request.reference, MandateState.UNKNOWN)
        return outcome

    def look_up_mandate(
        self, account: GatewayAccount, reference: str, gateway_ref: str = ""
    ) -> MandateOutcome:
        """By its own id where that is known; else Stripe's list of what was set up."""
        settings = StripeSettings.of(account)
        try:
            if gateway_ref:
                mandate = client.read(
                    settings,
                    "mandates.retrieve",
                    gateway_ref,
                    params={"expand": ["payment_method"]},
                )
                return translate.mandate_of(mandate, reference)
            expand = [f"data.{name}" for name in _EXPANDED]
            for setup in client.pages(settings, "setup_intents.list", {"expand": expand}):
                if translate.reference_of(setup) == reference:
                    return translate.set_up_of(setup, reference)
        except Unreadable as error:
            raise Unavailable("The gateway's answer can't be read.") from error
        return MandateOutcome(reference, MandateState.ABSENT)

    def revoke(self, account: GatewayAccount, reference: str, gateway_ref: str) -> MandateOutcome:
        """Stripe ends a mandate when its bank account is let go."""
        settings = StripeSettings.of(account)
        known = self.look_up_mandate(account, reference, gateway_ref)
        if known.state not in (MandateState.ACTIVE, MandateState.PENDING):
            return known
        try:
            mandate = client.read(settings, "mandates.retrieve", known.gateway_ref)
            method = id_of(mandate.get("payment_method"))
            client.call(settings, "payment_methods.detach", method)
        except Refusal:
            return self.look_up_mandate(account, reference, gateway_ref)
        except Uncertain:
            return MandateOutcome(reference, MandateState.UNKNOWN, known.gateway_ref)
        return MandateOutcome(
            reference, MandateState.REVOKED, known.gateway_ref, known.instrument, "revoked by us"
        )


def _params(settings: StripeSettings, request: MandateRequest, kind: str) -> Mapping[str, Any]:
    """Reads and the customer come before the mandate: a lost answer there is `Unavailable`."""
    try:
        source = source_params(settings, request.source)
        customer = new_customer(settings, request.customer, request.reference)
    except Uncertain as error:
        raise Unavailable("The gateway did not answer; no mandate was made.") from error
    params: dict[str, Any] = {
        **source,
        "customer": customer,
        "confirm": True,
        "usage": "off_session",
        "payment_method_types": [kind],
        "mandate_data": {"customer_acceptance": _acceptance(request)},
        "metadata": {translate.REFERENCE: request.reference, "customer": request.customer},
        "expand": _EXPANDED,
    }
    return params | ({"return_url": request.return_url} if request.return_url else {})


def _acceptance(request: MandateRequest) -> Json:
    """How the payer agreed: online if we know from where, else on paper or by telephone."""
    told = {name: request.evidence.get(name, "") for name in ("ip_address", "user_agent")}
    at = int(request.accepted_at.timestamp())
    if all(told.values()):
        return {"type": "online", "accepted_at": at, "online": told}
    return {"type": "offline", "accepted_at": at, "offline": {}}


def _failed(reference: str, reason: str) -> MandateOutcome:
    return MandateOutcome(reference, MandateState.FAILED, reason=reason[:120])
