"""Who may call what: secret keys, callers on this machine, and pages of the gateway itself."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.resources.accounts import Account


def engine_of(request: Request) -> Engine:
    """The engine behind this server."""
    engine: Engine = request.app.state.engine
    return engine


def has_key(request: Request) -> bool:
    """Whether the caller shows a key at all."""
    return "authorization" in request.headers


def by_key(request: Request) -> Account:
    """The account of the caller's secret key; 401 without a good one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise GatewayError(401, "key_required", "Send the secret key: Authorization: Bearer sk_...")
    return engine_of(request).accounts.by_secret_key(key.strip())


def require_loopback(request: Request) -> None:
    """Lets callers on this machine in without a key; 403 for others and for foreign web pages.

    The host name is checked too, or a page could reach the gateway through a name of its own
    that points to 127.0.0.1.
    """
    peer = request.client.host if request.client else ""
    if not (_is_loopback(peer) and _is_loopback(request.url.hostname or "")):
        raise GatewayError(403, "loopback_only", "Without a key this works on loopback only.")
    require_own_page(request)


def require_own_page(request: Request) -> None:
    """Refuses a browser's call from a page of another origin; servers send no Origin at all."""
    origin = request.headers.get("origin")
    if origin is None:
        return
    own = {request.headers.get("host", ""), urlsplit(request.app.state.public_url).netloc}
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or parts.netloc not in own:
        raise GatewayError(403, "foreign_page", "A page of another origin can't call this.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
