"""/customers over HTTP."""

import pytest

from counterfoil.kernel.ids import decode, encode
from factories.customers import add_customer
from factories.invoices import credit_note, line
from factories.statements import counted
from ledger_text import counts, events

NEW = {
    "name": "Atelier Nord",
    "email": "Accounts@Atelier-Nord.example",
    "phone": "+49 40 1234",
    "locale": "de",
    "timezone": "Europe/Berlin",
    "currency": "SEK",
    "tax_id": "DE136695976",
    "address": {"line1": "Hofweg 3", "city": "Hamburg", "country": "DE"},
    "external_ref": "ERP-1042",
}


def test_create_and_read(api, business):
    created = api.post("/customers", NEW)

    assert created.status == 201
    assert created.body | {"id": "", "created_at": ""} == NEW | {
        "id": "", "created_at": "", "email": "accounts@atelier-nord.example", "balance": {"SEK": 0},
    }  # fmt: skip
    assert created.body["id"].startswith("cus_")
    assert len(created.body["id"]) == 30
    assert created.body["created_at"].endswith("Z")
    assert api.get(f"/customers/{created.body['id']}").body == created.body
    assert events(business) == ["customer.created"]


def test_a_name_is_enough(api):
    body = api.post("/customers", {"name": "Bo", "email": None, "address": None}).body

    assert (body["locale"], body["timezone"], body["currency"]) == ("en", "Europe/London", "EUR")
    assert (body["email"], body["phone"], body["tax_id"], body["external_ref"]) == (None,) * 4
    assert body["address"] == {}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": ""}, {"name": "required"}),
        ({"name": None}, {"name": "not_a_string"}),
        ({"name": 12}, {"name": "not_a_string"}),
        ({"email": "nobody"}, {"email": "not_an_email"}),
        ({"locale": "xx"}, {"locale": "unknown_locale"}),
        ({"timezone": "Mars/One"}, {"timezone": "unknown_timezone"}),
        ({"currency": "eur"}, {"currency": "unknown_currency"}),
        ({"currency": "XXX"}, {"currency": "unknown_currency"}),
        ({"currency": 978}, {"currency": "not_a_string"}),
        ({"colour": "red"}, {"colour": "unknown_field"}),
        ({"address": {"planet": "Mars"}}, {"address.planet": "unknown_field"}),
        ({"address": "Hofweg 3"}, {"address": "not_an_object"}),
        ({"name": "\ud800"}, {"name": "not_a_string"}),
        ({"name": "x" * 201, "email": "@"}, {"name": "too_long", "email": "not_an_email"}),
    ],
)
def test_refused_fields(api, business, change, errors):
    before = counts(business)
    answer = api.post("/customers", NEW | change)

    assert (answer.code, answer.errors) == ("invalid", errors)
    assert api.get("/customers").body["data"] == []
    assert counts(business) == before


def test_name_is_required(api):
    assert api.post("/customers", {"email": "a@b.example"}).errors == {"name": "required"}


def test_external_ref_is_taken(api):
    api.post("/customers", NEW)
    answer = api.post("/customers", NEW)

    assert (answer.status, answer.code) == (409, "external_ref_taken")


def test_change(api, business):
    created = api.post("/customers", NEW).body
    changed = api.patch(
        f"/customers/{created['id']}",
        {"name": "Atelier Süd", "phone": None, "address": {"city": "München"}},
    )

    assert changed.status == 200
    assert changed.body == created | {
        "name": "Atelier Süd", "phone": None, "address": {"city": "München"},
    }  # fmt: skip
    assert api.patch(f"/customers/{created['id']}", {}).body == changed.body
    assert events(business) == ["customer.created", "customer.updated"]


def test_change_refuses(api):
    first, second = api.post("/customers", NEW).body, api.post("/customers", {"name": "Bo"}).body
    path = f"/customers/{second['id']}"

    assert api.patch(path, {"balance": {}}).errors == {"balance": "unknown_field"}
    assert api.patch(path, {"name": None}).errors == {"name": "not_a_string"}
    assert api.patch(path, {"name": " "}).errors == {"name": "required"}
    assert api.patch(path, {"external_ref": "ERP-1042"}).code == "external_ref_taken"
    assert api.get(path).body == second
    assert api.get(f"/customers/{first['id']}").body == first


def test_balance_by_currency(api, business, customer, issued):
    issued(line("40"))
    issued(line("15"), currency="SEK")
    credit_note(business, customer, line("10"))

    body = api.get(f"/customers/{encode('cus', customer)}").body

    assert body["balance"] == {"EUR": 3000, "SEK": 1500}


def test_list_newest_first_by_pages(api):
    ids = [api.post("/customers", {"name": f"C{number}"}).body["id"] for number in range(5)]
    first = api.get("/customers?limit=2").body
    second = api.get(f"/customers?limit=2&cursor={first['next_cursor']}").body
    third = api.get(f"/customers?limit=2&cursor={second['next_cursor']}").body

    seen = [row["id"] for page in (first, second, third) for row in page["data"]]
    assert seen == ids[::-1]
    assert third["next_cursor"] is None
    assert api.get("/customers?limit=5").body["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("limit=0", {"limit": "invalid"}),
        ("limit=201", {"limit": "too_large"}),
        ("limit=many", {"limit": "not_an_integer"}),
        ("cursor=nonsense", {"cursor": "invalid_cursor"}),
        ("cursor=inv_01kat8fh6jfx8v8tz8n5wd4q2c", {"cursor": "invalid_cursor"}),
        ("colour=red", {"colour": "unknown_field"}),
    ],
)
def test_list_refuses(api, query, errors):
    assert api.get(f"/customers?{query}").errors == errors


def test_a_list_makes_the_same_number_of_queries_whatever_its_length(api, business):
    add_customer(business, "One")
    api.get("/customers")  # the first use of a key, and the first look of a day, are noted
    with counted() as one:
        assert len(api.get("/customers").body["data"]) == 1
    add_customer(business, "Two")
    add_customer(business, "Three")
    with counted() as three:
        assert len(api.get("/customers").body["data"]) == 3

    assert three.statements == one.statements
    assert one.count == 5  # key, rate limit, customers, balances, the look that is noted


def test_somebody_else_s_customer(api, neighbour, customer):
    path = f"/customers/{encode('cus', customer)}"

    assert (neighbour.get(path).status, neighbour.get(path).code) == (404, "not_found")
    assert neighbour.patch(path, {"name": "Mine"}).code == "not_found"
    assert neighbour.get("/customers").body == {"data": [], "next_cursor": None}
    assert api.get(path).body["name"] == "Alice"


@pytest.mark.parametrize(
    "wrong",
    ["cus_", "x", "cus_01kat8fh6jfx8v8tz8n5wd4q2c", "cus_zzzzzzzzzzzzzzzzzzzzzzzzzz", "inv"],
)
def test_no_such_customer(api, wrong):
    assert api.get(f"/customers/{wrong}").code == "not_found"


def test_ids_sort_by_time(api):
    ids = [api.post("/customers", {"name": "Bo"}).body["id"] for _ in range(3)]

    assert ids == sorted(ids)
    assert decode("cus", ids[0])
