"""Whatever is sent, the answer is a refusal with a reason, never a broken server."""

import json

import pytest

from counterfoil.kernel.ids import encode, new_id
from ledger_text import counts

NASTY = ["a\x00b", "\ud800", "x" * 3_000, "\u202e%_", "'; --\\", "1e400", "9" * 30, "\r\nX-A: b"]
LISTS = ["customers", "invoices", "payments", "events", "ledger/entries"]
QUERIES = ["q", "status", "customer", "cursor", "limit", "at"]


def document(alice, **changed):
    line = {"description": "Water", "quantity": "1", "unit_price": "10"}
    return {"customer": encode("cus", alice), "currency": "EUR", "lines": [line]} | changed


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", QUERIES)
def test_queries(api, customer, path, name):
    for value in NASTY:
        answer = api.get(f"/{path}?{name}={quoted(value)}")
        assert answer.status < 500, (path, name, value[:40], answer.status)


def quoted(value):
    from urllib.parse import quote

    return quote(value[:3000].encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("path", ["customers", "invoices", "credit-notes", "payments"])
def test_ids_in_the_path(api, customer, path):
    for value in [*NASTY, encode("inv", new_id()), encode("zzz", new_id()), "..", "%2e%2e"]:
        answer = api.get(f"/{path}/{quoted(value[:200])}")
        assert answer.status in (400, 404, 405), (path, value[:40], answer.status)


CUSTOMER = ["name", "email", "locale", "timezone", "currency", "tax_id", "external_ref"]
INVOICE = ["customer", "currency", "due_date", "notes", "external_ref", "terms_days"]
LINE = ["description", "quantity", "unit_price", "tax_rate", "discount_percent"]


def posted(api, path, body):
    """Sent byte for byte, so that lone surrogates arrive as JSON can write them."""
    data = json.dumps(body).encode()
    return api.ask("post", f"/{path}", data=data)


@pytest.mark.parametrize("name", CUSTOMER)
def test_customers(api, business, name):
    good = {"name": "Alice", "currency": "EUR", "email": "alice@example.com"}
    for value in [*NASTY, None, 1, [], {}, 1e308]:
        answer = posted(api, "customers", good | {name: value})
        assert answer.status < 500, (name, value, answer.content[:200])


@pytest.mark.parametrize("name", INVOICE)
def test_invoices(api, customer, name):
    for value in [*NASTY, None, -1, 10**30, True, {}, 1.5]:
        answer = posted(api, "invoices", document(customer, **{name: value}))
        assert answer.status < 500, (name, value, answer.content[:200])


@pytest.mark.parametrize("name", LINE)
def test_lines(api, customer, name):
    for value in [*NASTY, None, -1, 10**30, [], 0.1]:
        line = {"description": "Water", "quantity": "1", "unit_price": "10"} | {name: value}
        body = document(customer, lines=[line])
        answer = posted(api, "invoices", body)
        assert answer.status < 500, (name, value, answer.content[:200])


def test_a_nul_is_refused_not_blanked(api, business, customer):
    alice, nul = encode("cus", customer), "a\x00b"
    before = counts(business)
    for path, body, field in (
        ("customers", {"name": nul}, "name"),
        ("customers", {"name": "A", "address": {"city": nul}}, "address.city"),
        ("invoices", document(customer, notes=nul), "notes"),
        ("invoices", document(customer, lines=[{"description": nul, "unit_price": "1"}]),
         "lines.0.description"),
        ("payments", {"customer": alice, "currency": "EUR", "amount": 1, "source": "ok",
                      "note": nul}, "note"),
        ("credit-notes", {"customer": nul}, "customer"),
        ("payments/pay_x/refunds", {"reason": nul}, "reason"),
    ):  # fmt: skip
        assert posted(api, path, body).errors == {field: "invalid"}, path
    changed = api.patch(f"/customers/{alice}", {"phone": nul})
    assert changed.errors == {"phone": "invalid"}
    assert counts(business) == before


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a":' * 2000, b'{"name": NaN}', b"0" * 100,
     b'{"name":"a","name":"b"}'],
)  # fmt: skip
@pytest.mark.parametrize("path", ["customers", "invoices", "payments", "credit-notes"])
def test_bodies_that_are_none(api, customer, path, data):
    assert api.ask("post", f"/{path}", data=data).status < 500


@pytest.mark.parametrize("value", NASTY)
def test_keys_of_requests(api, business, value):
    body = {"name": "Alice", "currency": "EUR"}
    if not value.isprintable() or not value.isascii():
        return  # such a header is not sent
    answer = api.post("/customers", body, key=value[:5000])
    assert answer.status < 500
