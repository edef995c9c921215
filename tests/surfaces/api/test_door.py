"""The API's door: keys, bodies, unknown addresses, limits; every refusal is a problem."""

import json
import re

import psycopg
import pytest

from counterfoil.domain.customers import queries
from counterfoil.domain.identity import queries as identity
from counterfoil.infra import limits
from counterfoil.kernel import clock
from counterfoil.surfaces.api import door, openapi
from counterfoil.surfaces.api.v1 import API, credit_notes, customers, invoices, payments
from factories.businesses import AT
from ledger_text import counts

PATHS = sorted(json.loads(openapi.TEXT)["paths"])


def test_no_key(stranger):
    answer = stranger.get("/customers")

    assert (answer.status, answer.code) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="counterfoil"'


@pytest.mark.parametrize("path", PATHS)
def test_every_route_needs_a_key(stranger, path):
    address = re.sub(r"\{\w+\}", "x", path).removeprefix("/api/v1")
    for method in json.loads(openapi.TEXT)["paths"][path]:
        answer = stranger.ask(method, address, {} if method != "get" else None)
        assert (answer.status, answer.code) == (401, "unauthorized")


def test_unknown_key_and_other_schemes(api):
    for value in ("Bearer cfk_nobody", "Basic Zm9v", "Bearer", f"Token {api.key}"):
        answer = api.client.get(
            "/api/v1/customers", headers={"host": "localhost", "authorization": value}
        )
        assert answer.status_code == 401


def test_revoked_key(api, business, addresses):
    assert api.get("/customers").status == 200
    with psycopg.connect(addresses.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE identity_apikey SET revoked_at = now()")
    assert api.get("/customers").status == 401


def test_a_key_works_at_any_host_of_the_installation(api, other_business):
    for host in ("localhost:8000", "127.0.0.1:8000"):
        assert api.get("/customers", headers={"host": host}).status == 200


def test_unknown_addresses(api):
    for path in ("/", "/refunds", "/customers/", "/payments/pay_x/receipt", "/invoices/x/send"):
        for method in ("get", "post", "delete"):
            answer = api.ask(method, path)
            assert (answer.status, answer.code) == (404, "not_found"), path


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/customers"])
def test_addresses_beside_the_api(api, path):
    answer = api.client.get(path, headers={"host": "localhost:8000"})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_wrong_method(api):
    for method, path in (("delete", "/customers"), ("put", "/invoices/x"), ("post", "/events")):
        answer = api.ask(method, path)
        assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert sorted(api.ask("delete", "/customers").headers["Allow"].split(", ")) == ["GET", "POST"]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PURGE"])
@pytest.mark.parametrize("path", ["/customers", "/invoices/x/issue", "/payments"])
def test_methods_that_nobody_needs_do_nothing(api, business, method, path):
    before = counts(business)
    answer = api.client.generic(
        method, f"/api/v1{path}", b'{"name": "A"}', content_type="application/json",
        headers={"host": "localhost:8000", "authorization": f"Bearer {api.key}"},
    )  # fmt: skip

    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) <= {"GET", "POST"}
    assert counts(business) == before


@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]
)
def test_no_header_and_no_parameter_changes_a_method(api, business, name):
    before = counts(business)
    assert api.get("/customers", headers={name: "POST"}).status == 200
    assert api.ask("delete", "/customers", headers={name: "POST"}).status == 405
    assert api.get(f"/customers?{name}=POST").errors == {name: "unknown_field"}
    assert counts(business) == before


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=1&limit=2", "limit"), ("limit=5&limit=5", "limit"), ("cursor=&cursor=x", "cursor")],
)
def test_a_parameter_that_stands_twice_is_refused(api, query, field):
    assert api.get(f"/customers?{query}").errors[field] == "repeated"


def test_a_form_is_no_json(api, business):
    before = counts(business)
    kinds = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
    answers = [
        api.ask("post", "/customers", data=b'{"name": "A"}', content_type=kind) for kind in kinds
    ]

    assert {(one.status, one.code) for one in answers} == {(415, "unsupported_media_type")}
    assert counts(business) == before


@pytest.mark.parametrize(
    "data",
    [
        b"{", b"", b"nonsense", b'{"name": NaN}', b'{"name": "a", "name": "b"}', b"\xff\xfe",
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_malformed_json(api, business, data):
    before = counts(business)
    answer = api.ask("post", "/customers", data=data)

    if data == b"":
        assert (answer.status, answer.errors) == (422, {"body": "required"})
    else:
        assert (answer.status, answer.code) == (400, "malformed_json")
    assert counts(business) == before


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"null", b"12"])
def test_not_an_object(api, data):
    assert api.ask("post", "/customers", data=data).status == 422


def test_body_too_large(api):
    data = json.dumps({"name": "x" * door.BODY_MAX_BYTES}).encode()
    answer = api.ask("post", "/customers", data=data)

    assert (answer.status, answer.code) == (413, "body_too_large")


def test_a_body_in_chunks(api):
    answer = api.ask(
        "post", "/invoices/x/issue", data=b"", headers={"transfer-encoding": "chunked"},
        CONTENT_LENGTH="",
    )  # fmt: skip

    assert (answer.status, answer.code) == (411, "length_required")


def test_another_media_type(api):
    answer = api.ask("post", "/customers", data=b"name=x", content_type="text/plain")

    assert (answer.status, answer.code) == (415, "unsupported_media_type")


def test_too_many_requests(api, business, second_key):
    key_id = identity.key_of(api.key, at=clock.now()).id
    answer = api.get("/customers")
    for _ in range(20):  # a window may end meanwhile
        at = clock.now()
        for _ in range(limits.API_CALLS.most + 1):
            limits.knock(limits.API_CALLS, key_id, at=at)
        answer = api.get("/customers")
        if answer.status == 429:
            break

    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= limits.API_CALLS.window_seconds
    assert second_key.get("/customers").status == 200


def test_answers_are_not_kept_by_anyone(api, stranger):
    assert api.get("/customers").headers["Cache-Control"] == "private, no-store"
    assert stranger.get("/customers").headers["Cache-Control"] == "private, no-store"


def test_a_bug_says_nothing(api, business, monkeypatch, caplog):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(queries, "newest", broken)
    answer = api.get("/customers")

    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"secret" not in answer.content
    assert "secret detail" in caplog.text


def test_the_description_is_current():
    assert openapi.text(API) == openapi.FILE.read_text(), (
        "the API changed: if it was meant to, write its description anew with "
        "`python -m django shell -c 'from counterfoil.surfaces.api import openapi; "
        "from counterfoil.surfaces.api.v1 import API; openapi.write(API)'`"
    )


def test_the_description_is_public(stranger):
    answer = stranger.get("/openapi.json")

    assert answer.status == 200
    assert answer.body["openapi"].startswith("3.1")
    assert stranger.post("/openapi.json").status == 405


def test_examples_of_the_description_are_taken():
    """Each example passes the type that it is an example of."""
    for body in (
        customers.CustomerIn, customers.CustomerChange, invoices.InvoiceIn,
        invoices.InvoiceChange, credit_notes.CreditNoteIn, payments.PaymentIn,
    ):  # fmt: skip
        for example in body.model_config["json_schema_extra"]["examples"]:
            body.model_validate(example)


def test_a_key_is_told_how_many_more_calls_pass(api):
    first, second = api.get("/customers").headers, api.get("/customers").headers
    assert first["RateLimit-Limit"] == str(limits.API_CALLS.most)
    left = int(first["RateLimit-Remaining"]), int(second["RateLimit-Remaining"])
    assert left[0] - left[1] == 1 or left[0] <= left[1]  # a window may end meanwhile
    assert 1 <= int(first["RateLimit-Reset"]) <= limits.API_CALLS.window_seconds


def test_keys_can_be_guessed_only_so_often(api, stranger):
    stranger.key = "cfk_guess"
    answers = [stranger.get("/customers").status for _ in range(limits.KEY_GUESSES.most + 1)]
    assert answers == [401] * limits.KEY_GUESSES.most + [429]


def test_a_good_key_passes_whoever_guesses_beside_it(api, stranger, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)  # no window ends meanwhile
    stranger.key = "cfk_guess"
    for _ in range(limits.KEY_GUESSES.most + 1):
        answer = stranger.get("/customers")
    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert api.get("/customers").status == 200
    assert stranger.get("/customers").status == 429
