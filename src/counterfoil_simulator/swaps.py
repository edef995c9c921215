"""What is exchanged in the running product, from outside and for the length of a run: time, chance,
HTTP, the post, the log of bugs, the drawing of letters. No flow, rule or adapter is among it."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
from django.conf import settings

from counterfoil.domain.notifications import rendering
from counterfoil.flows.letters import render_document
from counterfoil.infra import db
from counterfoil.infra.postgres import commits
from counterfoil.kernel import apart, clock, ids
from counterfoil_simulator.machine import post
from counterfoil_simulator.machine.clock import VirtualTime
from counterfoil_simulator.machine.line import GatewayLine

_CHANNEL = f"{post.__name__}.open_channel"


@contextmanager
def swapped(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Inside, `owner.name` is this value."""
    genuine = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, genuine)


@contextmanager
def everything(time: VirtualTime, line: GatewayLine, chance: random.Random) -> Iterator[None]:
    """Inside, the product lives in the world of one seed."""
    dice = SimpleNamespace(randbits=chance.getrandbits, token_bytes=chance.randbytes)
    jitter = SimpleNamespace(uniform=lambda low, high: (low + high) / 2)
    swaps: list[tuple[Any, str, Any]] = [
        (clock, "now", time.now),
        (clock, "uptime", lambda: timedelta(seconds=time.monotonic())),
        (apart, "tell_broken", _no_hiding),
        (ids, "time", time),
        (ids, "secrets", dice),
        (ids, "_last", 0),
        (ids, "_random", []),
        (db, "time", time),
        (db, "random", jitter),
        (commits, "time", time),
        (httpx.HTTPTransport, "handle_request", lambda _self, request: line.handle(request)),
        (settings, "MAIL_CHANNEL", _CHANNEL),
        (rendering, "to_html", lambda _source: "<p>A letter</p>"),
        (render_document, "invoice_pdf", _no_drawing),
        (render_document, "receipt_pdf", _no_drawing),
    ]
    with ExitStack() as stack:
        for owner, name, value in swaps:
            stack.enter_context(swapped(owner, name, value))
        yield


def _no_hiding(_name: str, error: Exception) -> None:
    """What a sweep would log and pass over is what we look for."""
    raise error


def _no_drawing(*_args: object, **_more: object) -> bytes:
    return b"%PDF"
