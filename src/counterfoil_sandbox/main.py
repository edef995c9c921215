"""The command that runs the gateway: `python -m counterfoil_sandbox --port N --data DIR`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.delivery import Deliverer
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.process import StartRefused, check_port, claim_folder, watch_lifeline
from counterfoil_sandbox.store import Store
from counterfoil_sandbox.web.app import build_app

log = logging.getLogger("counterfoil_sandbox")

_ENV = "COUNTERFOIL_SANDBOX_"
_STOP_SECONDS_MAX = 2
_LOOK_EVERY_SECONDS = 5
_PORT_MAX = 65_535
_HEADER_MILLISECONDS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How one gateway runs."""

    host: str
    port: int
    data: Path
    public_url: str
    clock_start: datetime | None
    webhooks: bool
    lifeline: int | None


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= _PORT_MAX:
        raise ValueError
    return port


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def read_settings(arguments: Sequence[str] | None = None) -> Settings:
    """Settings from the command line, and for what it leaves out from the environment."""

    def env(name: str, default: str | None = None) -> str | None:
        return os.environ.get(_ENV + name, default)

    parser = argparse.ArgumentParser(
        prog="counterfoil-sandbox",
        description="A small payment provider for tests and demos.",
        epilog=f"Each option can be set in the environment too, such as {_ENV}PORT.",
    )
    add = parser.add_argument
    add("--port", type=_port, default=env("PORT", "8200"), help="port (8200)")
    add("--host", default=env("HOST", "127.0.0.1"), help="address to listen on (127.0.0.1)")
    add("--data", type=Path, default=env("DATA"), help="folder for the gateway's own storage")
    add("--public-url", default=env("PUBLIC_URL"), help="how browsers reach it")
    add("--clock-start", type=_time, default=env("CLOCK_START"), help="where a new clock begins")
    add("--lifeline-fd", type=int, default=env("LIFELINE_FD"), help="pipe to end with")
    add(
        "--no-webhooks",
        action="store_true",
        default=env("NO_WEBHOOKS", "") not in {"", "0"},
        help="keep events but never send them",
    )
    chosen = parser.parse_args(arguments)
    if chosen.data is None:
        parser.error("the data folder is missing: --data DIR")
    shown_host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    here = "127.0.0.1" if chosen.host in {"0.0.0.0", "::"} else shown_host  # noqa: S104
    return Settings(
        host=chosen.host,
        port=chosen.port,
        data=chosen.data,
        public_url=(chosen.public_url or f"http://{here}:{chosen.port}").rstrip("/"),
        clock_start=chosen.clock_start,
        webhooks=not chosen.no_webhooks,
        lifeline=chosen.lifeline_fd,
    )


async def _catch_up(engine: Engine, wake: Callable[[], None]) -> None:
    """Lets happen what falls due even if nobody asks."""
    while True:
        if engine.catch_up():
            wake()
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def serve(settings: Settings, engine: Engine) -> None:
    """Serves until a signal or the lifeline says stop; then gives open requests two seconds."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.lifeline is not None:
        watch_lifeline(settings.lifeline, lambda: loop.call_soon_threadsafe(stop.set))
    deliverer = Deliverer(engine)
    server = Server(
        build_app(engine, public_url=settings.public_url, wake=deliverer.wake),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS_MAX),
    )
    background = [asyncio.create_task(_catch_up(engine, deliverer.wake))]
    if settings.webhooks:
        background.append(asyncio.create_task(deliverer.run()))
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    log.info("listening on %s", settings.public_url)
    done, _ = await asyncio.wait(
        {serving, stopping, *background}, return_when=asyncio.FIRST_COMPLETED
    )
    server.stop()  # type: ignore[no-untyped-call]
    for task in background:
        task.cancel()
    await asyncio.wait({serving}, timeout=_STOP_SECONDS_MAX)
    for task in done:
        task.result()


def run(settings: Settings) -> None:
    """Claims folder and port, finishes what a killed process left, serves."""
    lock = claim_folder(settings.data)
    check_port(settings.host, settings.port)
    with lock:
        store = Store(settings.data)
        clock = Clock(store, settings.clock_start)
        engine = Engine(store, clock, webhooks=settings.webhooks)
        finished = engine.desk.finish_interrupted()
        if finished:
            log.info("finished %d interrupted charges", finished)
        try:
            asyncio.run(serve(settings, engine))
        finally:
            store.close()
    log.info("stopped")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the gateway; 0 after a clean stop, 1 with one line if it can't start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("sandbox: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    settings = read_settings(arguments)
    try:
        run(settings)
    except StartRefused as refused:
        log.error("%s", refused)  # noqa: TRY400
        return 1
    return 0
