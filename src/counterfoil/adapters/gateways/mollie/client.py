"""Talks with the Mollie API: one resource or one page a call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from counterfoil.adapters import answers, outbound
from counterfoil.adapters.gateways.mollie import reasons
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import KeysRefused
from counterfoil.kernel.ports.gateways.outcomes import Failure

_NO_CONTENT = 204
_NOT_FOUND = 404
_CONFLICT = 409
_DONE = frozenset({200, 201, 202})
_GONE = frozenset({404, 410})
_REFUSED_FROM = 400
_PAGE = "250"
PAGES_MAX = 40


def make(
    settings: MollieSettings, path: str, body: Mapping[str, object], *, key: str
) -> Any | Failure | None:
    """Makes one resource once per key: gives it, or why it was refused, or None if nobody knows.

    Mollie answers a key again for an hour with what it answered first; 409 is one that it is still
    at. `Unavailable` only if surely nothing was begun, `KeysRefused` among them.
    """
    try:
        answer = outbound.send(
            "POST",
            f"{settings.url}/v2{path}",
            headers=_headers(settings.api_key) | {"Idempotency-Key": key},
            content=json.dumps(body),
        )
    except Uncertain:
        return None
    read = answers.json_of(answer)
    if answer.status in _DONE:
        return read
    if answer.status == _CONFLICT or not _is_refused(answer, read):
        return None
    if answer.status in answers.KEYS_REFUSED:
        raise KeysRefused
    return reasons.refusal_of(read)


def delete(settings: MollieSettings, path: str) -> Any:
    """DELETEs: gives what is left, {} for nothing, None for what was gone or can't be deleted.

    `Unavailable` and `Uncertain` as `outbound` tells them. Doing it again is safe.
    """
    url = f"{settings.url}/v2{path}"
    answer = outbound.send("DELETE", url, headers=_headers(settings.api_key))
    read = answers.json_of(answer)
    if answer.status == _NO_CONTENT:
        return {}
    if answer.status in _DONE and isinstance(read, dict):
        return read
    if _is_refused(answer, read):
        if answer.status in answers.KEYS_REFUSED:
            raise KeysRefused
        return None
    raise Uncertain("The gateway's answer can't be read.")


def get(
    settings: MollieSettings,
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    key: str = "",
) -> Any:
    """GETs; whatever is not a whole and good answer is `Unavailable`, never 'there is none'."""
    found = find(settings, path, query, key=key)
    if found is None:
        raise Unavailable("The gateway says that there is no such thing.")
    return found


def find(
    settings: MollieSettings,
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    key: str = "",
) -> Any | None:
    """GETs; None only if Mollie itself says that there is no such thing."""
    url = f"{settings.url}/v2{path}"
    answer = outbound.read(url, headers=_headers(key or settings.api_key), query=query)
    if answer.status in _GONE and _is_refused(answer, answers.json_of(answer)):
        return None
    return answers.object_of(answer)


def listed(
    settings: MollieSettings,
    path: str,
    noun: str,
    query: Mapping[str, str] | None = None,
    *,
    key: str = "",
) -> Iterator[Any]:
    """Every row of a list, page by page, newest first; `Unavailable` if it does not end."""
    query = {"limit": _PAGE, **(query or {})}
    for _ in range(PAGES_MAX):
        page = get(settings, path, query, key=key)
        try:
            rows = page["_embedded"][noun]
            following = page["_links"].get("next")
            href = following["href"] if following else ""
        except (KeyError, TypeError, AttributeError) as error:
            raise Unavailable("The gateway's list can't be read.") from error
        yield from rows
        start = parse_qs(urlsplit(href).query).get("from") if href else None
        if not start:
            return
        query = {**query, "from": start[0]}
    raise Unavailable("The gateway's list is too long to be read in one go.")


def _headers(key: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Accept": "application/hal+json",
    }


def _is_refused(answer: outbound.Answer, read: Any) -> bool:
    """Whether these are Mollie's own words for no."""
    is_mollies = isinstance(read, dict) and read.get("status") == answer.status
    return answer.status >= _REFUSED_FROM and is_mollies and bool(read.get("title"))
