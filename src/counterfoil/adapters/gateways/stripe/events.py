"""What Stripe pushes: verified over the raw bytes, and read by the object that it carries."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from counterfoil.adapters import answers
from counterfoil.adapters.answers import Unreadable, text
from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.chargebacks import chargeback_of, is_inquiry
from counterfoil.adapters.gateways.stripe.payouts import payout_of
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.words import Json, instrument_of
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent, SignatureInvalid

WINDOW = timedelta(minutes=5)
_STAMP_DIGITS_MAX = 12
_MODES = {"pk_live_": True, "pk_test_": False}


class StripeEvents:
    """The capability to push events."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The one event of a webhook; raises `SignatureInvalid`.

        A signed body that is no event of Stripe's is refused the same way, so that it is sent
        again and a person can see it.
        """
        known = {name.lower(): value for name, value in headers.items()}
        _verify(StripeSettings.of(account), known.get("stripe-signature", ""), body, at)
        return self.events_in(account, body=body, at=at)

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The event of a webhook that was verified when it came."""
        try:
            event = json.loads(body)
            found = event_of(event)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SignatureInvalid("the webhook is not an event of this gateway") from error
        if _is_of_another_mode(account, event.get("livemode")):
            doubt = "a test event at a live account, or the reverse"
            found = replace(found, facts=(), doubt=doubt)
        return (found,)


def _verify(settings: StripeSettings, header: str, body: bytes, at: datetime) -> None:
    """Any of the secrets will do, so that one can be replaced. The window is counted from `at`,
    the time of arrival."""
    stamp = next((part[2:] for part in header.split(",") if part.startswith("t=")), "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _STAMP_DIGITS_MAX):
        raise SignatureInvalid("the webhook's signature has no time")
    if abs(at.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise SignatureInvalid("the webhook was signed too long ago, or in the future")
    errors = client.sdk()
    for secret in settings.webhook_secrets:
        try:
            errors.WebhookSignature.verify_header(body, header, secret)
        except (errors.SignatureVerificationError, ValueError, TypeError):
            continue
        return
    raise SignatureInvalid("the webhook's signature does not match")


def _is_of_another_mode(account: GatewayAccount, is_live: object) -> bool:
    """Whether a test told of itself where money is real, or the reverse: our key says which."""
    key = account.settings.get("publishable_key", "")
    ours = next((mode for start, mode in _MODES.items() if key.startswith(start)), None)
    return isinstance(is_live, bool) and ours is not None and is_live is not ours


def event_of(event: Json) -> GatewayEvent:
    """The event that a body tells; kinds that concern none of our capabilities carry no fact."""
    if not isinstance(event, dict) or event.get("object") != "event":
        raise Unreadable("not an event")
    kind = text(event.get("type"))
    thing = event["data"]["object"]
    if not isinstance(thing, dict):
        raise Unreadable("an event of nothing")
    read = next((read for start, read in _READERS.items() if _fits(kind, start)), None)
    facts = read(kind, thing) if read else ()
    return GatewayEvent(
        text(event.get("id")), kind, answers.unix_moment(event.get("created")), facts
    )


def _fits(kind: str, start: str) -> bool:
    return kind == start or (start.endswith(".") and kind.startswith(start))


def _intent(kind: str, thing: Json) -> tuple[Fact, ...]:
    """One that is not ours, or not confirmed yet, tells nothing here; the daily list has it."""
    waits = thing.get("status") in ("requires_confirmation", "requires_payment_method")
    if not translate.reference_of(thing) or (waits and not thing.get("last_payment_error")):
        return ()
    return (translate.outcome_of(thing),)


def _refund(kind: str, thing: Json) -> tuple[Fact, ...]:
    return (translate.refund_of(thing),) if thing.get("object") == "refund" else ()


def _dispute(kind: str, thing: Json) -> tuple[Fact, ...]:
    return () if is_inquiry(thing) else (chargeback_of(thing),)


def _payout(kind: str, thing: Json) -> tuple[Fact, ...]:
    return (payout_of(thing),)


def _mandate(kind: str, thing: Json) -> tuple[Fact, ...]:
    return (translate.mandate_of(thing),)


def _set_up(kind: str, thing: Json) -> tuple[Fact, ...]:
    """A SetupIntent that makes a mandate; one that only keeps a card was told when it was made."""
    is_debit = thing.get("payment_method_types") not in (["card"], None)
    is_ours = translate.reference_of(thing)
    return (translate.set_up_of(thing),) if is_debit and is_ours else ()


def _method(kind: str, thing: Json) -> tuple[Fact, ...]:
    """A kept card that the network renewed, or that was let go."""
    if instrument_of(thing) is None:
        return ()
    return (translate.saved_of(thing),)


_READERS: Mapping[str, Callable[[str, Json], tuple[Fact, ...]]] = {
    "payment_intent.succeeded": _intent,
    "payment_intent.payment_failed": _intent,
    "payment_intent.processing": _intent,
    "payment_intent.requires_action": _intent,
    "payment_intent.canceled": _intent,
    "refund.": _refund,
    "charge.refund.updated": _refund,
    "charge.dispute.": _dispute,
    "payout.": _payout,
    "mandate.updated": _mandate,
    "setup_intent.succeeded": _set_up,
    "setup_intent.setup_failed": _set_up,
    "payment_method.updated": _method,
    "payment_method.automatically_updated": _method,
    "payment_method.detached": _method,
}
