"""The API's one translator: whatever went wrong becomes application/problem+json."""

import json
import logging
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from counterfoil.domain.receivables.operations import HasMoney
from counterfoil.flows.pay_invoices import NoGateway
from counterfoil.infra.db import InProgress, is_away
from counterfoil.infra.idempotency import StillRunning
from counterfoil.kernel.errors import (
    Conflict,
    Declined,
    FieldProblem,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    Refused,
    Unavailable,
    Uncertain,
)
from counterfoil.kernel.states import IllegalMove

MEDIA_TYPE = "application/problem+json"
LOG = logging.getLogger("counterfoil.api")

_STATUS: tuple[tuple[type[Problem], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (IllegalMove, 409),
    (HasMoney, 409),
    (NoGateway, 409),
    (Refused, 422),
    (Declined, 422),
    (InProgress, 409),
    (Unavailable, 503),
    (Uncertain, 503),
)
_PATIENCE_SECONDS = 1
_WORDS: Mapping[str, tuple[str, str]] = {
    "extra_forbidden": ("unknown_field", "There is no such field."),
    "missing": ("required", "This field is required."),
    "int_type": ("not_an_integer", "An integer is wanted, without quotes or decimals."),
    "int_parsing": ("not_an_integer", "An integer is wanted."),
    "int_from_float": ("not_an_integer", "An integer is wanted, without decimals."),
    "bool_type": ("not_a_boolean", "true or false is wanted."),
    "string_type": ("not_a_string", "A string is wanted."),
    "string_unicode": ("not_a_string", "A string of valid Unicode is wanted."),
    "string_too_long": ("too_long", "This is too long."),
    "string_too_short": ("required", "This must not be empty."),
    "string_pattern_mismatch": ("invalid", "This has characters that can't be taken."),
    "greater_than": ("not_positive", "It must be more than zero."),
    "less_than_equal": ("too_large", "This is too large."),
    "list_type": ("not_a_list", "A list is wanted."),
    "too_long": ("too_many", "These are too many."),
    "too_short": ("required", "At least one is wanted."),
    "dict_type": ("not_an_object", "An object is wanted."),
    "model_type": ("not_an_object", "An object is wanted."),
    "model_attributes_type": ("not_an_object", "An object is wanted."),
    "literal_error": ("unknown_value", "This is not one of the known values."),
    "enum": ("unknown_value", "This is not one of the known values."),
}
_OWN_CODES = frozenset(
    {"unknown_currency", "not_a_decimal", "not_a_date", "unknown_field", "repeated", "card_number"}
)
_SOURCES = frozenset({"body", "query", "path", "header", "form", "file", "cookie"})


class NotJson(ValueError):
    """The body says itself that it is something else."""


class TooMany(Problem):
    """The caller knocks too often."""

    code = "too_many_requests"
    message = "Too many requests with this key."


def status_of(problem: Problem) -> int:
    """The HTTP status of an expected problem."""
    if isinstance(problem, TooMany):
        return 429
    return next((status for kind, status in _STATUS if isinstance(problem, kind)), 422)


def problem_response(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """One problem: its stable code, words for a person, and the fields concerned."""
    body = {
        "type": f"urn:counterfoil:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
    }
    return HttpResponse(
        json.dumps(body), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def of_problem(problem: Problem) -> HttpResponse:
    """An expected problem of any layer."""
    errors = [
        {"field": one.field, "code": one.code, "message": one.message}
        for one in _field_problems(problem)
    ]
    headers = {}
    seconds = _retry_after_seconds(problem)
    if seconds is not None:
        headers["Retry-After"] = str(seconds)
    return problem_response(
        status_of(problem), problem.code, problem.message, errors=errors, headers=headers
    )


def _field_problems(problem: Problem) -> Sequence[FieldProblem]:
    if isinstance(problem, InvalidInput):
        return problem.problems
    if isinstance(problem, FieldProblem):
        return [problem]
    field = problem.facts.get("field")
    return [FieldProblem(str(field), problem.message, code=problem.code)] if field else []


def _retry_after_seconds(problem: Problem) -> int | None:
    if isinstance(problem, TooMany):
        return max(1, int(str(problem.facts["retry_after_seconds"])))
    if isinstance(problem, Unavailable):
        wait = problem.retry_after
        return max(1, math.ceil(wait.total_seconds())) if wait else _PATIENCE_SECONDS
    return _PATIENCE_SECONDS if isinstance(problem, StillRunning) else None


def on_problem(_request: HttpRequest, problem: Any) -> HttpResponse:
    """A problem that an endpoint met."""
    return of_problem(problem)


def on_unreadable(_request: HttpRequest, error: Any) -> HttpResponse:
    """What the framework itself refuses: no key, or a body that is no JSON."""
    if isinstance(error, AuthenticationError):
        return unauthorized()
    status = error.status_code if isinstance(error, HttpError) else 400
    if isinstance(error.__cause__, RequestDataTooBig):
        return too_large()
    if isinstance(error.__cause__, NotJson):
        detail = "Send the body as application/json."
        return problem_response(415, "unsupported_media_type", detail)
    return problem_response(status, "malformed_json", "The body is not well-formed JSON.")


def unauthorized() -> HttpResponse:
    """No key, or one that opens nothing."""
    return problem_response(
        401,
        "unauthorized",
        "An API key is needed: send it as Authorization: Bearer <key>.",
        headers={"WWW-Authenticate": 'Bearer realm="counterfoil"'},
    )


def key_in_url() -> HttpResponse:
    """A key in an address ends in logs and histories: it is not even looked at."""
    detail = "A key never belongs in an address. Take it back, and send keys in the header only."
    return problem_response(401, "key_in_url", detail, headers={"WWW-Authenticate": "Bearer"})


def too_large() -> HttpResponse:
    """A body over the limit."""
    return problem_response(413, "body_too_large", "The body is too large.")


def without_length() -> HttpResponse:
    """A body in chunks, which nobody here would read: told, rather than taken for an empty one."""
    return problem_response(411, "length_required", "Send the body with a Content-Length.")


def no_route() -> HttpResponse:
    """An address that is none of ours."""
    return problem_response(404, NotFound.code, NotFound.message)


def on_missing(_request: HttpRequest, _error: Any) -> HttpResponse:
    """Django's own way of saying that there is nothing."""
    return no_route()


def on_invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    """Fields that don't have their types; each is named."""
    found: ValidationError = error
    errors = [_worded(one) for one in found.errors]
    return problem_response(422, InvalidInput.code, InvalidInput.message, errors=errors)


def _worded(error: Mapping[str, Any]) -> dict[str, str]:
    kind, message = str(error["type"]), str(error["msg"])
    code = kind if kind in _OWN_CODES else "invalid"
    code, message = _WORDS.get(kind, (code, message))
    context = error.get("ctx", {})
    if kind == "string_too_long":
        message = f"At most {context['max_length']} characters."
    if kind in ("literal_error", "enum"):
        message = f"One of {context['expected']}."
    return {"field": _field(error["loc"]), "code": code, "message": message}


def _field(location: Sequence[Any]) -> str:
    """The dotted path without the framework's own outer names (`body`, `query`)."""
    parts = [str(part) for part in location]
    while parts and parts[0] in _SOURCES:
        parts = parts[1:]
    return ".".join(parts) or "body"


def on_bug(request: HttpRequest, error: Any) -> HttpResponse:
    """A bug: told to whoever reads the log, never to the caller. A database that is away is none;
    what it was to write may have been written."""
    LOG.error("%s %s failed", request.method, request.path, exc_info=error)
    if is_away(error):
        kind = Unavailable if request.method == "GET" else Uncertain
        headers = {"Retry-After": str(_PATIENCE_SECONDS)}
        return problem_response(503, kind.code, kind.message, headers=headers)
    detail = "This is our fault, not yours. Nothing more is known."
    return problem_response(500, "internal_error", detail)


HANDLERS: Mapping[type[Exception], Any] = {
    Problem: on_problem,
    ValidationError: on_invalid,
    HttpError: on_unreadable,
    Http404: on_missing,
    Exception: on_bug,
}
