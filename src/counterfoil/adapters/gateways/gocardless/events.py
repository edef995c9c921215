"""What GoCardless pushes: up to 250 events at once, signed as a whole, thin."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.gocardless import translate
from counterfoil.adapters.gateways.gocardless.charges import GoCardlessCharges
from counterfoil.adapters.gateways.gocardless.refunds import GoCardlessRefunds
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent, Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState

EVENTS_MAX = 250
_NEWER_MANDATES = {"replaced", "transferred"}  # under another id: a person looks


class GoCardlessEvents:
    """The capabilities to push events, and to say what is behind those that only mention."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The events of a push: one `GatewayEvent` each, whose id is what a replay is told by,
        because GoCardless signs no time. Raises `SignatureInvalid`.

        Events about debits and refunds say neither amount nor state: they mention the debit. One
        that can't be read is set aside, and those beside it count.
        """
        _verify(GoCardlessSettings.of(account).webhook_secrets, headers, body)
        return self.events_in(account, body=body, at=at)

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The events of a push that was verified when it came."""
        try:
            rows = json.loads(body)["events"]
            if not isinstance(rows, list) or len(rows) > EVENTS_MAX:
                raise answers.Unreadable("not a list of events")
            return tuple(_event_or_doubt(row, at) for row in rows)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SignatureInvalid("the webhook holds no events of this gateway") from error

    def ask(self, account: GatewayAccount, mention: Mention) -> tuple[Fact, ...]:
        """The debit as it stands, and its refunds."""
        charge = GoCardlessCharges().look_up(account, "", mention.gateway_ref)
        refunds = GoCardlessRefunds().of_charge(account, mention.gateway_ref)
        return (charge, *refunds)


def _verify(secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> None:
    """Any of `secrets` will do, so that one can be replaced while webhooks are under way."""
    known = {name.lower(): value for name, value in headers.items()}
    given = known.get("webhook-signature", "").encode()
    right = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), given) for one in right):
        raise SignatureInvalid("the webhook's signature does not match")


def _event_or_doubt(row: Any, at: datetime) -> GatewayEvent:
    try:
        return _event(row)
    except (ValueError, KeyError, TypeError, AttributeError):
        text = json.dumps(row, sort_keys=True)
        ref = f"unread:{hashlib.sha256(text.encode()).hexdigest()[:40]}"
        return GatewayEvent(ref, "unread", at, doubt="an event that can't be read")


def _event(row: Any) -> GatewayEvent:
    noun, action = answers.text(row["resource_type"]), answers.text(row["action"])
    return GatewayEvent(
        ref=answers.text(row["id"]),
        kind=f"{noun}.{action}",
        occurred_at=answers.moment(row["created_at"]),
        facts=_facts(noun, action, row),
    )


def _facts(noun: str, action: str, row: Any) -> tuple[Fact | Mention, ...]:
    links = row.get("links")
    if not isinstance(links, dict):
        return ()
    reference = translate.reference_of({"metadata": row.get("resource_metadata")})
    if noun == "payments" and links.get("payment"):
        return (Mention(answers.text(links["payment"]), reference),)
    if noun == "refunds" and links.get("payment"):
        return (Mention(answers.text(links["payment"])),)
    if noun == "mandates" and links.get("mandate") and action not in _NEWER_MANDATES:
        return (_mandate(action, reference, row),)
    if noun == "billing_requests" and links.get("billing_request"):
        found = answers.text(links["billing_request"])
        return (MandateOutcome(reference, MandateState.UNKNOWN, found),)
    return ()


def _mandate(action: str, reference: str, row: Any) -> MandateOutcome:
    """What the event says of a mandate; an action that is no state is UNKNOWN: ask for it."""
    details = row.get("details")
    known = details if isinstance(details, dict) else {}
    said = (known.get("reason_code"), known.get("cause"))
    state, found = translate.mandate_state(action), answers.text(row["links"]["mandate"])
    return MandateOutcome(
        reference=reference,
        state=state,
        gateway_ref=found,
        reason=next((str(word) for word in said if word), ""),
        source=found if state is MandateState.ACTIVE else "",
    )
