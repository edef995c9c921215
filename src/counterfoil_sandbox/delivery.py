"""Delivers webhooks: signed, at least once, retried for hours, with its state in the store."""

import asyncio
import logging
from datetime import UTC, datetime
from functools import partial

import httpx

from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.resources.traffic.events import Delivery
from counterfoil_sandbox.resources.traffic.webhooks import sign

log = logging.getLogger("counterfoil_sandbox")

TIMEOUT_SECONDS = 10
_AT_ONCE = 8
_LOOK_EVERY_SECONDS = 0.5


class Deliverer:
    """Sends what is due, a few at once; a failure comes back later."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._woken = asyncio.Event()
        self._under_way: dict[tuple[str, int], asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something new may be due: look at once."""
        self._woken.set()

    async def run(self) -> None:
        """Works until it is cancelled; what was under way then is sent again after a restart."""
        limits = httpx.Limits(max_connections=_AT_ONCE)
        async with httpx.AsyncClient(
            timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False
        ) as client:
            while True:
                self._start_due(client)
                await self._rest()

    def _now(self) -> float:
        """Waits are reckoned by the sandbox clock, so that moving it moves them."""
        return self._engine.clock.now().timestamp()

    def _start_due(self, client: httpx.AsyncClient) -> None:
        """Starts what is due while there is room, so a slow receiver holds up only itself."""
        for delivery in self._engine.events.due(self._now(), 2 * _AT_ONCE):
            name = (delivery.event_id, delivery.copy)
            if name in self._under_way or len(self._under_way) >= _AT_ONCE:
                continue
            task = asyncio.create_task(self._deliver(client, delivery))
            self._under_way[name] = task
            task.add_done_callback(partial(self._end, name))

    def _end(self, name: tuple[str, int], task: asyncio.Task[None]) -> None:
        """Makes room; an exception here is a bug and is told, the others go on."""
        del self._under_way[name]
        if not task.cancelled() and task.exception():
            log.error("webhook %s broke: %s", name[0], type(task.exception()).__name__)
        self.wake()

    async def _rest(self) -> None:
        self._woken.clear()
        try:
            async with asyncio.timeout(_LOOK_EVERY_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _deliver(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        why = await self._send(client, delivery)
        if not why:
            self._engine.events.delivered(delivery)
            return
        again = self._engine.events.refused(delivery, self._now())
        log.warning(
            "webhook %s not taken (%s), try %d, %s",
            delivery.event_id,
            why,
            delivery.attempts + 1,
            "will be sent again" if again else "given up",
        )

    async def _send(self, client: httpx.AsyncClient, delivery: Delivery) -> str:
        """Sends once; gives why it was not taken, or nothing."""
        account = self._engine.accounts.by_id(delivery.account_id)
        if not account.webhook_url:
            return "the account has no webhook address"
        webhook = sign(account, delivery, datetime.now(UTC))
        try:
            async with client.stream(
                "POST", webhook.url, content=webhook.body, headers=webhook.headers
            ) as response:
                return "" if response.is_success else f"HTTP {response.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return type(error).__name__
