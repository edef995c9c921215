"""POST under a key: run once, answered the same way ever after, also after a crash."""

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from pydantic import BaseModel

from counterfoil.domain.payments import queries as payments
from counterfoil.infra import idempotency
from counterfoil.infra.db import InProgress, noting, reading
from counterfoil.infra.idempotency import Answered, Asked, Begun
from counterfoil.infra.secrets.marks import mark_of, marks_before
from counterfoil.kernel.errors import FieldProblem, InvalidInput, Problem
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.surfaces.api import answers, problems
from counterfoil.surfaces.api.door import ApiRequest

HEADER = "Idempotency-Key"
KEY_MAX = 255
_NOT_STORED = frozenset({422, 429})
_FIRST_ERROR = 400
_FIRST_BUG = 500
_SALT = "api request"

Make = Callable[[str], UUID]
"""Does the work and returns the id of what it made; it is handed the name of this request, which
is the same when a crashed run is run again."""
Show = Callable[[UUID], BaseModel]


def once(
    request: ApiRequest,
    make: Make,
    show: Show,
    *,
    status: int = 201,
    may_repeat: bool = False,
) -> HttpResponse:
    """Runs a POST. Under a key it runs once: the same request gets the stored answer again.

    2xx, 404 and 409 are stored. 422, 429 and 5xx are not: nothing was started, or nobody knows,
    and the same key may be tried again; what a crashed run had made is shown, never made twice.
    Where the work `may_repeat`, since a second time changes nothing, nothing is noted of it, and a
    crashed run is run again.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return answers.shown(show(make(f"api:{new_id()}")), status=status)
    asked = Asked(f"api:{request.auth.key_id}", _checked(key), _fingerprint(request))
    business_id = request.auth.business_id
    begun = idempotency.begin(business_id, asked, at=request.auth.at)
    if isinstance(begun, Answered):
        return _again(begun)
    response = None
    try:
        work = _Work(lambda: make(_name(business_id, asked)), show, status, may_repeat)
        response = _run(request, begun, work)
    finally:
        if response is None or not _is_stored(response.status_code):
            idempotency.let_go(business_id, begun)
    if _is_stored(response.status_code):
        idempotency.finish(
            business_id, begun, status=response.status_code, answer=response.content.decode()
        )
    return response


@dataclass(frozen=True, slots=True)
class _Work:
    """What a request asks for, and how it is answered."""

    make: Callable[[], UUID]
    show: Show
    status: int
    may_repeat: bool


def _run(request: ApiRequest, begun: Begun, work: _Work) -> HttpResponse:
    def note(result: Any) -> None:
        idempotency.note_made(request.auth.business_id, begun, _id_of(result))

    try:
        made = begun.made
        if made is None:
            with nullcontext() if work.may_repeat else noting(note):
                made = work.make()
        return answers.shown(work.show(made), status=work.status)
    except InProgress:
        raise  # it says nothing of this request: the key is free again
    except Problem as problem:
        return problems.of_problem(problem)


def _id_of(result: Any) -> UUID:
    """What a flow says that it made: an id, a row that has one, or a batch of one."""
    one = result[0] if isinstance(result, list) else result
    made = one if isinstance(one, UUID) else one.id
    if not isinstance(made, UUID):
        raise TypeError("a flow returns the id of what it made")
    return made


def _is_stored(status: int) -> bool:
    return status < _FIRST_BUG and status not in _NOT_STORED


def _again(answered: Answered) -> HttpResponse:
    is_problem = answered.status >= _FIRST_ERROR
    return answers.of_text(
        answered.answer,
        status=answered.status,
        media_type=problems.MEDIA_TYPE if is_problem else answers.MEDIA_TYPE,
        headers={"Idempotent-Replayed": "true"},
    )


def _checked(key: str) -> str:
    if not 1 <= len(key) <= KEY_MAX or not key.isascii() or not key.isprintable():
        message = f"1 to {KEY_MAX} printable ASCII characters."
        raise InvalidInput([FieldProblem(HEADER, message, code="idempotency_key_invalid")])
    return key


def _fingerprint(request: ApiRequest) -> str:
    """The hash of what is asked: the address, and the body however its JSON is written."""
    body = json.loads(request.body) if request.body else None
    words = json.dumps([request.path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


def _name(business_id: BusinessId, asked: Asked) -> str:
    """The name of a request, which nobody else's has, and which says nothing of what is asked; the
    one of an older secret key where money moved under that: none moves twice for a new key."""
    words = f"{asked.principal}\n{asked.key}\n{asked.fingerprint}"
    for mark in marks_before(_SALT, words):
        if _has_moved_money(business_id, f"api:{mark}"):
            return f"api:{mark}"
    return f"api:{mark_of(_SALT, words)}"


def _has_moved_money(business_id: BusinessId, name: str) -> bool:
    with reading(business_id):
        return bool(
            payments.attempt_of_form(business_id, name)
            or payments.refund_of_form(business_id, name)
        )
