"""The API's door: who knocks, how often, with what kind of body; and what every answer has."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.security import HttpBearer

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.keys import note_key_used
from counterfoil.domain.identity.rows import OpenedKey
from counterfoil.domain.identity.scopes import Scope
from counterfoil.domain.identity.secrets import KEY_PREFIX, invoice_secret
from counterfoil.flows.addresses import base_url
from counterfoil.infra import limits
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.api import problems
from counterfoil.surfaces.api.scopes import InsufficientScope, check_scope
from counterfoil.surfaces.ui.callers import caller_network

ROOT = "/api/v1"
BODY_MAX_BYTES = 2_000_000
GUESSES = limits.Doorkeeper(limits.KEY_GUESSES)
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Caller:
    """Whoever holds a key: the one business that it opens, and the moment of the call."""

    business_id: BusinessId
    key_id: UUID
    at: datetime
    scopes: frozenset[Scope] = frozenset()

    @property
    def actor(self) -> Actor:
        """How history rows call it."""
        return Actor(ActorKind.API, str(self.key_id), "API")

    @cached_property
    def business(self) -> BusinessRow:
        """The business itself, read when it is first wanted."""
        return businesses.by_id(self.business_id)

    @cached_property
    def site(self) -> str:
        """Where the business's pages are (`https://pay.example.com`); empty if it has none."""
        try:
            return base_url(self.business_id)
        except NotFound:
            return ""

    def invoice_page(self, invoice_id: UUID, *parts: str) -> str | None:
        """A page that opens for whoever holds the invoice's own address."""
        return self.page("i", invoice_secret(self.business_id, invoice_id), *parts)

    def page(self, *parts: str) -> str | None:
        """The address of one of the business's pages, if it has any."""
        return f"{self.site}/{'/'.join(parts)}" if self.site else None


class ApiRequest(HttpRequest):
    """A request that came in with a good key."""

    auth: Caller


class BearerKey(HttpBearer):
    """The key in the header; each may knock so often."""

    openapi_description: str = "An API key of one business: `Authorization: Bearer cfk_...`."

    def authenticate(
        self,
        request: HttpRequest,
        token: str,
    ) -> Caller | None:
        """The caller of a key; None for an unknown or revoked one."""
        at, network = clock.now(), caller_network(request)
        found = identity.key_of(token, at=at)
        if found is None:
            wait = GUESSES.wait(network, at=at)
            if wait is not None:
                raise problems.TooMany(retry_after_seconds=wait)
            GUESSES.wrong(network, at=at)
            return None
        request.knock = told = limits.knock(limits.API_CALLS, found.id, at=at)  # type: ignore[attr-defined]
        if told.wait is not None:
            raise problems.TooMany(retry_after_seconds=told.wait)
        caller = Caller(found.business_id, found.id, at, found.scopes)
        act_as(caller.actor)
        _note_used(found, at=at)
        self._check_scope(request, found, at=at)
        return caller

    def _check_scope(self, request: HttpRequest, key: OpenedKey, *, at: datetime) -> None:
        path = request.path.removeprefix(ROOT)
        try:
            check_scope(key.scopes, path, request.method or "")
        except InsufficientScope:
            family = path.strip("/").partition("/")[0]
            subject = f"api:{request.method} {family}"
            audit.note(key.business_id, NoteKind.REFUSED, subject=subject, at=at)
            raise


def _note_used(key: OpenedKey, *, at: datetime) -> None:
    """That the key is in use; its very first use is told to the trail."""
    note_key_used(key.id, business_id=key.business_id, last_used_at=key.last_used_at, at=at)
    if key.last_used_at is None:
        audit.note(key.business_id, NoteKind.KEY_USED_FIRST, subject=f"key:{key.id}", at=at)


class StrictParser(Parser):
    """JSON to the letter: no NaN, no name twice in one object."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value; ValueError for what is no JSON, or does not say that it is."""
        if request.content_type not in ("", "application/json"):
            raise problems.NotJson
        return json.loads(
            request.body, parse_constant=_not_a_number, object_pairs_hook=_each_name_once
        )


def _not_a_number(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


class CounterfoilApi(NinjaAPI):
    """The framework with our key, parser and translator, and none of its own pages."""

    name: ClassVar[str] = "Counterfoil API"

    def __init__(self) -> None:
        super().__init__(
            title=self.name,
            version="1.0.0",
            openapi_url=None,
            docs_url=None,
            auth=BearerKey(),
            parser=StrictParser(),
            urls_namespace="api",
        )
        for kind, handler in problems.HANDLERS.items():
            self.add_exception_handler(kind, handler)


def guarded(view: View) -> View:
    """Refuses what no endpoint wants to see, and gives every answer what all have in common."""

    @wraps(view)
    def passed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _refused(request) or view(request, *args, **kwargs)
        if response.status_code == 405:  # noqa: PLR2004  the framework's own answer has no body
            allowed = response["Allow"]
            response = problems.problem_response(
                405,
                "method_not_allowed",
                f"Here only {allowed} can be asked.",
                headers={"Allow": allowed},
            )
        response["Cache-Control"] = "private, no-store"
        _tell_limit(request, response)
        return response

    passed.csrf_exempt = True  # type: ignore[attr-defined]
    return passed


def _tell_limit(request: HttpRequest, response: HttpResponse) -> None:
    """How many more calls of this key pass, and in how many seconds the count begins anew."""
    told: limits.Knock | None = getattr(request, "knock", None)
    if told is not None:
        response["RateLimit-Limit"] = str(told.limit)
        response["RateLimit-Remaining"] = str(told.remaining)
        response["RateLimit-Reset"] = str(told.seconds_left)


def _refused(request: HttpRequest) -> HttpResponse | None:
    if KEY_PREFIX in request.get_full_path():
        return problems.key_in_url()
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        return problems.without_length()
    too_large = length.isdecimal() and int(length[:20]) > BODY_MAX_BYTES
    return problems.too_large() if too_large else None
