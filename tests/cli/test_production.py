"""`counterfoil serve` as operators run it: no demo, behind one proxy that speaks https."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest

from factories import database as db
from factories.sandbox_process import free_port
from surfaces.dress import DRESS

HOST = "harrow.example"
PASSWORD = "a password for tests"
SECONDS_MAX = 20
OUR_OWN = ("DATABASE_", "TEST_DATABASE_", "COUNTERFOIL_", "DJANGO_", "PYTEST_")
BY_PAGE = ("Referrer-Policy", "Cache-Control")  # stricter before the door
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def production(addresses: db.Addresses, data: Path) -> dict[str, str]:
    """What the process is told: what the guide for operators names, and nothing else of ours."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(OUR_OWN)}
    told = db.environment(addresses, data) | {
        "COUNTERFOIL_TRUSTED_PROXIES": "1",
        "COUNTERFOIL_LOG": "json",
    }
    del told["COUNTERFOIL_DEMO"], told["DJANGO_SETTINGS_MODULE"]
    return outside | told


class Proxy:
    """What a proxy sends on for a browser that speaks https with it, and what comes back. Cookies
    are held by this browser, which refuses what a browser refuses."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=SECONDS_MAX, trust_env=False)
        self.cookies: dict[str, Morsel[str]] = {}
        self.answers: list[httpx.Response] = []
        self.ever: dict[str, Morsel[str]] = {}

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        """One request as the proxy passes it on."""
        sent = [one for one in self.cookies.values() if path.startswith(one["path"])]
        headers = {
            "Host": "127.0.0.1",
            "X-Forwarded-Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.7",
            "Referer": f"https://{HOST}{path}",
            "Cookie": "; ".join(f"{one.key}={one.coded_value}" for one in sent),
            "Accept-Language": "en",
        }
        self.http.cookies.clear()
        answer = self.http.request(method, path, data=data, headers=headers)
        self.answers.append(answer)
        for line in answer.headers.get_list("set-cookie"):
            (cookie,) = SimpleCookie(line).values()
            if cookie["max-age"] == "0":
                self.cookies.pop(cookie.key, None)
                continue
            self.cookies[cookie.key] = self.ever[cookie.key] = cookie
        return answer

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self.ask("GET", path)

    def send(self, page: str, path: str, **fields: str) -> httpx.Response:
        """The form of this page, sent to this address."""
        found = TOKEN.search(self.get(page).text)
        assert found is not None
        return self.ask("POST", path, fields | {"csrfmiddlewaretoken": found[1]})


@pytest.fixture
def server(database: None, addresses: db.Addresses, tmp_path: Path) -> Iterator[str]:
    """The address of the process, once it answers."""
    port = free_port()
    log = tmp_path / "web.log"
    arguments = ["serve", "--port", str(port), "--workers", "1"]
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "counterfoil.cli.main", *arguments],
            env=production(addresses, tmp_path),
            stdout=said,
            stderr=said,
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + SECONDS_MAX
    try:
        while not _is_up(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=SECONDS_MAX)
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert {one["level"] for one in entries} == {"WARNING"}  # the refusals


def _is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def people(business: Any) -> tuple[str, str]:
    """The addresses of Alice, a customer with a password, and of the owner."""
    from counterfoil.domain.identity import operations as identity
    from counterfoil.domain.identity.roles import Role
    from factories.staff import hire

    identity.make_user("alice@example.com", name="Alice", password=PASSWORD)
    return "alice@example.com", hire(business, Role.OWNER)


def both_doors(browser: Proxy, alice: str, owner: str, customer: str) -> None:
    """A customer signs in and out, with a note between; the owner does, and looks as the customer
    does."""
    assert browser.get("/invoices/").headers["Location"].startswith("/sign-in/?")
    assert browser.send("/sign-in/", "/sign-in/", login=alice, password=PASSWORD).is_redirect
    assert browser.get("/").is_success
    assert browser.send("/", "/language", language="en", next="/").is_redirect
    assert browser.send("/security/", "/security/sessions/end/").is_redirect
    assert browser.get("/security/").is_success
    assert browser.send("/", "/sign-out/").is_redirect
    at = "/backoffice/"
    assert browser.send(f"{at}sign-in", f"{at}sign-in", login=owner, password=PASSWORD).is_redirect
    page = f"{at}customers/{customer}"
    assert browser.send(page, f"{page}/see", reason="They called").is_redirect
    assert browser.get("/").is_success
    assert browser.send(at, f"{at}sign-out").is_redirect


def plain_http_is_refused(server: str) -> None:
    """Without the proxy's word, or with its word that somebody came without https."""
    sent = {"Host": HOST, "X-Forwarded-Host": HOST}
    for path in ("/", "/sign-in/", "/backoffice/sign-in", "/api/v1/invoices", "/hooks/harrow/x"):
        for said in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Ssl": "on"}):
            answer = httpx.get(server + path, headers=sent | said, trust_env=False)
            assert (answer.status_code, answer.text) == (403, "https is needed here"), path
            assert "set-cookie" not in answer.headers
    here = {"X-Forwarded-Proto": "https"}
    assert httpx.get(server, headers=here, trust_env=False).status_code == 404  # loopback is nobody


def test_every_answer_keeps_to_https(business: Any, customer: Any, server: str) -> None:
    """In and out by both doors: cookies, headers, and where the redirects lead."""
    from counterfoil.kernel.ids import encode

    plain_http_is_refused(server)
    browser = Proxy(server)
    with browser.http:
        both_doors(browser, *people(business), encode("cus", customer))
    told = {
        key: (one["secure"], one["httponly"], one["samesite"], one["path"], one["domain"])
        for key, one in browser.ever.items()
    }
    everywhere = (True, True, "Lax", "/", "")
    names = ("csrf", "session", "device", "language", "messages", "look")
    assert told == {f"__Host-{name}": everywhere for name in names} | {
        "__Secure-staff": (True, True, "Lax", "/backoffice/", "")
    }
    for answer in browser.answers:
        same = {name: DRESS[name] for name in DRESS if name not in BY_PAGE}
        assert {name: answer.headers.get(name) for name in same} == same
        assert "no-store" in answer.headers["Cache-Control"]
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        where = answer.headers.get("Location", "/")
        assert (where.startswith("/"), where.startswith("//")) == (True, False)
