"""The JSON API: parse, call the engine, answer."""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from counterfoil_sandbox.clock import rfc3339
from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.requests import (
    AccountChanges,
    AccountRequest,
    AdvanceRequest,
    ChargeRequest,
    FaultsRequest,
    TokenRequest,
    parse,
)
from counterfoil_sandbox.resources.charges import STATUSES, Filter
from counterfoil_sandbox.web.bodies import read_json, read_limit
from counterfoil_sandbox.web.guards import (
    by_key,
    engine_of,
    has_key,
    require_loopback,
    require_own_page,
)
from counterfoil_sandbox.web.lost import LostAnswer

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def healthz(request: Request) -> Response:
    """The process is up and its store answers."""
    return JSONResponse({"status": "ok", "now": engine_of(request).clock.stamp()})


async def open_account(request: Request) -> Response:
    """Opens an account, or finds the one of this name (200)."""
    require_loopback(request)
    wanted = parse(AccountRequest, await read_json(request))
    account, is_new = engine_of(request).accounts.open(wanted)
    return JSONResponse(account.body(), 201 if is_new else 200)


async def change_account(request: Request) -> Response:
    """Changes the caller's own account: webhook address, origins, business."""
    account = by_key(request)
    if account.id != request.path_params["account_id"]:
        raise not_found()
    changes = parse(AccountChanges, await read_json(request))
    return JSONResponse(engine_of(request).accounts.change(account, changes).body())


async def make_token(request: Request) -> Response:
    """A card becomes a token. Pages of other origins may not call this, servers may."""
    require_own_page(request)
    wanted = parse(TokenRequest, await read_json(request))
    engine = engine_of(request)
    owner = wanted.account and engine.accounts.by_publishable_key(wanted.account).id
    return JSONResponse(engine.tokens.make(wanted.card, owner or None), 201)


async def create_charge(request: Request) -> Response:
    """Charges a token once per idempotency key."""
    account = by_key(request)
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise GatewayError(
            400, "idempotency_key_required", "Send an Idempotency-Key of 1 to 255 characters."
        )
    wanted = parse(ChargeRequest, await read_json(request))
    engine = engine_of(request)
    begun = engine.charges.begin(account, key, wanted)
    if begun.replay is not None:
        return _json(begun.replay, replayed=True)
    delay_seconds = engine.faults.of(account.id).delay_seconds
    if delay_seconds:
        await asyncio.sleep(delay_seconds)
    finished = engine.charges.finish(begun.charge_id)
    request.app.state.wake()
    if finished.is_lost:
        return LostAnswer()
    return _json(finished.answer, replayed=False)


def _json(text: str, *, replayed: bool) -> Response:
    headers = {"Idempotent-Replayed": "true"} if replayed else None
    return Response(text, 201, headers=headers, media_type="application/json")


async def get_charge(request: Request) -> Response:
    """One charge of the caller's account."""
    account = by_key(request)
    engine = engine_of(request)
    engine.charges.expire_challenges()
    return JSONResponse(engine.charges.get(request.path_params["charge_id"], account.id))


async def list_charges(request: Request) -> Response:
    """What was really charged, newest first.

    With a key: the caller's own charges in full; a look-up by reference shows every state.
    Without one, on loopback: any account's, seven fields each.
    """
    query = request.query_params
    account_id = ""
    if has_key(request):
        account_id = by_key(request).id
    else:
        require_loopback(request)
    reference = query.get("reference", "")
    status = query.get("status", "all" if reference else "succeeded")
    if status not in {"all", *STATUSES}:
        raise invalid("parameter_invalid", "The status is not known.", "status")
    wanted = Filter(
        account_id=account_id,
        customer=query.get("customer", ""),
        reference=reference,
        status="" if status == "all" else status,
        before=query.get("cursor", ""),
    )
    charges = engine_of(request).charges
    found, cursor = charges.list(wanted, read_limit(request), brief=not account_id)
    return JSONResponse({"data": found, "next_cursor": cursor})


async def list_events(request: Request) -> Response:
    """What happened in the caller's account, oldest first, delivered or not."""
    account = by_key(request)
    found, cursor = engine_of(request).events.page(
        account.id, after=request.query_params.get("after"), limit=read_limit(request)
    )
    return JSONResponse({"data": found, "next_cursor": cursor})


async def get_clock(request: Request) -> Response:
    """What time it is inside the sandbox."""
    return _clock(request)


async def move_clock(request: Request) -> Response:
    """Moves the sandbox clock forward, on loopback."""
    require_loopback(request)
    wanted = parse(AdvanceRequest, await read_json(request))
    engine_of(request).advance(wanted.advance_seconds)
    request.app.state.wake()
    return _clock(request)


def _clock(request: Request) -> Response:
    clock = engine_of(request).clock
    return JSONResponse(
        {"now": rfc3339(clock.now()), "offset_seconds": clock.offset.total_seconds()}
    )


async def set_faults(request: Request) -> Response:
    """Sets what goes wrong: for the key's account, for the one named, or for all of them."""
    is_known = has_key(request)
    if not is_known:
        require_loopback(request)
    own_id = by_key(request).id if is_known else None
    wanted = parse(FaultsRequest, await read_json(request))
    engine = engine_of(request)
    if own_id or wanted.account:
        named_id = engine.accounts.by_id(own_id or wanted.account or "").id
        account_ids = [named_id]
    else:
        account_ids = list(engine.accounts.all_ids())
    set_now = [
        {"account": account_id} | engine.faults.change(account_id, wanted).body()
        for account_id in account_ids
    ]
    return JSONResponse({"data": set_now})


ROUTES = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/v1/accounts", open_account, methods=["POST"]),
    Route("/v1/accounts/{account_id}", change_account, methods=["POST"]),
    Route("/v1/tokens", make_token, methods=["POST"]),
    Route("/v1/charges", create_charge, methods=["POST"]),
    Route("/v1/charges", list_charges, methods=["GET"]),
    Route("/v1/charges/{charge_id}", get_charge, methods=["GET"]),
    Route("/v1/events", list_events, methods=["GET"]),
    Route("/v1/clock", get_clock, methods=["GET"]),
    Route("/v1/clock", move_clock, methods=["POST"]),
    Route("/v1/faults", set_faults, methods=["POST"]),
]
