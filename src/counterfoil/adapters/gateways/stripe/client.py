"""Stripe's SDK over our own line: one deadline, no retries behind our back, errors in our words.

The SDK is imported when it is first needed: it is large, and who uses another gateway need not
wait for it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any

from counterfoil.adapters import outbound
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.words import Json
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import KeysRefused

PAGE = 100
_KEY_LENGTH_MAX = 255
_STRANGER = (401, 403)


class Refusal(Exception):
    """Stripe refused before it started anything, or declined; `error` is its error object."""

    def __init__(self, error: Json, status: int) -> None:
        self.error = error
        self.status = status
        super().__init__(str(error.get("message") or "refused"))


@cache
def sdk() -> Any:
    """The SDK's module."""
    return import_module("stripe")


@cache
def _line() -> Any:
    """The SDK's HTTP client by which every call goes over `adapters.outbound`."""

    class Line(sdk().HTTPClient):  # type: ignore[misc]  # known once the SDK is here
        name = "counterfoil"

        def request(
            self,
            method: str,
            url: str,
            headers: Mapping[str, str] | None,
            post_data: Any = None,
            *,
            _usage: Any = None,
        ) -> tuple[str, int, Mapping[str, str]]:
            answer = outbound.send(method.upper(), url, headers=headers or {}, content=post_data)
            return answer.body.decode("utf-8", "replace"), answer.status, answer.headers

        def close(self) -> None:
            """Nothing is kept open."""

    return Line()


@cache
def _client(settings: StripeSettings) -> Any:
    client = sdk().StripeClient(
        settings.secret_key,
        base_addresses={"api": settings.url, "files": settings.files_url},
        http_client=_line(),
        max_network_retries=0,
    )
    return client.v1


def call(
    settings: StripeSettings,
    path: str,
    *arguments: str,
    params: Mapping[str, Any] | None = None,
    key: str = "",
) -> Json:
    """One call of the SDK by its dotted name (`payment_intents.create`); its answer as plain JSON.

    Raises `Refusal` (nothing was started, or a definite no), `Unavailable` (never sent, or 429)
    or `Uncertain` (lost, cut, unreadable, a 5xx, or still running under the same key).
    """
    errors = sdk()
    doing = _client(settings)
    for name in path.split("."):
        doing = getattr(doing, name)
    options = {"idempotency_key": key[:_KEY_LENGTH_MAX]} if key else {}
    try:
        answer: Json = doing(*arguments, params=dict(params or {}), options=options).to_dict()
    except errors.RateLimitError as error:
        raise Unavailable("The gateway asks to come later.") from error
    except errors.IdempotencyError as error:
        raise Uncertain("The same call is running, or ran with another body.") from error
    except errors.StripeError as error:
        told = (error.json_body or {}).get("error") if isinstance(error.json_body, dict) else None
        if isinstance(told, dict) and told.get("type") and error.http_status not in (None, 409):
            raise Refusal(told, error.http_status) from error
        raise Uncertain("The gateway's answer can't be read.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise Uncertain("The gateway's answer can't be read.") from error
    return answer


def upload(settings: StripeSettings, name: str, content: bytes) -> Json:
    """A file that proves a point; the SDK reads the name off it."""
    file = BytesIO(content)
    file.name = name
    return call(settings, "files.create", params={"purpose": "dispute_evidence", "file": file})


def read(
    settings: StripeSettings, path: str, *arguments: str, params: Mapping[str, Any] | None = None
) -> Json:
    """A call that only reads: any trouble is `Unavailable`, for reading can be tried again."""
    try:
        return call(settings, path, *arguments, params=params)
    except Uncertain as error:
        raise Unavailable("The gateway did not answer.") from error
    except Refusal as refusal:
        if refusal.status in _STRANGER:
            raise KeysRefused from refusal
        raise Unavailable(f"The gateway refused to be asked: {refusal}") from refusal


def pages(settings: StripeSettings, path: str, params: Mapping[str, Any]) -> Iterator[Json]:
    """Every object of a list, newest first, page after page."""
    after: dict[str, str] = {}
    while True:
        page = read(settings, path, params={"limit": PAGE, **params, **after})
        rows = page.get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unavailable("The gateway's list can't be read.")
        yield from rows
        if not page.get("has_more") or not rows:
            return
        after = {"starting_after": rows[-1].get("id", "")}
