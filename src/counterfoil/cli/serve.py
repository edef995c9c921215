"""`counterfoil serve`: serves the pages and the API by granian, in the place of this process."""

import os
import sys
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command

from counterfoil.cli.errors import OperatorError
from counterfoil.cli.options import Data
from counterfoil.kernel.hosts import is_loopback

STOP_SECONDS = 8
WORKERS = 3  # each makes one page at a time: one more than processors fills what waits leave free
HEADERS_MILLISECONDS = 10_000  # whoever takes longer to say what they want is let go


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = WORKERS,
    _data: Data = None,
) -> None:
    """Serve the pages and the API; refuses plain http that could be reached from outside."""
    require_safe_transport(host)
    # Of the server's own words only errors: it warns of more processes than processors.
    call_command("collectstatic", interactive=False, verbosity=0)
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--http", "1", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *("--http1-header-read-timeout", str(HEADERS_MILLISECONDS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(STOP_SECONDS)),
        *("--log-level", "error", "counterfoil.config.asgi:application"),
    ]
    os.execv(sys.executable, command)  # noqa: S606  our own program, no shell wanted


def require_safe_transport(host: str) -> None:
    """Refuses to serve unless https stands in front, or only this machine can reach us."""
    if settings.INSECURE_LOOPBACK:
        if not is_loopback(host):
            raise OperatorError(
                f"COUNTERFOIL_DEMO=1 serves plain http on loopback only, not on {host}"
            )
    elif settings.SECURE_PROXY_SSL_HEADER is None:
        raise OperatorError(
            "nothing speaks https in front: put a proxy there and set COUNTERFOIL_TRUSTED_PROXIES "
            "to the number of proxies"
        )
