"""Whatever a browser sends, the portal answers with a page, never with a broken server."""

from urllib.parse import quote

import pytest

from counterfoil.kernel.ids import encode, new_id
from factories.gateways import failed
from factories.payments import pay

NASTY = ["a\x00b", "\ud800", "x" * 3_000, "\u202e%_'; --\\", "9" * 30, "\r\nX-A: b"]
PAGES = ["/", "/invoices/", "/payments/", "/payments.csv", "/profile/", "/sign-in/"]
NAMES = ["q", "status", "order", "after", "next", "declined"]


def quoted(value):
    return quote(value.encode("utf-8", "surrogatepass"))


@pytest.fixture
def quiet(alice):
    alice.raise_request_exception = False
    return alice


@pytest.mark.parametrize("path", PAGES)
def test_queries(quiet, issued, path):
    issued()
    broken = [
        (name, value)
        for name in NAMES
        for value in NASTY
        if quiet.get(f"{path}?{name}={quoted(value)}").status_code >= 500
    ]
    assert broken == []


PATHS = [
    "/invoices/{}", "/invoices/{}/pdf", "/credit-notes/{}", "/payments/{}", "/payments/{}/receipt",
    "/i/{}", "/i/{}/pdf", "/back/{}", "/password/reset/key/1-{}/", "/hooks/{}/{}", "/static/{}",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_paths(quiet, path):
    values = [*NASTY, encode("pay", new_id()), str(new_id())]
    found = {value: quiet.get(path.format(*[quoted(value)] * 2)).status_code for value in values}
    assert {value: status for value, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("field", ["source", "form_key"])
def test_a_payment(quiet, issued, gateway, field):
    number = issued().number
    for value in NASTY:
        sent = value.replace("\ud800", "?")
        gateway.answers[sent[:200]] = lambda request: failed(request.reference)
        form = {"source": "declined", "form_key": f"key {len(sent)}"} | {field: sent}
        assert quiet.post(f"/invoices/{number}/pay", form).status_code < 500, value


def test_results_with_a_way_back(quiet, business, issued, gateway):
    attempt = pay(business, issued(), source="lost")
    for name in ("back", "declined", "next"):
        for value in NASTY:
            path = f"/payments/{encode('pay', attempt.id)}?{name}={quoted(value)}"
            assert quiet.get(path).status_code < 500


@pytest.mark.parametrize("field", ["login", "password", "next"])
def test_sign_in(portal, field):
    browser = portal()
    browser.raise_request_exception = False
    for value in NASTY:
        form = {"login": "alice@example.com", "password": "x"}
        form |= {field: value.replace("\ud800", "?")}
        assert browser.post("/sign-in/", form).status_code < 500, value


@pytest.mark.parametrize("field", ["language", "next"])
def test_language(portal, field):
    browser = portal()
    browser.raise_request_exception = False
    for value in NASTY:
        form = {"language": "de", "next": "/"} | {field: value.replace("\ud800", "?")}
        assert browser.post("/language", form).status_code < 500, value
