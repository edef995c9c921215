"""Idempotency: one key, one charge, whatever the caller does."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

from factories.sandbox_process import AccountAtSandbox, Sandbox


def test_same_key_and_body_gives_the_stored_answer(account: AccountAtSandbox) -> None:
    """The replay is the same answer and says so."""
    body = account.request()
    first = account.post_charge(body)
    again = account.post_charge(body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(account.events()) == 1


def test_same_key_with_another_body_is_a_conflict(account: AccountAtSandbox) -> None:
    """Nothing is charged for the second body."""
    body = account.request()
    account.post_charge(body)
    answer = account.post_charge(body | {"amount": 1, "source": account.sandbox.token()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert len(account.get("/v1/charges", status="all").json()["data"]) == 1


def test_same_key_of_another_account_is_independent(sandbox: Sandbox) -> None:
    """Keys belong to their account."""
    one, other = sandbox.open_account(), sandbox.open_account()
    first = one.post_charge(one.request(reference="same"))
    second = other.post_charge(other.request(reference="same"))
    assert [first.status_code, second.status_code] == [201, 201]
    assert first.json()["id"] != second.json()["id"]


def test_key_that_is_still_running_says_so(account: AccountAtSandbox) -> None:
    """While the first call runs, the second is told, and a look-up shows `processing`."""
    account.set_faults(delay_seconds=1.5)
    body = account.request()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(account.post_charge, body)
        found: list[dict[str, object]] = []
        while not found:
            found = account.get("/v1/charges", reference=body["reference"]).json()["data"]
        meanwhile = account.post_charge(body)
        first = running.result()
    error = meanwhile.json()["error"]["code"]
    assert found[0]["status"] == "processing"
    assert (meanwhile.status_code, error) == (409, "idempotency_in_progress")
    assert (first.json()["id"], first.json()["status"]) == (found[0]["id"], "succeeded")
    assert account.post_charge(body).headers["Idempotent-Replayed"] == "true"


def test_twenty_at_once_with_one_key_charge_once(account: AccountAtSandbox) -> None:
    """Every answer is the charge or a 409; there is one charge, one event."""
    account.set_faults(delay_seconds=0.2)
    body = account.request(customer="cus_twenty")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: account.post_charge(body), range(20)))
    charged = account.sandbox.http.get("/v1/charges", params={"customer": "cus_twenty"}).json()
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [row["id"] for row in charged["data"]] == list(ids)
    assert len(account.events()) == 1


def test_two_keys_with_one_token_charge_once(account: AccountAtSandbox) -> None:
    """A token raced by two keys is spent once."""
    body = account.request()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: account.post_charge(body, key=f"k{n}"), range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [400] * 7


def test_stored_answer_outlives_the_process(own_sandbox: Sandbox) -> None:
    """After kill -9, the key still gives its answer."""
    account = own_sandbox.start().open_account()
    body = account.request()
    first = account.post_charge(body)
    own_sandbox.stop(9)
    own_sandbox.start()
    again = account.post_charge(body)
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")


def test_charge_interrupted_by_a_kill_is_finished_at_the_next_start(own_sandbox: Sandbox) -> None:
    """The gateway goes on where it was: one charge, one event, the answer under its key."""
    account = own_sandbox.start().open_account()
    account.set_faults(delay_seconds=30)
    body = account.request()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(account.post_charge, body)
        while not account.get("/v1/charges", reference=body["reference"]).json()["data"]:
            pass
        own_sandbox.stop(9)
        assert running.exception() is not None
    own_sandbox.start()
    found = account.get("/v1/charges", reference=body["reference"]).json()["data"]
    assert [charge["status"] for charge in found] == ["succeeded"]
    assert account.post_charge(body).json()["id"] == found[0]["id"]
    rows = sqlite3.connect(own_sandbox.folder / "sandbox.sqlite3").execute(
        "SELECT count(*) FROM event"
    )
    assert rows.fetchone() == (1,)
