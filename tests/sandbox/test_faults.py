"""Faults on purpose: the answer is lost and the money moved all the same."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import AccountAtSandbox, Sandbox


@dataclass(frozen=True)
class PatientCall:
    """A charge whose answer is lost, and how long its caller has waited for it."""

    account: AccountAtSandbox
    body: dict[str, Any]
    waited: Future[float]


@pytest.fixture(scope="module")
def patient_call(sandbox: Sandbox) -> Iterator[PatientCall]:
    """Waits beside the tests that do not ask what became of it."""
    account = sandbox.open_account()
    account.set_faults(answers="lost")
    body = account.request()

    def wait() -> float:
        began = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError):
            account.post_charge(body)
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as threads:
        yield PatientCall(account, body, threads.submit(wait))


def test_lost_answer_charges_and_holds_past_the_deadline(
    sandbox: Sandbox, receiver: Receiver, patient_call: PatientCall
) -> None:
    """9979: at 5 s nothing has come, the charge is there, no webhook is sent."""
    account = sandbox.open_account(webhook_url=receiver.url)
    body = account.request(source=sandbox.token("4000 0000 0000 9979"), customer="cus_lost")
    headers = account.auth | {"Idempotency-Key": body["reference"]}
    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.post("/v1/charges", json=body, headers=headers, timeout=5)
    [found] = account.get("/v1/charges", reference=body["reference"]).json()["data"]
    charged = sandbox.http.get("/v1/charges", params={"customer": "cus_lost"}).json()["data"]
    assert found["status"] == "succeeded"
    assert [row["id"] for row in charged] == [found["id"]]
    assert receiver.wait_for(1, seconds=1) == []
    assert [event["type"] for event in account.events()] == ["charge.succeeded"]
    replayed = account.post_charge(body)
    assert (replayed.json()["id"], replayed.status_code) == (found["id"], 201)


def test_lost_answer_ends_without_a_byte(patient_call: PatientCall) -> None:
    """A patient caller sees the connection close after about 8 s, not an answer."""
    assert 7 < patient_call.waited.result() < 12
    reference = patient_call.body["reference"]
    [found] = patient_call.account.get("/v1/charges", reference=reference).json()["data"]
    assert found["status"] == "succeeded"


def test_slow_charge_goes_on_without_its_caller(account: AccountAtSandbox) -> None:
    """The caller gave up early; the charge is made all the same, later."""
    account.set_faults(delay_seconds=1)
    body = account.request()
    headers = account.auth | {"Idempotency-Key": "slow"}
    with pytest.raises(httpx.ReadTimeout):
        account.sandbox.http.post("/v1/charges", json=body, headers=headers, timeout=0.3)
    seen = []
    for _ in range(100):
        [found] = account.get("/v1/charges", reference=body["reference"]).json()["data"]
        seen.append(found["status"])
        if found["status"] == "succeeded":
            break
        time.sleep(0.05)
    assert (seen[0], seen[-1]) == ("processing", "succeeded")


def test_faults_are_set_for_one_account(sandbox: Sandbox) -> None:
    """By key, or by name on loopback; the others are left alone, and so is what is left out."""
    one, other = sandbox.open_account(), sandbox.open_account()
    one.set_faults(webhooks="lost")
    named = sandbox.post("/v1/faults", {"account": one.id, "delay_seconds": 0.5}).json()["data"]
    untouched = sandbox.post("/v1/faults", {"account": other.id}).json()["data"]
    expected = {"account": one.id, "webhooks": "lost", "answers": "ok", "delay_seconds": 0.5}
    assert named == [expected]
    assert untouched[0]["webhooks"] == "ok"


@pytest.mark.parametrize(
    "body", [{"webhooks": "no"}, {"answers": "no"}, {"delay_seconds": 61}, {"delay_seconds": -1}]
)
def test_unknown_fault_is_refused(account: AccountAtSandbox, body: dict[str, object]) -> None:
    """A slip in a test's fault must not pass as no fault."""
    answer = account.sandbox.http.post("/v1/faults", json=body, headers=account.auth)
    assert answer.status_code == 400
