"""Talks with Adyen's Checkout API, version 71."""

import json
from collections.abc import Mapping
from typing import Any

from counterfoil.adapters import answers, outbound
from counterfoil.adapters.gateways.adyen.settings import AdyenSettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import KeysRefused
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode

_VERSION = "/v71"
_DONE = frozenset({200, 201})
_REFUSED_FROM = 400
_IN_PROGRESS = frozenset({"704"})  # the key was used already, or is being worked at


def make(
    settings: AdyenSettings, path: str, body: Mapping[str, object], *, key: str
) -> Any | Failure | None:
    """Makes one thing once per key: gives it, or why it was refused, or None if nobody knows.

    Adyen answers a key again with what it answered first. `Unavailable` only if surely nothing
    was begun, `KeysRefused` among them.
    """
    headers = _headers(settings) | {"Idempotency-Key": key}
    whole = {"merchantAccount": settings.merchant_account, **body}
    url = f"{settings.url}{_VERSION}{path}"
    try:
        answer = outbound.send("POST", url, headers=headers, content=json.dumps(whole))
    except Uncertain:
        return None
    read = answers.json_of(answer)
    if answer.status in _DONE:
        return read
    refusal = _refusal(answer, read)
    if refusal and answer.status in answers.KEYS_REFUSED:
        raise KeysRefused
    return refusal


def change(settings: AdyenSettings, path: str, body: Mapping[str, object]) -> None:
    """PATCHes. `Uncertain` and `Unavailable` as `outbound` tells them; what Adyen makes of it is
    for a look-up to say."""
    url = f"{settings.url}{_VERSION}{path}"
    outbound.send("PATCH", url, headers=_headers(settings), content=json.dumps(body))


def get(settings: AdyenSettings, path: str) -> Any:
    """GETs; whatever is not a whole and good answer is `Unavailable`, never 'there is none'."""
    answer = outbound.read(f"{settings.url}{_VERSION}{path}", headers=_headers(settings))
    return answers.object_of(answer)


def ask_for_nothing(settings: AdyenSettings, path: str) -> None:
    """GETs what can't be there: `Unavailable` unless Adyen itself says so, to us."""
    answer = outbound.read(f"{settings.url}{_VERSION}{path}", headers=_headers(settings))
    if answer.status in answers.KEYS_REFUSED:
        raise KeysRefused
    if _refusal(answer, answers.json_of(answer)) is None:
        raise Unavailable(f"The gateway did not tell (HTTP {answer.status}).")


def _headers(settings: AdyenSettings) -> dict[str, str]:
    return {"X-API-Key": settings.api_key, "Content-Type": "application/json"}


def _refusal(answer: outbound.Answer, read: Any) -> Failure | None:
    """Adyen's own words for nothing having been begun."""
    if answer.status < _REFUSED_FROM or not isinstance(read, dict):
        return None
    code, message = read.get("errorCode"), read.get("message")
    if read.get("status") != answer.status or not code or not message or code in _IN_PROGRESS:
        return None
    return Failure(FailureCode.GATEWAY_REFUSED, f"{code}: {message}")
