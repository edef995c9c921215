"""Hands texts to Twilio, or to a service that speaks as Twilio's Messages resource does."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from counterfoil.adapters import outbound
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.channels import OutgoingText, TextRefused

_VERSION: Final = "2010-04-01"
_LIFE_MAX: Final = 36_000  # the longest that a text may wait there
_OF_THE_NUMBER: Final = frozenset(
    {
        21211,  # not a number
        21214,  # can't be reached
        21217,  # does not look like a number
        21265,  # not a number of messages
        21407,  # this kind of number takes no texts
        21408,  # no texts to this country
        21421,  # not a number
        21610,  # its owner asked for no more
        21612,  # can't be reached from our number
        21614,  # not a mobile number
        21635,  # a landline
        30003,  # not reachable
        30004,  # blocked
        30005,  # nobody's
        30006,  # a landline, or a network without texts
    }
)
_UNDELIVERED: Final = frozenset({"failed", "undelivered", "canceled"})
_OK, _CREATED, _NOT_FOUND = 200, 201, 404
_REFUSING = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service stands, by which account, and from whom its texts come."""

    base: str
    account: str
    token: str = field(repr=False)
    sender: str

    @property
    def url(self) -> str:
        """The account's own address there."""
        return f"{self.base}/{_VERSION}/Accounts/{self.account}"


class TwilioChannel:
    """A service that takes texts by HTTP."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def send(self, text: OutgoingText) -> None:
        """Posts the text; `TextRefused` for a number that takes none, `Unavailable` where the
        service took nothing, `Uncertain` where its answer is lost."""
        sender = self._service.sender
        by = "MessagingServiceSid" if sender.startswith("MG") else "From"
        form = {
            "To": text.number,
            by: sender,
            "Body": text.text,
            "ValidityPeriod": str(min(max(text.life_seconds, 1), _LIFE_MAX)),
        }
        answer = outbound.send(
            "POST",
            f"{self._service.url}/Messages.json",
            headers=self._headers() | {"Content-Type": "application/x-www-form-urlencoded"},
            content=urlencode(form),
        )
        told = _read(answer.body)
        if answer.status in (_OK, _CREATED):
            _check_taken(told)
            return
        code = told.get("code")
        if code in _OF_THE_NUMBER:
            raise TextRefused(facts_of_service=str(code))
        raise Unavailable(_words(answer.status, code))

    def check(self) -> str:
        """Asks for the account; `Unavailable` where it is unknown, closed, or its token is not
        taken."""
        answer = outbound.read(f"{self._service.url}.json", headers=self._headers())
        where = f"to {self._service.base.partition('://')[2]} from {self._service.sender}"
        if answer.status == _NOT_FOUND:  # a service that speaks of messages alone
            return where
        told = _read(answer.body)
        if answer.status != _OK:
            raise Unavailable(_words(answer.status, told.get("code")))
        if told.get("status", "active") != "active":
            raise Unavailable("The text service says that the account is closed or suspended.")
        return where

    def _headers(self) -> dict[str, str]:
        pair = f"{self._service.account}:{self._service.token}"
        return {
            "Authorization": f"Basic {b64encode(pair.encode()).decode()}",
            "Accept": "application/json",
        }


def _check_taken(told: dict[str, Any]) -> None:
    """Refuses a text that the service made and gave up at once; one that it only says to have
    taken without naming it may have gone or not."""
    if told.get("status") in _UNDELIVERED or told.get("error_code"):
        raise TextRefused(facts_of_service=str(told.get("error_code")))
    if not told.get("sid"):
        raise Uncertain("The text service's answer can't be read.")


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _words(status: int, code: object) -> str:
    """What went wrong, for whoever runs this: by numbers, for words there may name people."""
    if status in _REFUSING:
        return f"The text service does not take our account and token (HTTP {status})."
    told = f", code {code}" if isinstance(code, int) else ""
    return f"The text service did not take the text (HTTP {status}{told})."
