"""/events over HTTP: nothing is skipped, nothing comes twice."""

import psycopg
import pytest

from counterfoil.kernel.ids import encode
from factories.payments import pay
from factories.statements import counted


def test_everything_that_happened_oldest_first(api, business, customer, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice)
    rows = api.get("/events").body["data"]
    alice, outside = encode("cus", customer), encode("inv", invoice.id)

    assert [row["type"] for row in rows] == [
        "customer.created", "invoice.issued", "payment.succeeded", "invoice.paid",
    ]  # fmt: skip
    assert rows[1] | {"id": ""} == {
        "id": "", "type": "invoice.issued", "created": "2026-03-01T09:00:00.000Z",
        "data": {"invoice": outside, "customer": alice, "number": invoice.number,
                 "total": 10_000, "currency": "EUR"},
    }  # fmt: skip
    assert rows[2]["data"]["payment"] == encode("pay", attempt.id)
    assert all(row["id"].startswith("evt_") for row in rows)


def test_pages_and_going_on_later(api, issued):
    for _ in range(2):
        issued()
    first = api.get("/events?limit=2").body
    second = api.get(f"/events?limit=2&cursor={first['next_cursor']}").body
    last = second["data"][-1]["id"]

    assert first["next_cursor"] == first["data"][-1]["id"]
    assert (len(second["data"]), second["next_cursor"]) == (1, None)
    assert api.get(f"/events?cursor={last}").body == {"data": [], "next_cursor": None}
    issued()
    assert len(api.get(f"/events?cursor={last}").body["data"]) == 1


def test_an_event_that_commits_late_is_not_skipped(api, addresses, business, issued):
    """A transaction that began before others, and commits after them, comes before them."""
    with psycopg.connect(addresses.app_url) as slow:
        slow.execute(f"SET LOCAL app.business_id = '{business}'")
        slow.execute("SELECT pg_current_xact_id()")
        issued()
        shown = [row["type"] for row in api.get("/events").body["data"]]
        assert shown == ["customer.created"]
        slow.execute(
            """INSERT INTO infra_event (business_id, id, kind, body, happened_at, tx)
               VALUES (%s, gen_random_uuid(), 'customer.updated', '{}', now(),
                       pg_current_xact_id()::text::bigint)""",
            [business],
        )
        slow.commit()
    shown = [row["type"] for row in api.get("/events").body["data"]]
    assert shown == ["customer.created", "customer.updated", "invoice.issued"]


def test_other_databases_of_the_server_are_not_waited_for(api, server, customer):
    with psycopg.connect(server.app_url) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        assert len(api.get("/events").body["data"]) == 1


@pytest.mark.parametrize("wrong", ["x", "evt_01kat8fh6jfx8v8tz8n5wd4q2c", "neighbours"])
def test_a_cursor_that_is_none(api, neighbour, customer, wrong):
    if wrong == "neighbours":
        wrong = api.get("/events").body["data"][0]["id"]
        assert neighbour.get("/events").body["data"] == []
        assert neighbour.get(f"/events?cursor={wrong}").errors == {"cursor": "invalid_cursor"}
        return
    assert api.get(f"/events?cursor={wrong}").errors == {"cursor": "invalid_cursor"}


def test_a_list_makes_the_same_number_of_queries_whatever_its_length(api, issued):
    api.get("/events")  # the first use of a key, and the first look of a day, are noted
    with counted() as one:
        assert len(api.get("/events").body["data"]) == 1
    issued()
    issued()
    with counted() as three:
        assert len(api.get("/events").body["data"]) == 3

    assert three.statements == one.statements
    assert one.count == 4  # key, limit, horizon, events
