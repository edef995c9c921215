"""Every door over HTTP, in its own process: who may come in, what comes out, keys and lists."""

import json
import secrets
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import JSON, AccountAtSandbox, Sandbox

DAY = 86_400
IBAN = {"iban": "DE89370400440532013000", "holder": "Alice Adams"}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A gateway whose clock these tests move."""
    gateway = Sandbox(tmp_path_factory.mktemp("moved") / "data")
    yield gateway.start("--clock-start", "2026-03-02T09:00:00Z")
    gateway.stop()


@pytest.fixture
def owner(moved: Sandbox) -> AccountAtSandbox:
    """A fresh account there."""
    return moved.open_account(origins=["http://localhost:8000"])


def post(account: AccountAtSandbox, path: str, body: JSON, key: str = "") -> httpx.Response:
    """POSTs with the account's key, under an idempotency key."""
    headers = account.auth | {"Idempotency-Key": key or secrets.token_hex(8)}
    return account.sandbox.http.post(path, json=body, headers=headers)


def made(answer: httpx.Response, status: int = 201) -> JSON:
    """The body of a call that went well."""
    assert answer.status_code == status, answer.text
    body: JSON = answer.json()
    return body


def mandate(account: AccountAtSandbox, token: str) -> JSON:
    """A mandate for a bank token."""
    body = {
        "token": token,
        "scheme": "sepa",
        "reference": f"M-{secrets.token_hex(8)}",
        "accepted_at": "2026-03-02T09:00:00Z",
        "customer": "cus_1",
        "evidence": {"ip_address": "192.0.2.1"},
    }
    return made(post(account, "/v1/mandates", body))


def bank_token(account: AccountAtSandbox) -> str:
    """A bank account's token."""
    answer = account.sandbox.post("/v1/tokens", {"bank_debit": IBAN})
    token: str = made(answer)["id"]
    return token


def test_debit_goes_through_every_door(own_sandbox: Sandbox) -> None:
    """Token, mandate, method, charge, settlement, refund, payout: each found again."""
    owner = own_sandbox.start("--clock-start", "2026-03-02T09:00:00Z").open_account()
    token = bank_token(owner)
    signed = mandate(owner, token)
    saved = made(post(owner, "/v1/methods", {"token": token, "customer": "cus_1"}))
    charge = made(owner.post_charge(owner.request(source=saved["id"], off_session=True)))
    assert (charge["status"], charge["mandate"]) == ("processing", signed["id"])
    own_sandbox.advance(3 * DAY)
    refund = made(
        post(owner, f"/v1/charges/{charge['id']}/refunds", {"reference": "ref_1", "amount": 55})
    )
    own_sandbox.advance(5 * DAY)
    [payout] = owner.get("/v1/payouts").json()["data"]
    for path, found in (
        (f"/v1/mandates/{signed['id']}", signed),
        (f"/v1/methods/{saved['id']}", saved),
        (f"/v1/refunds/{refund['id']}", refund | {"status": "succeeded"}),
        (f"/v1/payouts/{payout['id']}", payout),
    ):
        assert owner.get(path).json() == found
    for path in ("/v1/mandates", "/v1/methods", "/v1/refunds"):
        assert len(owner.get(path).json()["data"]) == 1
    assert (payout["status"], payout["amount"]) == ("paid", 20_355 - 35)
    assert owner.get("/v1/balance").json()["data"] == [
        {"currency": "EUR", "available": -55, "pending": 0}
    ]
    assert [event["type"] for event in owner.events()] == [
        "mandate.created",
        "method.created",
        "charge.succeeded",
        "payout.created",
        "payout.paid",
        "refund.succeeded",
    ]


def test_dispute_goes_through_every_door(owner: AccountAtSandbox) -> None:
    """On demand on loopback; evidence and acceptance with the key."""
    charge = owner.charge()
    opened = made(owner.sandbox.post(f"/v1/charges/{charge['id']}/dispute", {}))
    door = f"/v1/disputes/{opened['id']}"
    given = made(post(owner, f"{door}/evidence", {"text": "A signed note."}), 200)
    lost = made(post(owner, f"{door}/accept", {}), 200)
    assert [opened["status"], given["status"], lost["status"]] == [
        "needs_response",
        "under_review",
        "lost",
    ]
    assert owner.get(door).json() == lost
    assert owner.get("/v1/disputes", charge=charge["id"]).json()["data"] == [lost]


@pytest.mark.parametrize("door", ["refunds", "mandates", "methods"])
def test_same_key_and_body_gives_the_stored_answer(owner: AccountAtSandbox, door: str) -> None:
    """Another body is a conflict, and so is the key at another door."""
    charge = owner.charge()
    token = bank_token(owner)
    doors: dict[str, tuple[str, JSON, JSON]] = {
        "refunds": (
            f"/v1/charges/{charge['id']}/refunds",
            {"reference": "r1", "amount": 5},
            {"amount": 6},
        ),
        "mandates": (
            "/v1/mandates",
            {
                "token": token,
                "scheme": "sepa",
                "reference": "M1",
                "accepted_at": "2026-03-02T09:00:00Z",
                "customer": "c",
            },
            {"customer": "d"},
        ),
        "methods": (
            "/v1/methods",
            {"token": owner.sandbox.token(), "customer": "c"},
            {"customer": "d"},
        ),
    }
    path, body, change = doors[door]
    first = post(owner, path, body, "key")
    again = post(owner, path, body, "key")
    other = post(owner, path, body | change, "key")
    elsewhere = post(owner, f"/v1/charges/{charge['id']}/cancel", {}, "key")
    assert (first.status_code, again.content) == (201, first.content)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    for conflict in (other, elsewhere):
        error = conflict.json()["error"]["code"]
        assert (conflict.status_code, error) == (409, "idempotency_conflict")


def test_key_is_needed_where_money_moves(owner: AccountAtSandbox) -> None:
    """Elsewhere it may be left out."""
    charge = owner.charge()
    http = owner.sandbox.http
    body = {"reference": "r"}
    refund = http.post(f"/v1/charges/{charge['id']}/refunds", json=body, headers=owner.auth)
    saved = http.post(
        "/v1/methods",
        json={"token": owner.sandbox.token(), "customer": "c"},
        headers=owner.auth,
    )
    assert refund.status_code == 400
    assert refund.json()["error"]["code"] == "idempotency_key_required"
    assert saved.status_code == 201


def test_call_without_parameters_may_send_nothing(owner: AccountAtSandbox) -> None:
    """No body, or an empty object; anything in it is refused."""
    signed = mandate(owner, bank_token(owner))
    path = f"/v1/mandates/{signed['id']}/revoke"
    bare = owner.sandbox.http.post(path, headers=owner.auth)
    full = owner.sandbox.http.post(path, headers=owner.auth, json={"now": True})
    assert (bare.status_code, bare.json()["status"]) == (200, "revoked")
    assert full.json()["error"]["code"] == "parameter_unknown"


KEYED = [
    ("GET", "/v1/refunds"),
    ("GET", "/v1/refunds/x"),
    ("POST", "/v1/charges/x/refunds"),
    ("POST", "/v1/charges/x/cancel"),
    ("GET", "/v1/mandates"),
    ("POST", "/v1/mandates"),
    ("POST", "/v1/mandates/x/revoke"),
    ("GET", "/v1/methods"),
    ("POST", "/v1/methods"),
    ("DELETE", "/v1/methods/x"),
    ("GET", "/v1/disputes"),
    ("POST", "/v1/disputes/x/evidence"),
    ("POST", "/v1/disputes/x/accept"),
    ("GET", "/v1/balance"),
    ("GET", "/v1/balance/transactions"),
    ("GET", "/v1/payouts"),
    ("GET", "/v1/payouts/x/transactions"),
]


@pytest.mark.parametrize(("method", "path"), KEYED)
def test_door_needs_a_key(owner: AccountAtSandbox, method: str, path: str) -> None:
    """Without one 401; with one, another account's object is 404."""
    http = owner.sandbox.http
    assert http.request(method, path, json={}).status_code == 401
    bodies: dict[str, JSON] = {
        "/v1/charges/x/refunds": {"reference": "r"},
        "/v1/disputes/x/evidence": {"text": "x"},
    }
    headers = owner.auth | {"Idempotency-Key": secrets.token_hex(8)}
    answer = http.request(method, path, json=bodies.get(path, {}), headers=headers)
    expected = 404 if "/x" in path else (400 if method == "POST" else 200)
    assert answer.status_code == expected


LOOPBACK = [
    "/v1/charges/x/dispute",
    "/v1/charges/x/return",
    "/v1/refunds/x/fail",
    "/v1/payouts/x/fail",
    "/v1/methods/x/update_from_network",
    "/v1/faults/plan",
]


@pytest.mark.parametrize("path", LOOPBACK)
def test_instrument_of_tests_is_for_loopback_only(owner: AccountAtSandbox, path: str) -> None:
    """No key opens it from elsewhere, and no web page of another origin."""
    post = owner.sandbox.post
    foreign = post(path, {}, host=f"evil.example:{owner.sandbox.port}", **owner.auth)
    page = post(path, {}, origin="https://evil.example")
    plain = owner.sandbox.http.post(path, data={})
    assert [foreign.status_code, page.status_code, plain.status_code] == [403, 403, 415]


def test_lists_go_on_behind_their_limit(owner: AccountAtSandbox) -> None:
    """Refunds, as every list; a cursor or limit that is none is refused."""
    charge = owner.charge()
    path = f"/v1/charges/{charge['id']}/refunds"
    ids = [
        made(post(owner, path, {"reference": f"r{number}", "amount": 1}))["id"]
        for number in range(5)
    ]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = owner.get("/v1/refunds", limit=2, cursor=cursor).json()
        found += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert found == ids[::-1]
    assert owner.get("/v1/refunds", cursor="re_none").status_code == 400
    assert owner.get("/v1/refunds", limit=0).status_code == 400
    assert owner.get("/v1/refunds", status="odd").status_code == 400
    other = owner.sandbox.open_account()
    assert other.get("/v1/refunds", cursor=ids[0]).status_code == 400


def test_webhooks_tell_of_every_noun(moved: Sandbox, receiver: Receiver) -> None:
    """Signed like a charge's; the clock's step sends what fell due."""
    account = moved.open_account(webhook_url=receiver.url)
    charge = account.charge("4000 0000 0000 0259")
    made(post(account, f"/v1/charges/{charge['id']}/refunds", {"reference": "r", "amount": 100}))
    moved.advance(60)
    taken = receiver.wait_for(3)
    verify = Webhook(account.body["webhook_secret"]).verify
    kinds = {verify(body, headers)["type"] for headers, body in taken}
    assert kinds == {"charge.succeeded", "refund.succeeded", "dispute.opened"}
    moved.advance(10 * DAY)
    kinds = {json.loads(body)["type"] for _, body in receiver.wait_for(4)}
    assert "dispute.lost" in kinds


def test_due_things_happen_while_nobody_asks(own_sandbox: Sandbox, receiver: Receiver) -> None:
    """Real time passes too: a chargeback a second later, told by its webhook."""
    settings = {"dispute_delay_seconds": 1}
    account = own_sandbox.start().open_account(webhook_url=receiver.url, settings=settings)
    account.charge("4000 0000 0000 0259")
    kinds = [json.loads(body)["type"] for _, body in receiver.wait_for(2, seconds=20)]
    assert kinds == ["charge.succeeded", "dispute.opened"]


def test_restart_forgets_no_timer(own_sandbox: Sandbox) -> None:
    """What fell due while the gateway was down happens at its next start, as of then."""
    own_sandbox.start("--clock-start", "2026-03-02T09:00:00Z")
    account = own_sandbox.open_account()
    token = bank_token(account)
    mandate(account, token)
    charge = made(account.post_charge(account.request(source=token)))
    own_sandbox.stop(9)
    own_sandbox.start()
    own_sandbox.advance(2 * DAY)
    assert account.get(f"/v1/charges/{charge['id']}").json()["status"] == "succeeded"
