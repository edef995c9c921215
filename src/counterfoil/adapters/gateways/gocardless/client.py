"""Talks with the GoCardless API: one resource or one page a call."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from counterfoil.adapters import answers, outbound
from counterfoil.adapters.gateways.gocardless import reasons
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import KeysRefused
from counterfoil.kernel.ports.gateways.outcomes import Failure

_DONE = frozenset({200, 201})
_CONFLICT = 409
_REFUSED_FROM = 400
_PAGE = "500"
PAGES_MAX = 40


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to something that we wanted done: what was made, or the error in its own words."""

    status: int
    body: Mapping[str, Any]

    @property
    def is_done(self) -> bool:
        """Whether it was made."""
        return self.status in _DONE

    @property
    def is_refused(self) -> bool:
        """Whether the gateway itself says, in its own words, that nothing was begun."""
        return self.status >= _REFUSED_FROM and isinstance(self.body.get("error"), dict)


def post(
    settings: GoCardlessSettings, path: str, body: Mapping[str, object], *, key: str = ""
) -> Said:
    """POSTs under an idempotency key.

    `Unavailable` if surely nothing was begun, `KeysRefused` among them, or the gateway asks to
    come later (429); `Uncertain` if the answer is late, cut, unreadable or a 5xx.
    """
    headers = _headers(settings) | ({"Idempotency-Key": key} if key else {})
    answer = outbound.send("POST", settings.url + path, headers=headers, content=json.dumps(body))
    read = answers.json_of(answer)
    if not isinstance(read, dict):
        raise Uncertain("The gateway's answer can't be read.")
    said = Said(answer.status, read)
    if said.is_refused and said.status in answers.KEYS_REFUSED:
        raise KeysRefused
    return said


def make(
    settings: GoCardlessSettings, noun: str, body: Mapping[str, object], *, key: str
) -> Any | Failure | None:
    """Makes one resource once per key: gives it, or why it was refused, or None if nobody knows.

    A key that was used already (409) names what the first try made: that is what is given.
    `Unavailable` only if surely nothing was sent.
    """
    try:
        said = post(settings, f"/{noun}", {noun: body}, key=key)
    except Uncertain:
        return None
    if said.is_done:
        return said.body.get(noun)
    if not said.is_refused:
        return None
    if first := reasons.first_try_of(said.body):
        try:
            return get(settings, f"/{noun}/{first}").get(noun)
        except Unavailable:
            return None
    return None if said.status == _CONFLICT else reasons.refusal_of(said.body)


def get(settings: GoCardlessSettings, path: str, query: Mapping[str, str] | None = None) -> Any:
    """GETs; whatever is not a whole and good answer is `Unavailable`, never 'there is none'."""
    answer = outbound.read(settings.url + path, headers=_headers(settings), query=query)
    return answers.object_of(answer)


def listed(
    settings: GoCardlessSettings, noun: str, query: Mapping[str, str] | None = None
) -> Iterator[Any]:
    """Every row of a list, page by page; `Unavailable` if it does not end, or can't be read."""
    after = ""
    for _ in range(PAGES_MAX):
        more = {"after": after} if after else {}
        page = get(settings, f"/{noun}", {"limit": _PAGE, **(query or {}), **more})
        try:
            rows, after = page[noun], page["meta"]["cursors"]["after"]
        except (KeyError, TypeError) as error:
            raise Unavailable("The gateway's list can't be read.") from error
        yield from rows
        if not after:
            return
    raise Unavailable("The gateway's list is too long to be read in one go.")


def _headers(settings: GoCardlessSettings) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {settings.access_token}",
        "GoCardless-Version": "2015-07-06",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
