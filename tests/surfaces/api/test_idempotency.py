"""POST under an Idempotency-Key: once, whatever happens to callers, answers and processes."""

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from counterfoil.infra.secrets.keys import keys_of
from counterfoil.infra.secrets.rotation import rotate
from counterfoil.kernel.ids import decode, encode
from factories.gateways import succeeded
from factories.invoices import draft_invoice
from ledger_text import counts


@pytest.fixture
def alice(customer):
    return encode("cus", customer)


@pytest.fixture
def owner(addresses):
    """Looks at and changes what the application would not."""
    with psycopg.connect(addresses.owner_url, autocommit=True) as connection:
        yield connection


def new_invoice(alice, **more):
    lines = [{"description": "Water", "unit_price": "100"}]
    return {"customer": alice, "lines": lines, "issue": True} | more


def new_payment(alice, invoice, **more):
    part = {"invoice": encode("inv", invoice.id), "amount": invoice.total_minor}
    return {
        "customer": alice, "currency": "EUR", "amount": invoice.total_minor, "source": "ok",
        "invoices": [part],
    } | more  # fmt: skip


def in_threads(caller, *asked):
    """Sends requests at the same time, each with its own client and connection."""

    def send(request):
        try:
            return type(caller)(caller.key).post(*request[:2], key=request[2])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(send, asked))


def crash(owner, *, made=None):
    """What a process leaves that was killed: no answer, and a minute has gone by."""
    owner.execute(
        """UPDATE infra_idempotentrequest SET status = NULL, answer = %s,
           started_at = started_at - interval '61 seconds'""",
        [str(made) if made else ""],
    )


@pytest.mark.parametrize("what", ["customer", "invoice", "credit_note", "payment"])
def test_the_same_request_gets_the_stored_answer(api, business, alice, issued, gateway, what):
    invoice = issued()
    path, body = {
        "customer": ("/customers", {"name": "Bo"}),
        "invoice": ("/invoices", new_invoice(alice)),
        "credit_note": ("/credit-notes", {"invoice": encode("inv", invoice.id)}),
        "payment": ("/payments", new_payment(alice, invoice)),
    }[what]
    first = api.post(path, body, key="k-1")
    before = counts(business)
    again = api.post(path, body, key="k-1")

    assert (first.status, again.status) == (201, 201)
    assert again.content == first.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"] == "application/json"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert counts(business) == before


@pytest.mark.parametrize("action", ["issue", "void"])
def test_actions_under_a_key(api, business, customer, action):
    invoice_id = draft_invoice(business, customer)
    if action == "void":
        api.post(f"/invoices/{encode('inv', invoice_id)}/issue")
    path = f"/invoices/{encode('inv', invoice_id)}/{action}"
    first, again = api.post(path, key="k-1"), api.post(path, key="k-1")

    assert (first.status, again.status, again.content) == (200, 200, first.content)
    assert api.post(path, key="k-2").status == 409


def test_the_body_is_compared_by_what_it_says(api, alice):
    first = api.ask("post", "/customers", data=b'{"name":"Bo","phone":"1"}',
                    headers={"idempotency-key": "k-1"})  # fmt: skip
    again = api.ask("post", "/customers", data=b' { "phone" : "1",\n"name":"B\\u006f" }',
                    headers={"idempotency-key": "k-1"})  # fmt: skip

    assert (again.status, again.content) == (201, first.content)


def test_another_request_under_the_key(api, business, alice, issued):
    api.post("/customers", {"name": "Bo"}, key="k-1")
    before = counts(business)

    for path, body in (("/customers", {"name": "Bob"}), ("/invoices", new_invoice(alice))):
        answer = api.post(path, body, key="k-1")
        assert (answer.status, answer.code) == (409, "idempotency_conflict")
    assert counts(business) == before


def test_keys_belong_to_their_owner(api, second_key, neighbour):
    made = {
        caller.post("/customers", {"name": "Bo"}, key="k-1").body["id"]
        for caller in (api, second_key, neighbour)
    }

    assert len(made) == 3
    assert neighbour.post("/customers", {"name": "Other"}, key="k-1").status == 409


def test_without_a_key_each_is_a_new_one(api):
    ids = {api.post("/customers", {"name": "Bo"}).body["id"] for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize("key", ["x" * 256, "clé", " "])
def test_keys_that_can_t_be_taken(api, business, key):
    answer = api.ask("post", "/customers", {"name": "Bo"}, headers={"idempotency-key": key})

    if key == " ":
        assert answer.status in (201, 422)  # servers strip blanks before we see them
        return
    assert answer.errors == {"Idempotency-Key": "idempotency_key_invalid"}
    assert api.get("/customers").body["data"] == []


def test_a_refusal_is_stored_too(api, alice, issued, gateway):
    invoice = issued()
    api.post("/payments", new_payment(alice, invoice))
    first = api.post("/payments", new_payment(alice, invoice), key="k-1")
    again = api.post("/payments", new_payment(alice, invoice), key="k-1")

    assert (first.code, again.code) == ("nothing_due", "nothing_due")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_declined_payment_is_stored_too(api, alice, issued, gateway):
    asked = new_payment(alice, issued(), source="declined")
    first, again = api.post("/payments", asked, key="k-1"), api.post("/payments", asked, key="k-1")

    assert (again.status, again.content) == (201, first.content)
    assert len(gateway.charges) == 1


@pytest.mark.parametrize("wrong", [{"currency": "eur"}, {"external_ref": "x" * 121}])
def test_an_invalid_request_leaves_the_key_free(api, alice, wrong):
    bad = api.post("/invoices", new_invoice(alice) | wrong, key="k-1")
    good = api.post("/invoices", new_invoice(alice), key="k-1")

    assert (bad.status, good.status) == (422, 201)
    assert "Idempotent-Replayed" not in good.headers


def test_still_running(api, alice, issued, gateway):
    asked, answering = threading.Event(), threading.Event()

    def slowly(request):
        asked.set()
        assert answering.wait(20)
        return succeeded(request.reference, request.amount)

    gateway.answers["slowly"] = slowly
    body = new_payment(alice, issued(), source="slowly")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_threads, api, ("/payments", body, "k-1"))
        assert asked.wait(20)
        second = api.post("/payments", body, key="k-1")
        other = api.post("/payments", body | {"amount": 20_000}, key="k-1")
        answering.set()
        (done,) = first.result()

    assert (second.status, second.code) == (409, "idempotency_in_progress")
    assert int(second.headers["Retry-After"]) >= 1
    assert other.code == "idempotency_conflict"
    assert (done.status, done.body["status"]) == (201, "succeeded")
    assert api.post("/payments", body, key="k-1").content == done.content
    assert len(gateway.charges) == 1


def test_eight_at_once_make_one(api, business, alice):
    answers = in_threads(api, *[("/invoices", new_invoice(alice), "k-1")] * 8)
    good = [answer for answer in answers if answer.status == 201]

    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.code for answer in answers if answer.status == 409} <= {
        "idempotency_in_progress"
    }
    assert len({answer.content for answer in good}) == 1
    assert len(api.get("/invoices").body["data"]) == 1


def test_fifty_at_once_are_one_charge(api, alice, issued, gateway):
    invoice = issued()
    answers = in_threads(api, *[("/payments", new_payment(alice, invoice), "k-1")] * 50)
    good = [answer for answer in answers if answer.status == 201]

    assert len(gateway.charges) == 1
    assert {answer.status for answer in answers} == {201, 409} or len(good) == 50
    assert {answer.code for answer in answers if answer.status == 409} <= {
        "idempotency_in_progress"
    }
    assert len({answer.content for answer in good}) == 1
    assert api.get(f"/invoices/{encode('inv', invoice.id)}").body["status"] == "paid"


def test_a_crash_before_the_work_is_run_again(api, alice, owner):
    api.post("/customers", {"name": "Bo"}, key="k-1")
    owner.execute("DELETE FROM customers_contact")
    owner.execute("DELETE FROM customers_customer WHERE name = 'Bo'")
    crash(owner)
    again = api.post("/customers", {"name": "Bo"}, key="k-1")

    assert again.status == 201
    assert "Idempotent-Replayed" not in again.headers
    names = [row["name"] for row in api.get("/customers").body["data"]]
    assert names == ["Bo", "Alice"]


@pytest.mark.parametrize("what", ["customer", "invoice", "credit_note", "issue", "void"])
def test_a_crash_after_the_work_shows_what_was_made(api, business, customer, owner, issued, what):
    """The process was killed between the commit and the answer: only the note is there."""
    draft, invoice = draft_invoice(business, customer), issued()
    path, body = {
        "customer": ("/customers", {"name": "Bo"}),
        "invoice": ("/invoices", new_invoice(encode("cus", customer))),
        "credit_note": ("/credit-notes", {"invoice": encode("inv", invoice.id)}),
        "issue": (f"/invoices/{encode('inv', draft)}/issue", {}),
        "void": (f"/invoices/{encode('inv', invoice.id)}/void", {}),
    }[what]
    first = api.post(path, body, key="k-1")
    outside = first.body["id"]
    crash(owner, made=decode(outside.partition("_")[0], outside))
    before = counts(business)
    again = api.post(path, body, key="k-1")

    assert (again.status, again.body) == (first.status, first.body)
    assert counts(business) == before
    assert api.post(path, body, key="k-1").headers["Idempotent-Replayed"] == "true"


def test_a_payment_is_never_charged_twice(api, alice, issued, gateway, owner):
    """A run that hangs at the gateway is taken over after a minute; then it wakes up."""
    asked, answering = threading.Event(), threading.Event()

    def hanging(request):
        asked.set()
        assert answering.wait(20)
        return succeeded(request.reference, request.amount)

    gateway.answers["hanging"] = hanging
    body = new_payment(alice, issued(), source="hanging")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_threads, api, ("/payments", body, "k-1"))
        assert asked.wait(20)
        owner.execute(
            "UPDATE infra_idempotentrequest SET started_at = started_at - interval '61 seconds'"
        )
        second = api.post("/payments", body, key="k-1")
        answering.set()
        (woken,) = first.result()

    assert (second.status, second.body["status"]) == (201, "processing")
    assert (woken.status, woken.body["status"]) == (201, "succeeded")
    assert woken.body["id"] == second.body["id"]
    assert api.get(f"/payments/{woken.body['id']}").body["status"] == "succeeded"
    assert len(gateway.charges) == 1


def test_a_forgotten_key_does_not_charge_again(api, alice, issued, gateway, owner):
    body = new_payment(alice, issued())
    first = api.post("/payments", body, key="k-1")
    owner.execute("DELETE FROM infra_idempotentrequest")
    again = api.post("/payments", body, key="k-1")

    assert (again.status, again.body) == (201, first.body)
    assert len(gateway.charges) == 1


def test_a_forgotten_key_moves_no_money_again_under_a_new_secret_key(
    api, alice, issued, gateway, owner
):
    """The one before is an old one now, as the guide has it."""
    [part] = new_payment(alice, issued())["invoices"]
    body = new_payment(alice, issued(), amount=1000, invoices=[part | {"amount": 1000}])
    paid = api.post("/payments", body, key="k-1").body["id"]
    there = f"/payments/{paid}/refunds"
    refund = api.post(there, {"amount": 100}, key="k-2").body["id"]
    owner.execute("DELETE FROM infra_idempotentrequest")
    before = [settings.SECRET_KEY, "o" * 50]
    with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=before):
        assert api.post("/payments", body, key="k-1").body["id"] == paid
        assert api.post(there, {"amount": 100}, key="k-2").body["id"] == refund
        other = api.post("/payments", body | {"amount": 1001}, key="k-3")

    assert other.body["id"] != paid
    assert len(gateway.charges) == 2
    assert [one["id"] for one in api.get(there).body["data"]] == [refund]


def test_what_was_asked_is_not_guessed_from_what_is_kept(api, alice, issued, gateway, owner):
    """Who reads the tables knows address, caller and key, and can try bodies."""
    body = new_payment(alice, issued())
    api.post("/payments", body, key="k-1")

    [(who,)] = owner.execute("SELECT principal FROM infra_idempotentrequest").fetchall()
    words = json.dumps(["/api/v1/payments", body], sort_keys=True, separators=(",", ":"))
    guess = hashlib.sha256(words.encode()).hexdigest()
    name = hashlib.sha256(f"{who}\nk-1\n{guess}".encode()).hexdigest()
    kept = [
        owner.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t").fetchone()[0]
        for table in ("infra_idempotentrequest", "payments_intent", "payments_attempt")
    ]
    assert "api:" in kept[1]
    assert [one for one in kept if guess in one or name in one] == []


@pytest.mark.parametrize("is_resealed", [False, True])
def test_under_a_new_key_the_same_request_is_the_same(
    api, business, alice, issued, gateway, is_resealed
):
    body = new_payment(alice, issued())
    old, new = "k2025:" + "o" * 40, "k2026:" + "n" * 40
    with override_settings(SEALING_KEYS=keys_of(old, [settings.SECRET_KEY])):
        first = api.post("/payments", body, key="k-1")
    named = f"{new},{old}"
    if is_resealed:  # and the old key is taken away
        with override_settings(SEALING_KEYS=keys_of(named, [settings.SECRET_KEY])):
            list(rotate([business], with_global=False))
        named = new
    with override_settings(SEALING_KEYS=keys_of(named, [settings.SECRET_KEY])):
        again = api.post("/payments", body, key="k-1")
        other = api.post("/payments", body | {"source": "declined"}, key="k-1")

    assert (again.status, again.body) == (201, first.body)
    assert (other.status, other.body["code"]) == (409, "idempotency_conflict")
    assert len(gateway.charges) == 1


def test_a_bug_is_not_stored(api, business, alice, issued, gateway):
    invoice = issued()

    def broken(_request):
        raise RuntimeError("the adapter has a bug")

    gateway.answers["broken"] = broken
    body = new_payment(alice, invoice, source="broken")
    first = api.post("/payments", body, key="k-1")
    again = api.post("/payments", body, key="k-1")

    assert (first.status, first.code) == (500, "internal_error")
    assert (again.status, again.body["status"]) == (201, "processing")
    assert len(gateway.charges) == 1
    assert api.post("/payments", new_payment(alice, invoice)).code == "being_paid"
