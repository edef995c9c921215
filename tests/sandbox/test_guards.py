"""The doors: who may call without a key, how much they may send, what headers answers carry."""

import pytest

from factories.sandbox_process import AccountAtSandbox, Sandbox

ADVANCE = {"advance_seconds": 0}


def test_page_of_another_origin_can_call_nothing_keyless(sandbox: Sandbox) -> None:
    """A web page that the developer happens to visit can't move the clock or make tokens."""
    for path, body in (("/v1/clock", ADVANCE), ("/v1/accounts", {"name": "x"}), ("/v1/tokens", {})):
        answer = sandbox.post(path, body, origin="https://evil.example")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_page")
        assert "access-control-allow-origin" not in answer.headers


def test_foreign_host_name_is_refused(sandbox: Sandbox) -> None:
    """A name of someone else's that points to loopback does not open the keyless calls."""
    answer = sandbox.post("/v1/clock", ADVANCE, host=f"evil.example:{sandbox.port}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "loopback_only")


def test_plain_form_is_refused(sandbox: Sandbox) -> None:
    """A form post, which browsers send without asking, is no JSON."""
    answer = sandbox.http.post("/v1/clock", data={"advance_seconds": 1})
    assert answer.status_code == 415


@pytest.mark.parametrize("body", [b"{", b'{"advance_seconds": NaN}', b"\xff", b"[" * 50_000])
def test_broken_json_is_refused(sandbox: Sandbox, body: bytes) -> None:
    """Garbage is a 400, never a 500."""
    answer = sandbox.http.post(
        "/v1/clock", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_json")


def test_large_body_is_refused(sandbox: Sandbox) -> None:
    """64 kB is the limit, with and without an announced length."""
    headers = {"Content-Type": "application/json"}
    large = b'"' + b"x" * 70_000 + b'"'
    told = sandbox.http.post("/v1/tokens", content=large, headers=headers)
    untold = sandbox.http.post("/v1/tokens", content=iter([large]), headers=headers)
    assert [told.status_code, untold.status_code] == [413, 413]


def test_unknown_resource_is_not_found(sandbox: Sandbox) -> None:
    """What does not exist yet is a 404 in JSON, not a stub."""
    for path in ("/v1/coupons", "/v1/mandates/x/y", "/nothing"):
        answer = sandbox.http.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert sandbox.http.put("/v1/charges").status_code == 405


def test_every_answer_carries_safe_headers(sandbox: Sandbox) -> None:
    """No sniffing, no foreign scripts, no foreign frames."""
    for path in ("/", "/healthz", "/nothing", "/assets/fields.js", "/v1/charges"):
        headers = sandbox.http.get(path).headers
        policy = headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/elements/card", "/elements/bank", "/elements/wallet"])
def test_hosted_fields_open_for_registered_origins_only(sandbox: Sandbox, path: str) -> None:
    """The page names its account's origins as the only frames, and refuses others."""
    origins = ["http://localhost:8000", "https://pay.harrow.example"]
    account = sandbox.open_account(origins=origins)
    query = {"account": account.body["publishable_key"], "origin": origins[1]}
    page = sandbox.http.get(path, params=query)
    policy = page.headers["content-security-policy"]
    assert f"frame-ancestors {origins[0]} {origins[1]}" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    for origin in ("https://evil.example", "", "*"):
        refused = sandbox.http.get(path, params=query | {"origin": origin})
        assert refused.status_code == 403
        assert "frame-ancestors 'none'" in refused.headers["content-security-policy"]
    assert sandbox.http.get(path, params=query | {"account": "pk_x"}).status_code == 404


@pytest.mark.parametrize("path", ["/elements/card", "/elements/bank", "/elements/wallet"])
def test_hosted_fields_parameters_can_not_break_out(account: AccountAtSandbox, path: str) -> None:
    """What is known is taken from lists and patterns; the rest is escaped."""
    bad = '"><script>alert(1)</script>'
    query = {
        "account": account.body["publishable_key"],
        "origin": "http://localhost:8000",
        "theme": bad,
        "accent": bad,
        "locale": bad,
        "scheme": bad,
        "wallet": bad,
        "amount": bad,
        "currency": bad,
    }
    page = account.sandbox.http.get(path, params=query)
    assert page.status_code == 200
    assert "alert(1)" not in page.text
    assert 'data-accent-light="#0f5c4c"' in page.text


@pytest.mark.parametrize("origin", ["*", "https://a.example/path", "javascript:", "a.example", ""])
def test_origin_must_be_an_origin(sandbox: Sandbox, origin: str) -> None:
    """A wildcard or a path would open more than was meant."""
    answer = sandbox.post("/v1/accounts", {"name": "Bad origin", "origins": [origin]})
    assert answer.status_code == 400


def test_script_for_portals_is_served_to_any_origin(sandbox: Sandbox) -> None:
    """Portals on other origins load it; browsers revalidate instead of keeping old ones."""
    script = sandbox.http.get("/elements/v1/card.js")
    again = sandbox.http.get(
        "/elements/v1/card.js", headers={"If-None-Match": script.headers["etag"]}
    )
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["content-type"].startswith("text/javascript")
    assert "eval(" not in script.text
    assert again.status_code == 304
