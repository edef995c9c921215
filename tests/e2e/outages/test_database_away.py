"""The database takes nobody in for a while: everybody is told so, nothing is half done, and all
goes on by itself when it is back."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from psycopg import sql

from e2e import witness
from e2e.outages.test_broken_database import is_ready
from e2e.stack import Payer, Stack, eventually, running
from e2e.test_hooks import event, push, secret_of, signed
from factories import database as db

BACK_SECONDS_MAX = 15
WAITS = "The database went away"
PAGES = ["/sign-in/", "/genuine/AAAAA-AAAAA-AAAAA-AAAAA"]


@contextmanager
def away(stack: Stack) -> Iterator[None]:
    """No connection is left and none can be made."""
    name = sql.Identifier(stack.addresses.owner_url.rpartition("/")[2])
    server = stack.addresses.of("postgres")
    limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
    end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
    with db.connect(server.owner_url) as owner, db.connect(server.app_url) as app:
        owner.execute(limit.format(name, 0))
        app.execute(
            f"{end} AND usename = current_user", [stack.addresses.owner_url.rpartition("/")[2]]
        )
        try:
            yield
        finally:
            owner.execute(limit.format(name, -1))


@pytest.fixture(scope="module")
def stack(breakable: Stack) -> Stack:
    return breakable


@pytest.fixture
def browser(payer: Payer) -> Iterator[httpx.Client]:
    """A payer's browser that has opened the page of the link."""
    with httpx.Client(base_url=payer.business.url, timeout=30) as opened:
        yield opened


@pytest.fixture
def form(browser: httpx.Client, payer: Payer, stack: Stack) -> dict[str, str]:
    """The form of that page, filled in."""
    page = browser.get(payer.link).text
    return {
        "csrfmiddlewaretoken": page.split('csrfmiddlewaretoken" value="')[1].split('"')[0],
        "form_key": secrets.token_hex(8),
        "source": stack.sandbox.token(),
    }


def asked(ask: Callable[[], httpx.Response]) -> tuple[int, bool, bool]:
    """The status, whether it says when to come again, and whether it came in good time."""
    began = time.monotonic()
    answer = ask()
    return answer.status_code, "retry-after" in answer.headers, time.monotonic() - began < 10


def test_who_pays_meanwhile_is_told_and_nothing_is_charged(
    stack: Stack, payer: Payer, browser: httpx.Client, form: dict[str, str]
) -> None:
    with away(stack):
        sent = browser.post(f"{payer.link}/pay", data=form)
        assert (sent.status_code, "retry-after" in sent.headers) == (503, True)
        assert "look at the invoice before you pay again" in sent.text
        assert witness.charges(stack, payer) == []
    eventually(lambda: browser.get(payer.link).status_code == 200, "it is back", BACK_SECONDS_MAX)
    eventually(lambda: is_ready(stack), "everything is ready", 60)
    witness.check_nothing_moved(stack, payer)

    assert browser.post(f"{payer.link}/pay", data=form).status_code == 302
    witness.check_paid_once(stack, payer)


def test_every_door_says_503_and_when_to_come_again(stack: Stack, payer: Payer) -> None:
    url = payer.business.url
    key = {"Authorization": "Bearer cfk_none"}
    with away(stack):
        found = {path: asked(lambda at=path: httpx.get(url + at, timeout=30)) for path in PAGES}
        found["link"] = asked(lambda: httpx.get(payer.link, timeout=30))
        found["api"] = asked(lambda: httpx.get(f"{url}/api/v1/customers", headers=key, timeout=30))
        found["api post"] = asked(
            lambda: httpx.post(f"{url}/api/v1/customers", json={}, headers=key, timeout=30)
        )
        assert found == dict.fromkeys(found, (503, True, True))
        assert httpx.get(f"{url}/healthz").status_code == 200
        ready = httpx.get(f"{url}/readyz")
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, False)
    eventually(lambda: is_ready(stack), "everything is ready", 60)


def test_a_webhook_is_refused_and_has_its_effect_when_it_comes_again(
    stack: Stack, payer: Payer
) -> None:
    there = payer.business
    body = event(payer, "coupon.made")
    headers = signed(body, secret_of(there))
    with away(stack):
        assert push(stack, there, body, headers) == 503
    kept = "SELECT count(*) FROM payments_gatewayevent WHERE ref = %s"
    ref = json.loads(body)["id"]
    assert witness.rows(stack, kept, ref) == [(0,)]
    eventually(lambda: is_ready(stack), "everything is ready", 60)
    assert [push(stack, there, body, headers) for _ in range(2)] == [200, 200]
    assert witness.rows(stack, kept, ref) == [(1,)]


def test_the_worker_waits_and_goes_on(stack: Stack, payer: Payer) -> None:
    """The same process, to whoever supervises it."""
    assert stack.worker is not None
    there, before = payer.business, running(stack.worker)
    with away(stack):
        eventually(lambda: WAITS in stack.log("worker").read_text(), "the worker waits", 40)
    body = event(payer, "coupon.made")
    eventually(
        lambda: push(stack, there, body, signed(body, secret_of(there))) == 200, "it is back"
    )
    handled = "SELECT count(*) FROM payments_gatewayevent WHERE ref = %s AND handled_at IS NOT NULL"
    ref = json.loads(body)["id"]
    eventually(lambda: witness.rows(stack, handled, ref) == [(1,)], "the worker goes on", 60)
    assert stack.worker.is_running
    assert running(stack.worker) == before
