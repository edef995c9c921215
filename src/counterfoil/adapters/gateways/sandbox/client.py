"""Talks HTTP with the sandbox gateway, each call within one deadline."""

import json
from collections.abc import Mapping

from counterfoil.adapters import outbound
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings

Answer = outbound.Answer
OK = 200
NOT_FOUND = 404
CONFLICT = 409
STRANGER = frozenset({401, 403})
DONE = frozenset({200, 201})


def post(
    settings: SandboxSettings, path: str, body: Mapping[str, object], *, idempotency_key: str
) -> Answer:
    """POSTs JSON under an idempotency key.

    `Unavailable` if nothing was sent or the gateway asks to come later (429); `Uncertain` if the
    answer is late, cut, or a 5xx: then it may have happened.
    """
    headers = _headers(settings) | {
        "Content-Type": "application/json",
        "Idempotency-Key": idempotency_key,
    }
    return outbound.send("POST", settings.url + path, headers=headers, content=json.dumps(body))


def delete(settings: SandboxSettings, path: str) -> Answer:
    """DELETEs; `Unavailable` and `Uncertain` as for `post`. Doing it again is safe."""
    return outbound.send("DELETE", settings.url + path, headers=_headers(settings))


def get(settings: SandboxSettings, path: str, query: Mapping[str, str]) -> Answer:
    """GETs; any trouble is `Unavailable`, for reading can be tried again."""
    return outbound.read(settings.url + path, headers=_headers(settings), query=query)


def _headers(settings: SandboxSettings) -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.secret_key}", "Accept": "application/json"}
