"""Fault plans in process: a script or a seed decides each call and each webhook."""

from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from counterfoil_sandbox.desk import AnswerLost
from counterfoil_sandbox.doors.door import Call
from counterfoil_sandbox.doors.table import find
from counterfoil_sandbox.errors import GatewayError
from sandbox.till import JSON, Till

BODY = {"amount": 100, "currency": "EUR", "customer": "cus_1", "reference": "pay_x"}


def plan(till: Till, **fields: Any) -> JSON:
    """Sets a plan for the till's account."""
    return till.post("/v1/faults/plan", {"account": till.account.id} | fields)


def charge(till: Till, **fields: Any) -> Any:
    """One charge under the key pay_x, as a caller sees it: its answer, or what went wrong."""
    body = BODY | {"source": till.token()} | fields
    try:
        return till.engine.call("POST", "/v1/charges", body, account=till.account, key="pay_x")
    except AnswerLost:
        return "lost"


def known(till: Till) -> list[str]:
    """What a look-up finds."""
    return [row["status"] for row in till.get("/v1/charges", reference="pay_x")["data"]]


def test_call_lost_before_its_effect_did_nothing() -> None:
    """The same key then charges."""
    till = Till()
    plan(till, calls=[{"operation": "charge.create", "nth": 1, "fault": "lost_before"}])
    assert charge(till) == "lost"
    assert known(till) == []
    assert charge(till).status == 201
    assert known(till) == ["succeeded"]


def test_call_lost_after_its_effect_has_charged() -> None:
    """The same key gives the stored answer."""
    till = Till()
    plan(till, calls=[{"operation": "charge.create", "nth": 1, "fault": "lost_after"}])
    source = till.token()
    assert charge(till, source=source) == "lost"
    assert known(till) == ["succeeded"]
    again = charge(till, source=source)
    assert (again.status, again.is_replay) == (201, True)
    assert known(till) == ["succeeded"]


def test_error_before_the_effect_frees_the_key() -> None:
    """A 500 that did nothing."""
    till = Till()
    plan(till, calls=[{"operation": "charge.create", "nth": 1, "fault": "error_before"}])
    failed = charge(till)
    assert (failed.status, failed.body["error"]["code"]) == (500, "internal_error")
    assert known(till) == []
    assert charge(till).status == 201


def test_error_after_the_effect_is_stored_under_its_key() -> None:
    """The charge is there; the same key says 500 for ever, and only a look-up tells."""
    till = Till()
    plan(till, calls=[{"operation": "charge.create", "nth": 1, "fault": "error_after"}])
    source = till.token()
    answers = [charge(till, source=source) for _ in range(3)]
    assert [answer.status for answer in answers] == [500, 500, 500]
    assert [answer.is_replay for answer in answers] == [False, True, True]
    assert known(till) == ["succeeded"]
    assert till.kinds() == ["charge.succeeded"]


def test_rate_limit_says_when_to_come_again() -> None:
    """And did nothing."""
    till = Till()
    plan(till, calls=[{"call": 1, "fault": "rate_limited"}])
    refused = charge(till)
    assert (refused.status, refused.retry_after) == (429, "1")
    assert known(till) == []


def test_answer_with_a_wrong_amount_is_wrong_on_the_wire_only() -> None:
    """One minor unit more than what was charged and what a look-up says."""
    till = Till()
    plan(till, calls=[{"operation": "charge.create", "nth": 1, "fault": "wrong_amount"}])
    source = till.token()
    wrong, again = charge(till, source=source), charge(till, source=source)
    assert (wrong.status, wrong.body["amount"]) == (201, 101)
    assert wrong.text == again.text.replace('"amount":100,', '"amount":101,')
    assert till.get("/v1/charges", reference="pay_x")["data"][0]["amount"] == 100


def test_delay_leaves_the_effect_to_the_caller() -> None:
    """In process nobody waits: between start and finish the charge is running."""
    till = Till()
    plan(till, calls=[{"operation": "charge.create", "fault": "delay", "delay_seconds": 30}])
    desk = till.engine.desk
    door, parts = find("POST", "/v1/charges")
    call = Call(parts, {}, BODY | {"source": till.token()}, "pay_x", till.account)
    started = desk.start(door, call)
    assert started.hop.delay_seconds == 30
    assert known(till) == ["processing"]
    with pytest.raises(GatewayError, match="still running"):
        desk.start(door, call)
    till.advance(seconds=30)
    assert desk.finish(started).body["status"] == "succeeded"
    assert known(till) == ["succeeded"]


@pytest.mark.parametrize("operation", ["refund.create", "charge.cancel", "mandate.create"])
def test_every_operation_can_lose_its_answer(operation: str) -> None:
    """And has happened once, whatever is asked again."""
    till = Till()
    paid, waiting, token = till.card(), till.card("4000002500003155"), till.bank_token()
    calls: dict[str, tuple[str, JSON]] = {
        "refund.create": (f"/v1/charges/{paid['id']}/refunds", {"reference": "r", "amount": 1}),
        "charge.cancel": (f"/v1/charges/{waiting['id']}/cancel", {}),
        "mandate.create": (
            "/v1/mandates",
            {
                "token": token,
                "scheme": "sepa",
                "reference": "M",
                "accepted_at": "2026-03-02T09:00:00Z",
                "customer": "cus_1",
            },
        ),
    }
    plan(till, calls=[{"operation": operation, "nth": 1, "fault": "lost_after"}])
    before = len(till.events())
    path, body = calls[operation]
    with pytest.raises(AnswerLost):
        till.post(path, body, "k")
    again = till.engine.call("POST", path, body, account=till.account, key="k")
    assert again.is_replay
    assert len(till.events(since=before)) == 1


def test_look_up_can_fail_too() -> None:
    """By operation and by number of the call; everything else goes well."""
    till = Till()
    plan(
        till,
        calls=[{"call": 2, "fault": "error_before"}, {"operation": "charge.list", "nth": 2,
                                                      "fault": "lost_before"}],
    )  # fmt: skip
    path, account = "/v1/charges", till.account
    assert till.engine.call("GET", path, account=account).status == 200
    assert till.engine.call("GET", "/v1/balance", account=account).status == 500
    with pytest.raises(AnswerLost):
        till.engine.call("GET", path, account=account)
    assert till.engine.call("GET", path, account=account).status == 200


def test_plan_says_what_it_did() -> None:
    """Counts and hits, for one account or for all without their own; until it is taken away."""
    till = Till()
    till.post("/v1/faults/plan", {"calls": [{"operation": "charge.create", "fault": "lost_after"}]})
    other = till.engine.open_account("Mill Lane")
    plan(till, calls=[{"call": 99, "fault": "lost_before"}])
    assert charge(till).status == 201
    till.account = other
    assert charge(till) == "lost"
    every = till.get("/v1/faults/plan")
    assert every["counts"] == {
        "calls": 1,
        "charge.create": 1,
        "events": 1,
        "event charge.succeeded": 1,
    }
    assert every["hits"] == [{"name": "charge.create", "number": 1, "fault": "lost_after"}]
    till.engine.call("DELETE", "/v1/faults/plan")
    assert till.card()["status"] == "succeeded"
    with pytest.raises(GatewayError, match="no fault plan"):
        till.get("/v1/faults/plan")


def test_seed_decides_alike_each_time() -> None:
    """The same seed, the same fates; another seed, others. Chances are about what they say."""

    def fates(seed: int) -> list[str]:
        till = Till()
        plan(till, seed=seed, call_chances={"lost_before": 20, "error_after": 10})
        for number in range(200):
            try:
                till.card(reference=f"p{number}")
            except (AnswerLost, GatewayError):
                continue
        counted = till.engine.plans.body(till.account.id)
        assert counted is not None
        return [str(hit) for hit in counted["hits"]]  # type: ignore[attr-defined]

    one, again, other = fates(7), fates(7), fates(8)
    assert one == again != other
    assert 30 < len(one) < 100


@pytest.mark.parametrize(
    "fields",
    [
        {"calls": [{"fault": "explode"}]},
        {"calls": [{"call": 0, "fault": "lost_before"}]},
        {"webhooks": [{"fault": "lost_before"}]},
        {"call_chances": {"lost_before": 101}},
        {"colour": "red"},
    ],
)
def test_plan_with_a_slip_is_refused(fields: JSON) -> None:
    """A slip in a test's plan must not pass as no plan."""
    till = Till()
    assert till.refusal("/v1/faults/plan", fields)[0] == 400
    assert till.engine.plans.body() is None


def taken(till: Till) -> list[tuple[str, str]]:
    """The webhooks that are due, with what a receiver makes of them."""
    found = []
    for webhook in till.engine.take_webhooks():
        try:
            event = Webhook(till.account.webhook_secret).verify(webhook.body, dict(webhook.headers))
        except WebhookVerificationError:
            found.append(("forged", ""))
        else:
            found.append((event["type"], event["data"]["object"]["reference"]))
    return found


def test_webhooks_are_handed_out_signed_and_in_sequence() -> None:
    """Each once; a receiver's library takes them."""
    till = Till()
    till.card(reference="a")
    till.card("4000000000000002", reference="b")
    assert taken(till) == [("charge.succeeded", "a"), ("charge.failed", "b")]
    assert taken(till) == []


def test_webhook_that_is_refused_is_due_again_later() -> None:
    """As over the wire."""
    till = Till()
    till.card()
    [webhook] = till.engine.due_webhooks()
    till.engine.settle_webhook(webhook, is_taken=False)
    assert till.engine.due_webhooks() == []
    till.advance(seconds=1)
    assert len(taken(till)) == 1


def test_webhooks_are_lost_doubled_delayed_and_forged_by_script() -> None:
    """By number of the event, or by type."""
    till = Till()
    plan(
        till,
        webhooks=[
            {"event": 1, "fault": "lost"},
            {"event": 2, "fault": "duplicated"},
            {"event": 3, "fault": "delayed", "delay_seconds": 86_400},
            {"type": "charge.failed", "nth": 1, "fault": "forged"},
        ],
    )
    for reference in ("a", "b", "c"):
        till.card(reference=reference)
    till.card("4000000000000002", reference="d")
    good = "charge.succeeded"
    assert taken(till) == [(good, "b"), (good, "b"), ("forged", "")]
    till.advance(seconds=1)
    assert taken(till) == [("charge.failed", "d")]
    till.advance(hours=23)
    assert taken(till) == []
    till.advance(hours=1)
    assert taken(till) == [(good, "c")]
    assert len(till.events()) == 4


def test_webhook_with_a_wrong_amount_is_signed_all_the_same() -> None:
    """Authenticated is not validated: the listed event says what is true."""
    till = Till()
    plan(till, webhooks=[{"event": 1, "fault": "wrong_amount"}])
    till.card(amount=500)
    [webhook] = till.engine.take_webhooks()
    event = Webhook(till.account.webhook_secret).verify(webhook.body, dict(webhook.headers))
    assert event["data"]["object"]["amount"] == 501
    assert till.events()[0]["data"]["object"]["amount"] == 500


def test_webhook_is_overtaken_by_the_next() -> None:
    """Held back until another event's has gone, or for five minutes."""
    till = Till()
    plan(till, webhooks=[{"event": 1, "fault": "reordered"}, {"event": 3, "fault": "reordered"}])
    till.card(reference="a")
    assert taken(till) == []
    till.card(reference="b")
    assert taken(till) == [("charge.succeeded", "b")]
    till.advance(seconds=1)
    assert taken(till) == [("charge.succeeded", "a")]
    till.card(reference="c")
    till.advance(minutes=4)
    assert taken(till) == []
    till.advance(minutes=1)
    assert taken(till) == [("charge.succeeded", "c")]
