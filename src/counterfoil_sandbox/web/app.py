"""Puts the web application together: routes, refusals as JSON, safe headers on every answer."""

import logging
import traceback
from collections.abc import Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.web import api, elements, hosted, pages

log = logging.getLogger("counterfoil_sandbox")

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class _SafeHeaders:
    """Adds the headers that an answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, GatewayError)
    return JSONResponse(error.body(), error.status)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    refusal = GatewayError(error.status_code, phrase.lower().replace(" ", "_"), f"{phrase}.")
    return JSONResponse(refusal.body(), error.status_code, headers=error.headers)


async def _bug(request: Request, error: Exception) -> Response:
    """Where it broke goes to the log, but no message and no value: they may hold card data."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s %s failed: %s\n%s", request.method, request.url.path, type(error).__name__, where)
    refusal = GatewayError(500, "internal_error", "The gateway failed. Look the charge up.")
    return JSONResponse(refusal.body(), refusal.status)


def build_app(engine: Engine, *, public_url: str, wake: Callable[[], None]) -> Starlette:
    """The application; `wake` is called when a webhook may be due."""
    app = Starlette(
        routes=[*api.ROUTES, *elements.ROUTES, *hosted.ROUTES, *pages.ROUTES],
        middleware=[Middleware(_SafeHeaders)],
        exception_handlers={
            GatewayError: _refusal,
            HTTPException: _http_error,
            Exception: _bug,
        },
    )
    engine.charges.public_url = public_url
    app.state.engine = engine
    app.state.public_url = public_url
    app.state.wake = wake
    return app
