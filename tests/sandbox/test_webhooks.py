"""Webhooks: signed, at least once, retried, lost or doubled on purpose, kept over restarts."""

import json
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.resources.traffic.events import ATTEMPTS_MAX, RETRY_SECONDS
from counterfoil_sandbox.store import Store
from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import AccountAtSandbox, Sandbox


@pytest.fixture
def listening(sandbox: Sandbox, receiver: Receiver) -> AccountAtSandbox:
    """An account whose webhooks go to the receiver."""
    return sandbox.open_account(webhook_url=receiver.url)


def test_webhook_is_signed_and_carries_the_charge(
    listening: AccountAtSandbox, receiver: Receiver
) -> None:
    """A Standard Webhooks library takes it; the body is the listed event."""
    charge = listening.charge()
    [(headers, body)] = receiver.wait_for(1)
    event = Webhook(listening.body["webhook_secret"]).verify(body, headers)
    assert event == listening.events()[0]
    assert event["type"] == "charge.succeeded"
    assert event["id"] == headers["webhook-id"]
    assert event["data"]["object"] == charge


def test_webhook_signature_holds_for_its_own_body_only(
    listening: AccountAtSandbox, receiver: Receiver
) -> None:
    """One changed byte, or another secret, is refused."""
    listening.charge("4000 0000 0000 0002")
    [(headers, body)] = receiver.wait_for(1)
    other = listening.sandbox.open_account()
    with pytest.raises(WebhookVerificationError):
        Webhook(listening.body["webhook_secret"]).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other.body["webhook_secret"]).verify(body, headers)
    assert json.loads(body)["type"] == "charge.failed"


def test_webhook_refused_by_the_receiver_comes_again(
    listening: AccountAtSandbox, receiver: Receiver
) -> None:
    """A 500 is tried again after a second with the same id; a 200 ends it."""
    receiver.answers = [500]
    listening.charge()
    taken = receiver.wait_for(2)
    assert len(taken) == 2
    assert taken[0][0]["webhook-id"] == taken[1][0]["webhook-id"]
    assert taken[0][1] == taken[1][1]
    assert len(receiver.wait_for(3, seconds=1)) == 2


def test_webhook_lost_is_listed_but_never_sent(
    listening: AccountAtSandbox, receiver: Receiver
) -> None:
    """Whoever lists the events still finds it."""
    listening.set_faults(webhooks="lost")
    listening.charge()
    listening.set_faults(webhooks="ok")
    later = listening.charge()
    taken = receiver.wait_for(2, seconds=1.5)
    ids = [json.loads(body)["data"]["object"]["id"] for _, body in taken]
    assert ids == [later["id"]]
    assert len(listening.events()) == 2


def test_webhook_duplicated_comes_twice_with_one_id(
    listening: AccountAtSandbox, receiver: Receiver
) -> None:
    """Two deliveries of one event."""
    listening.set_faults(webhooks="duplicated")
    listening.charge()
    taken = receiver.wait_for(3, seconds=1.5)
    assert len(taken) == 2
    assert len({headers["webhook-id"] for headers, _ in taken}) == 1
    assert len(listening.events()) == 1


def test_webhook_due_is_sent_after_a_restart(own_sandbox: Sandbox, receiver: Receiver) -> None:
    """Refused once, then the gateway was killed: the next start delivers."""
    receiver.answers = [500]
    account = own_sandbox.start().open_account(webhook_url=receiver.url)
    account.charge()
    receiver.wait_for(1)
    own_sandbox.stop(9)
    own_sandbox.start()
    taken = receiver.wait_for(2)
    ids = [headers["webhook-id"] for headers, _ in taken]
    assert ids == [account.events()[0]["id"]] * 2


def test_webhooks_switched_off_are_never_sent(own_sandbox: Sandbox, receiver: Receiver) -> None:
    """A history that was seeded quietly stays quiet when webhooks are switched on."""
    own_sandbox.start("--no-webhooks")
    account = own_sandbox.open_account(webhook_url=receiver.url)
    account.charge()
    own_sandbox.stop()
    own_sandbox.start()
    loud = account.charge()
    taken = receiver.wait_for(2, seconds=1.5)
    ids = [json.loads(body)["data"]["object"]["id"] for _, body in taken]
    assert ids == [loud["id"]]


def test_events_are_paged_oldest_first(account: AccountAtSandbox) -> None:
    """Reading behind the last one seen misses none."""
    made = [account.charge()["id"] for _ in range(3)]
    first = account.get("/v1/events", limit=2).json()
    rest = account.get("/v1/events", after=first["next_cursor"]).json()
    ids = [event["data"]["object"]["id"] for event in first["data"] + rest["data"]]
    assert ids == made
    assert rest["next_cursor"] is None
    assert account.get("/v1/events", after="evt_none").status_code == 400
    assert account.sandbox.http.get("/v1/events").status_code == 401


def test_delivery_is_given_up_after_ten_tries(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each failure waits longer; the tenth is the last."""
    store = Store(tmp_path_factory.mktemp("store"))
    engine = Engine(store, Clock(store))
    account = engine.open_account("Harrow Water")
    token = engine.make_token("4242424242424242", 12, 2034, "123")
    engine.charge(
        account, "k", amount=1, currency="EUR", source=token, customer="cus_1", reference="pay_1"
    )
    now, waits = time.time() + 1, []
    while due := engine.events.due(now, 10):
        again = engine.events.refused(due[0], now)
        if again:
            waits.append(store.one("SELECT due_at FROM delivery")["due_at"] - now)  # type: ignore[index]
            now += waits[-1]
    assert [round(wait) for wait in waits] == list(RETRY_SECONDS)
    row = store.one("SELECT state, attempts FROM delivery")
    assert row is not None
    assert tuple(row) == ("given_up", ATTEMPTS_MAX)
