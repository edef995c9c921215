"""Charging at Stripe, once per reference, and looking up what became of it."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.amounts import NotTaken, to_wire
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import ORIGINS, StripeSettings
from counterfoil.adapters.gateways.stripe.sources import new_customer, source_params
from counterfoil.adapters.gateways.stripe.words import SCHEMES
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import moment_of
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, NextStep, Result, StepKind

KEY_LIVES = timedelta(hours=23)  # Stripe forgets keys after 24 hours: then a repeat would charge
EXPANDED = ["latest_charge", "payment_method"]
_MADE_BEFORE = timedelta(minutes=10)  # their clock may be behind ours
_MADE_WITHIN = timedelta(days=2)
_DEBITS = {"EUR": "sepa_debit", "USD": "us_bank_account", "GBP": "bacs_debit"}
_TYPES = {scheme: kind for kind, scheme in SCHEMES.items()}


class StripeCharges:
    """The capability to charge."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """The Payment Element, drawn by the portal's own script (`ui/gateways/stripe.js`), which
        loads Stripe's. No network.

        Stripe draws it for an amount; where none is known yet (a method is being saved) it is
        drawn for setting up.
        """
        settings = StripeSettings.of(account)
        currency = request.amount.currency if request.amount else ""
        values = {
            "mount": "CounterfoilStripe.mount",
            "script": settings.script_url,
            "origins": " ".join(ORIGINS),
            "account": settings.publishable_key,
            "locale": request.locale,
            "method": request.method.value,
            "types": _type_of(request.method, request.scheme, currency),
        }
        if request.amount:
            values |= {
                "amount": str(_shown(request.amount)),
                "currency": request.amount.currency.lower(),
            }
        return NextStep(StepKind.COLLECT_FIELDS, script_url=settings.script_url, values=values)

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Makes and confirms one PaymentIntent; the reference is its idempotency key.

        A reference that is older than Stripe keeps keys is looked up first, and charged only if
        Stripe has none. A lost, cut, unreadable or 5xx answer is UNKNOWN: Stripe repeats a stored
        5xx under its key, so only the look-up tells.
        """
        settings = StripeSettings.of(account)
        if _is_forgotten(request.reference):
            known = self.look_up(account, request.reference)
            if known.result is not Result.ABSENT:
                return known
        try:
            params = _params(settings, request)
        except NotTaken as problem:
            return translate.not_taken(request.reference, problem.message)
        except Refusal as refusal:
            return translate.refusal_of(request.reference, refusal.error)
        try:
            intent = client.call(
                settings, "payment_intents.create", params=params, key=request.reference
            )
            outcome = translate.outcome_of(intent)
        except Refusal as refusal:
            return translate.refusal_of(request.reference, refusal.error)
        except (Uncertain, Unreadable, KeyError):
            return Outcome(reference=request.reference, result=Result.UNKNOWN)
        same = outcome.reference == request.reference
        return outcome if same else Outcome(reference=request.reference, result=Result.UNKNOWN)

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """What became of a reference; ABSENT only if Stripe's own list has none.

        Its search is up to a minute behind, so the list is read: from the time that the
        reference itself tells.
        """
        return look_up(StripeSettings.of(account), reference, gateway_ref)


def look_up(settings: StripeSettings, reference: str, gateway_ref: str = "") -> Outcome:
    """As the capability has it."""
    try:
        if gateway_ref:
            params = {"expand": EXPANDED}
            intent = client.read(settings, "payment_intents.retrieve", gateway_ref, params=params)
            if translate.reference_of(intent) == reference:
                return translate.outcome_of(intent)
        return _found(settings, reference)
    except (Unreadable, KeyError) as error:
        raise Unavailable("The gateway's answer can't be read.") from error


def _found(settings: StripeSettings, reference: str) -> Outcome:
    """The outcome of the intent that carries this reference, in Stripe's list of that time."""
    params: dict[str, Any] = {"expand": [f"data.{name}" for name in EXPANDED]}
    made = moment_of(reference)
    if made is not None:
        since, until = made - _MADE_BEFORE, made + _MADE_WITHIN
        params["created"] = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
    for intent in client.pages(settings, "payment_intents.list", params):
        if translate.reference_of(intent) == reference:
            return translate.outcome_of(intent)
    return Outcome(reference=reference, result=Result.ABSENT)


def _is_forgotten(reference: str) -> bool:
    made = moment_of(reference)
    return made is not None and time.time() - made.timestamp() > KEY_LIVES.total_seconds()


def _params(settings: StripeSettings, request: ChargeRequest) -> Mapping[str, Any]:
    """What makes and confirms the intent.

    Reads, and making the customer that keeps an instrument, come before anything is charged: a
    lost answer there is `Unavailable`.
    """
    params: dict[str, Any] = {
        "amount": to_wire(request.amount),
        "currency": request.amount.currency.lower(),
        "confirm": True,
        "description": request.description,
        "metadata": {translate.REFERENCE: request.reference, "customer": request.customer},
        "expand": EXPANDED,
    }
    try:
        params |= source_params(settings, request.source, request.mandate)
        if request.save and "customer" not in params:
            params["customer"] = new_customer(settings, request.customer, request.reference)
    except Uncertain as error:
        raise Unavailable("The gateway did not answer; nothing was charged.") from error
    if request.mandate:
        params["mandate"] = request.mandate
    kind = _type_of(request.method, "", request.amount.currency)
    params["payment_method_types"] = [kind]
    if request.is_off_session:
        params["off_session"] = True
    elif request.return_url:
        params["return_url"] = request.return_url
    if request.save:
        params["setup_future_usage"] = "off_session"
    return params


def _type_of(method: MethodKind, scheme: str, currency: str) -> str:
    """Stripe's word for a method; a debit's scheme follows from the currency."""
    if method is MethodKind.BANK_DEBIT:
        known = {str(scheme): kind for scheme, kind in _TYPES.items()}
        return known.get(scheme) or _DEBITS.get(currency, "sepa_debit")
    return "card"


def _shown(amount: Money) -> int:
    """For drawing only: an amount that can't be charged is refused when it is."""
    try:
        return to_wire(amount)
    except NotTaken:
        return amount.minor
