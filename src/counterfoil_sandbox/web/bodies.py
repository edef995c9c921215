"""Reads request bodies with a limit on size and time, so that no caller can hold the gateway."""

import asyncio
import json
from typing import Any, NoReturn

from starlette.requests import Request

from counterfoil_sandbox.errors import GatewayError

BODY_BYTES_MAX = 64 * 1024
BODY_SECONDS_MAX = 10


def _too_large() -> GatewayError:
    return GatewayError(413, "body_too_large", "The body is larger than 64 kB.")


async def read_bytes(request: Request) -> bytes:
    """The whole body; refuses more than 64 kB (413) and slower than 10 s (408)."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > BODY_BYTES_MAX:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_BYTES_MAX:
                    raise _too_large()
    except TimeoutError:
        raise GatewayError(408, "body_too_slow", "The body did not arrive in time.") from None
    return bytes(body)


async def read_json(request: Request) -> Any:
    """The JSON body; anything but `application/json` is refused, which also stops plain forms."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise GatewayError(415, "not_json", "Send the body as application/json.")
    body = await read_bytes(request)
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise GatewayError(400, "invalid_json", "The body is not JSON.") from None


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
