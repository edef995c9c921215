"""Fault plans over the wire: what a caller and a receiver really see of each hop."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import JSON, AccountAtSandbox, Sandbox


def plan(account: AccountAtSandbox, **fields: Any) -> None:
    """Sets a plan for this account, on loopback."""
    answer = account.sandbox.post("/v1/faults/plan", {"account": account.id} | fields)
    assert answer.status_code == 200, answer.text


def looked_up(account: AccountAtSandbox, body: JSON) -> list[str]:
    """The states that a look-up by reference finds."""
    found = account.get("/v1/charges", reference=body["reference"]).json()["data"]
    return [charge["status"] for charge in found]


@pytest.mark.parametrize(("fault", "states"), [("lost_before", []), ("lost_after", ["succeeded"])])
def test_lost_answer_is_a_cut_connection(
    account: AccountAtSandbox, fault: str, states: list[str]
) -> None:
    """At once if the plan says so; before its effect nothing is there, after it the charge is."""
    plan(account, calls=[{"operation": "charge.create", "fault": fault, "hold_seconds": 0}])
    body = account.request()
    began = time.monotonic()
    with pytest.raises(httpx.TransportError):
        account.post_charge(body)
    assert time.monotonic() - began < 5
    assert looked_up(account, body) == states


def test_truncated_answer_has_a_good_status(account: AccountAtSandbox) -> None:
    """Half a body, then a cut: the client's library says so, and the charge is there."""
    plan(account, calls=[{"operation": "charge.create", "nth": 1, "fault": "truncated"}])
    body = account.request()
    with pytest.raises(httpx.RemoteProtocolError):
        account.post_charge(body)
    assert looked_up(account, body) == ["succeeded"]
    assert account.post_charge(body).headers["Idempotent-Replayed"] == "true"


def test_error_after_the_effect_is_replayed(account: AccountAtSandbox) -> None:
    """500, and 500 again under the same key; the charge is there."""
    plan(account, calls=[{"operation": "charge.create", "nth": 1, "fault": "error_after"}])
    body = account.request()
    answers = [account.post_charge(body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert looked_up(account, body) == ["succeeded"]


def test_rate_limit_and_error_before_do_nothing(account: AccountAtSandbox) -> None:
    """429 says when to come again; then a 500; then it works."""
    plan(
        account, calls=[{"call": 1, "fault": "rate_limited"}, {"call": 2, "fault": "error_before"}]
    )
    body = account.request()
    answers = [account.post_charge(body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 500, 201]
    assert answers[0].headers["Retry-After"] == "1"


def test_delayed_refund_is_running_meanwhile(account: AccountAtSandbox) -> None:
    """The same key says so; then it is made once."""
    charge = account.charge()
    plan(account, calls=[{"operation": "refund.create", "nth": 1, "fault": "delay",
                          "delay_seconds": 1.5}])  # fmt: skip
    path, body = f"/v1/charges/{charge['id']}/refunds", {"reference": "r", "amount": 1}
    headers = account.auth | {"Idempotency-Key": "k"}

    def refund() -> httpx.Response:
        return account.sandbox.http.post(path, json=body, headers=headers)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(refund)
        time.sleep(0.5)
        meanwhile = refund()
        first = running.result()
    assert (meanwhile.status_code, meanwhile.json()["error"]["code"]) == (
        409,
        "idempotency_in_progress",
    )
    assert first.status_code == 201
    assert refund().headers["Idempotent-Replayed"] == "true"
    assert len(account.get(path).json()["data"]) == 1


def test_call_killed_in_its_delay_frees_its_key(own_sandbox: Sandbox) -> None:
    """Nothing had happened: the next start knows nothing of it, and the key works."""
    account = own_sandbox.start().open_account()
    charge = account.charge()
    plan(account, calls=[{"operation": "refund.create", "nth": 1, "fault": "delay",
                          "delay_seconds": 60}])  # fmt: skip
    path, body = f"/v1/charges/{charge['id']}/refunds", {"reference": "r", "amount": 1}
    headers = account.auth | {"Idempotency-Key": "k"}
    with pytest.raises(httpx.ReadTimeout):
        own_sandbox.http.post(path, json=body, headers=headers, timeout=0.5)
    own_sandbox.stop(9)
    own_sandbox.start()
    assert account.get(path).json()["data"] == []
    assert own_sandbox.http.post(path, json=body, headers=headers).status_code == 201


def test_plan_outlives_the_process(own_sandbox: Sandbox) -> None:
    """With what it has counted."""
    account = own_sandbox.start().open_account()
    plan(account, calls=[{"operation": "charge.create", "nth": 2, "fault": "error_before"}])
    first = account.post_charge(account.request())
    own_sandbox.stop(9)
    own_sandbox.start()
    second = account.post_charge(account.request())
    third = account.post_charge(account.request())
    assert [first.status_code, second.status_code, third.status_code] == [201, 500, 201]


def test_forged_webhook_is_followed_by_the_real_one(sandbox: Sandbox, receiver: Receiver) -> None:
    """The first is signed by somebody else; whoever refuses it gets the real one."""
    account = sandbox.open_account(webhook_url=receiver.url)
    plan(account, webhooks=[{"event": 1, "fault": "forged"}])
    receiver.answers = [400]
    account.charge()
    [(headers, body), (again, same)] = receiver.wait_for(2)
    verify = Webhook(account.body["webhook_secret"]).verify
    with pytest.raises(WebhookVerificationError):
        verify(body, headers)
    assert verify(same, again)["type"] == "charge.succeeded"
    assert (body, headers["webhook-id"]) == (same, again["webhook-id"])


def test_webhooks_are_reordered_and_delayed(own_sandbox: Sandbox, receiver: Receiver) -> None:
    """The second overtakes the first; the third waits for the clock."""
    account = own_sandbox.start().open_account(webhook_url=receiver.url)
    plan(
        account,
        webhooks=[
            {"event": 1, "fault": "reordered"},
            {"event": 3, "fault": "delayed", "delay_seconds": 3_600},
        ],
    )
    ids = [account.charge()["id"] for _ in range(3)]
    receiver.wait_for(2)
    assert len(receiver.wait_for(3, seconds=1)) == 2
    own_sandbox.advance(3_600)
    told = [json.loads(body)["data"]["object"]["id"] for _, body in receiver.wait_for(3)]
    assert told == [ids[1], ids[0], ids[2]]
