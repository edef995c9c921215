"""Webhooks that nobody should believe: forged, old, replayed, oversized, about somebody else."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from counterfoil.kernel.ids import encode
from e2e import witness
from e2e.stack import Business, Payer, Stack, eventually

TOO_LARGE = 5_000_000
DEEP = 10_000
UNKNOWN = 1_000


@pytest.fixture
def before(stack: Stack, payer: Payer) -> Iterator[None]:
    """Nothing moves: the payer owes the same afterwards, and no event is acted on."""
    yield
    witness.check_nothing_moved(stack, payer)
    witness.check_books(stack)


def event(payer: Payer, kind: str = "charge.succeeded", **fields: Any) -> bytes:
    """What the gateway would send if a payment of the payer's had succeeded."""
    now = datetime.now(UTC).isoformat()
    card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
    subject = {
        "id": f"ch_{secrets.token_hex(8)}", "amount": payer.invoice["total"], "currency": "EUR",
        "status": "succeeded", "customer": "cus_x", "reference": encode("pay", uuid4()),
        "created": now, "failure": None, "next_action": None,
        "card": card, "instrument": {"kind": "card", **card}, "method": None, "mandate": None,
        "return_code": None, "returned_at": None, "settles_at": None, "amount_returned": 0,
    }  # fmt: skip
    ref = f"evt_{secrets.token_hex(8)}"
    told = {"id": ref, "type": kind, "created": now, "data": {"object": subject | fields}}
    return json.dumps(told).encode()


def signed(body: bytes, secret: str, *, age_seconds: int = 0, name: str = "") -> dict[str, str]:
    """The headers with which the gateway vouches for a body."""
    at = datetime.now(UTC) - timedelta(seconds=age_seconds)
    ref = name or json.loads(body)["id"]
    return {
        "webhook-id": ref,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(ref, at, body.decode()),
        "Content-Type": "application/json",
    }


def push(stack: Stack, at: Business, body: Any, headers: dict[str, str], account: str = "") -> int:
    """Pushes to the business's door; gives the status."""
    url = f"http://127.0.0.1:{stack.port}/hooks/{at.slug}/{account or at.account}"
    return httpx.post(url, content=body, headers=headers, timeout=30).status_code


def secret_of(business: Business) -> str:
    """The secret that the gateway signs with for this business."""
    return str(business.at_gateway.body["webhook_secret"])


def test_forged_signatures(stack: Stack, payer: Payer, before: None) -> None:
    body, there = event(payer), payer.business
    good = signed(body, secret_of(there))
    spaced = json.dumps(json.loads(body), indent=1).encode()
    zeroes = "whsec_" + "A" * 32
    assert [
        push(stack, there, body, {}),
        push(stack, there, body, signed(body, zeroes)),
        push(stack, there, body, signed(body, secret_of(stack.mill))),
        push(stack, there, body.replace(b"visa", b"visA"), good),
        push(stack, there, spaced, good),
        push(stack, there, body, good | {"webhook-id": "evt_other"}),
        push(stack, there, body, good | {"webhook-signature": "v1,"}),
        push(stack, there, body, good | {"webhook-signature": "none"}),
        push(stack, there, body, good | {"webhook-timestamp": "soon"}),
        push(stack, there, body, signed(body, secret_of(there), age_seconds=400)),
        push(stack, there, body, signed(body, secret_of(there), age_seconds=-400)),
    ] == [400] * 11


def test_wrong_doors(stack: Stack, payer: Payer, before: None) -> None:
    body, there = event(payer), payer.business
    good = signed(body, secret_of(there))
    host = f"http://127.0.0.1:{stack.port}"
    assert push(stack, there, body, good, account=stack.mill.account) == 404
    assert push(stack, there, body, good, account="gwa_nothing") == 404
    assert httpx.post(f"{host}/hooks/nobody/{there.account}", content=body).status_code == 404
    assert httpx.get(f"{host}/hooks/{there.slug}/{there.account}").status_code == 405


def test_too_large_and_too_deep(stack: Stack, payer: Payer, before: None) -> None:
    there = payer.business
    large = b" " * TOO_LARGE
    deep = b"[" * DEEP + b"]" * DEEP
    wide = b'{"id": "evt_wide", "data": "\xff\xfe"}'
    in_chunks = iter([large[:65_536]] * 80)
    assert push(stack, there, large, {}) == 413
    assert push(stack, there, in_chunks, {}) == 400
    assert push(stack, there, deep, signed(deep, secret_of(there), name="evt_deep")) == 400
    assert push(stack, there, wide, {"webhook-id": "evt_wide"}) == 400


def test_what_we_do_not_know_is_kept_and_changes_nothing(
    stack: Stack, payer: Payer, before: None
) -> None:
    there = payer.business
    for body in (event(payer, "charge.exploded"), event(payer), event(payer, "coupon.made")):
        assert push(stack, there, body, signed(body, secret_of(there))) == 200
    for body in (event(payer, amount="free"), event(payer, instrument=None), b"{}", b"[]", b"null"):
        assert push(stack, there, body, signed(body, secret_of(there), name="evt_odd")) == 400
    eventually(lambda: not waiting(stack), "every event is handled")
    known = event(payer)
    assert push(stack, there, known, signed(known, secret_of(there))) == 200
    again = signed(known, secret_of(there), age_seconds=5)
    assert push(stack, there, known, again) == 200
    ref = json.loads(known)["id"]
    kept = "SELECT count(*) FROM payments_gatewayevent WHERE ref = %s"
    assert witness.rows(stack, kept, ref) == [(1,)]


def test_a_thousand_events_of_kinds_nobody_knows_are_kept_and_counted(
    stack: Stack, payer: Payer, before: None
) -> None:
    there, mark = payer.business, secrets.token_hex(4)
    kinds = ("coupon.made", f"x{mark}.happened", "charge.exploded", "subscription.phase.rolled")
    bodies = [
        event(payer, kinds[n % 4]) if n % 2 else odd_object(kinds[n % 4], n) for n in range(UNKNOWN)
    ]
    written = stack.log("worker").stat().st_size
    with httpx.Client(timeout=30) as client:
        url = f"http://127.0.0.1:{stack.port}/hooks/{there.slug}/{there.account}"
        answers = [
            client.post(url, content=body, headers=signed(body, secret_of(there)))
            for body in bodies
        ]
    assert {one.status_code for one in answers} == {200}
    assert {one.json()["new"] for one in answers} == {True}

    refs = [json.loads(body)["id"] for body in bodies]
    kept = "SELECT remark, count(*)::int FROM payments_gatewayevent WHERE ref = ANY(%s) GROUP BY 1"
    eventually(
        lambda: witness.rows(stack, kept, refs) == [("no outcome in it", UNKNOWN)],
        "each is kept, and is said to have nothing in it", 60,
    )  # fmt: skip
    jobs = "SELECT task_name, attempts FROM procrastinate_jobs WHERE args->>'event_id' IS NOT NULL"
    eventually(lambda: witness.rows(stack, jobs) == [], "no job comes again and again")
    new = stack.log("worker").read_bytes()[written:]
    assert b"Traceback" not in new
    assert len(new) < UNKNOWN, new[-2000:]


def odd_object(kind: str, number: int) -> bytes:
    """An event about something that is none of ours, in a shape that is none of ours."""
    odd = [None, {}, [], "text", number, {"id": None}, {"object": {"object": {"id": "x" * 500}}}]
    told = {
        "id": f"evt_{secrets.token_hex(8)}", "type": kind,
        "created": datetime.now(UTC).isoformat(), "data": {"object": odd[number % len(odd)]},
    }  # fmt: skip
    return json.dumps(told).encode()


def waiting(stack: Stack) -> list[witness.Row]:
    """Events that nobody has acted on yet."""
    return witness.rows(stack, "SELECT ref FROM payments_gatewayevent WHERE handled_at IS NULL")


def test_a_genuine_event_with_another_amount_pays_nothing(stack: Stack, payer: Payer) -> None:
    """Signed rightly, about a true payment that waits for the bank, of one cent."""
    there = payer.business
    with httpx.Client(base_url=there.url, follow_redirects=True) as browser:
        page = browser.get(payer.link).text
        form = {
            "csrfmiddlewaretoken": page.split('csrfmiddlewaretoken" value="')[1].split('"')[0],
            "form_key": secrets.token_hex(8),
            "source": stack.sandbox.token("4000002500003155"),
        }
        sent = browser.post(f"{payer.link}/pay", data=form, follow_redirects=False)
    assert sent.status_code == 302
    waits = stack.sandbox.http.get("/v1/charges", params={"status": "requires_action"}).json()
    charge = waits["data"][0]
    cheap = {"amount": 1, "currency": "VND"}
    body = event(
        payer, data=json.loads(event(payer))["data"] | charge | cheap | {"status": "succeeded"}
    )
    assert push(stack, there, body, signed(body, secret_of(there))) in {200, 400}
    eventually(lambda: not waiting(stack), "every event is handled")
    witness.check_nothing_moved(stack, payer)


def test_the_same_event_two_hundred_times_has_one_effect(stack: Stack, payer: Payer) -> None:
    invoice = stack.paid_long_ago(payer, days_ago=30)
    true = next(
        one for one in payer.business.at_gateway.events()
        if one["data"]["object"].get("reference") == invoice["payment"]
    )  # fmt: skip
    body = json.dumps(true).encode()
    with httpx.Client(timeout=30) as client:
        url = f"http://127.0.0.1:{stack.port}/hooks/{payer.business.slug}/{payer.business.account}"
        headers = signed(body, secret_of(payer.business))
        answers = {client.post(url, content=body, headers=headers).status_code for _ in range(200)}
    assert answers == {200}
    assert len(witness.charges(stack, payer)) == 1
    assert [kind for kind, _ in witness.entries(stack, payer)].count("payment_received") == 1
    witness.check_books(stack)
