"""The JSON API over HTTP: lets the caller in, hands the call to the desk, sends the answer."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from counterfoil_sandbox.desk import Answer
from counterfoil_sandbox.doors.door import Call, Door, Who
from counterfoil_sandbox.doors.table import DOORS
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.web.bodies import read_json
from counterfoil_sandbox.web.guards import (
    by_key,
    engine_of,
    has_key,
    require_loopback,
    require_own_page,
)
from counterfoil_sandbox.web.lost import CutAnswer, LostAnswer


def _let_in(request: Request, door: Door) -> Account | None:
    """The caller's account, if this door asks for a key; refuses who may not come in."""
    if door.who is Who.KEY or (door.who is Who.KEY_OR_LOOPBACK and has_key(request)):
        return by_key(request)
    if door.who in {Who.LOOPBACK, Who.KEY_OR_LOOPBACK}:
        require_loopback(request)
    if door.who is Who.OWN_PAGE:
        require_own_page(request)
    return None


async def _body(request: Request, door: Door) -> object:
    """The JSON that the door takes; a call with a key that takes no parameters may send nothing."""
    if door.takes is None:
        return None
    is_empty = request.headers.get("content-length", "0") == "0"
    if door.who is Who.KEY and is_empty and "transfer-encoding" not in request.headers:
        return {}
    return await read_json(request)


def _endpoint(door: Door) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        account = _let_in(request, door)
        call = Call(
            path=request.path_params,
            query=request.query_params,
            body=await _body(request, door),
            key=request.headers.get("idempotency-key", ""),
            account=account,
        )
        engine_of(request).catch_up()
        desk = engine_of(request).desk
        started = desk.start(door, call)
        if started.hop.delay_seconds:
            await asyncio.sleep(started.hop.delay_seconds)
        try:
            return _response(desk.finish(started))
        finally:
            request.app.state.wake()

    return answer


def _response(answer: Answer) -> Response:
    if answer.is_lost:
        return LostAnswer(answer.hold_seconds)
    if answer.is_truncated:
        return CutAnswer(answer.text, answer.status)
    headers = {"Idempotent-Replayed": "true"} if answer.is_replay else {}
    if answer.retry_after:
        headers["Retry-After"] = answer.retry_after
    return Response(answer.text, answer.status, headers, media_type="application/json")


ROUTES = [Route(door.path, _endpoint(door), methods=[door.method]) for door in DOORS]
