"""Events from a gateway: verified, kept once, acted on once."""

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.flows.receive_event import Forged, handle, receive
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories import gateways
from factories.businesses import AT, add_gateway
from factories.gateways import event, succeeded
from factories.payments import pay
from ledger_text import counts, events, inbox, trial_balance


@pytest.fixture
def slow(business, issued, gateway):
    """A payment in process that the gateway has meanwhile brought to success."""
    attempt = pay(business, issued(), source="slow")
    reference = encode("pay", attempt.id)
    gateway.known[reference] = succeeded(reference, attempt.amount)
    return attempt


def take(business, account_id, headers, body):
    return receive(business, account_id, headers=headers, body=body, at=AT)


def remarks(business):
    with reading(business):
        return [
            remark
            for (remark,) in execute(
                "SELECT remark FROM payments_gatewayevent WHERE business_id = %(b)s::uuid "
                "ORDER BY received_at, id",
                {"b": business},
            )
        ]


def jobs(name):
    return execute("SELECT args FROM procrastinate_jobs WHERE task_name = %(n)s", {"n": name})


def test_an_event_is_kept_and_its_job_deferred(business, slow):
    headers, body = event("evt_1", encode("pay", slow.id))

    assert take(business, slow.gateway_account_id, headers, body) is True

    assert [ref for _, ref in inbox(business)] == ["evt_1"]
    assert len(jobs("handle_event")) == 1


def test_a_second_delivery_changes_nothing(business, slow):
    headers, body = event("evt_1", encode("pay", slow.id))
    take(business, slow.gateway_account_id, headers, body)

    assert take(business, slow.gateway_account_id, headers, body) is False

    assert len(inbox(business)) == 1
    assert len(jobs("handle_event")) == 1


def test_a_forged_event_is_not_kept(business, slow):
    headers, body = event("evt_1", encode("pay", slow.id))

    with pytest.raises(Forged):
        take(business, slow.gateway_account_id, headers | {"webhook-signature": "no"}, body)

    assert inbox(business) == []
    assert jobs("handle_event") == []


def test_an_unknown_account_is_not_found(business, slow):
    headers, body = event("evt_1", encode("pay", slow.id))

    with pytest.raises(NotFound):
        take(business, new_id(), headers, body)


def test_handling_settles_once(business, slow):
    headers, body = event("evt_1", encode("pay", slow.id))
    take(business, slow.gateway_account_id, headers, body)
    [(event_id, _)] = inbox(business)

    handle(business, event_id, at=AT)
    before = counts(business)
    handle(business, event_id, at=AT)

    assert remarks(business) == ["succeeded"]
    assert events(business)[-2:] == ["payment.succeeded", "invoice.paid"]
    assert counts(business) == before
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_what_waits_is_acted_on_after_the_secret_was_replaced(business, slow, monkeypatch):
    headers, body = event("evt_1", encode("pay", slow.id))
    take(business, slow.gateway_account_id, headers, body)
    monkeypatch.setattr(gateways, "SIGNED", "another-secret")
    with pytest.raises(Forged):
        take(business, slow.gateway_account_id, headers, body)

    ((event_id, _),) = inbox(business)
    handle(business, event_id, at=AT)

    assert remarks(business) == ["succeeded"]


def test_a_second_event_on_the_same_outcome_is_set_aside(business, slow):
    for ref in ("evt_1", "evt_2"):
        headers, body = event(ref, encode("pay", slow.id))
        take(business, slow.gateway_account_id, headers, body)
    for event_id, _ in inbox(business):
        handle(business, event_id, at=AT)

    assert remarks(business) == ["succeeded", "known already"]
    assert events(business).count("payment.succeeded") == 1


def test_an_event_without_an_outcome_is_set_aside(business, slow):
    headers, body = event("evt_1", "", kind="payout.created")
    take(business, slow.gateway_account_id, headers, body)
    handle(business, inbox(business)[0][0], at=AT)

    assert remarks(business) == ["no outcome in it"]


def test_what_an_event_only_mentions_is_asked_for(business, slow, gateway):
    headers, body = event("evt_1", encode("pay", slow.id), kind="mention")
    take(business, slow.gateway_account_id, headers, body)
    [(event_id, _)] = inbox(business)

    gateway.unreachable = Unavailable()
    with pytest.raises(Unavailable):
        handle(business, event_id, at=AT)
    assert len(inbox(business)) == 1, "it waits for the job to come again"

    gateway.unreachable = None
    handle(business, event_id, at=AT)
    assert remarks(business) == ["succeeded"]


@pytest.mark.parametrize("result", [Result.UNKNOWN, Result.ABSENT])
def test_an_answer_that_does_not_know_changes_nothing(business, slow, gateway, result):
    reference = encode("pay", slow.id)
    gateway.known[reference] = Outcome(reference, result)
    headers, body = event("evt_1", reference, kind="mention")
    take(business, slow.gateway_account_id, headers, body)

    handle(business, inbox(business)[0][0], at=AT)

    assert remarks(business) == ["no outcome in it"]
    with reading(business):
        assert payments.attempt(business, slow.id).state == "processing"


@pytest.mark.parametrize("reference", ["ch_elsewhere", "pay_01m809fa8ze9mb2pcjm4j81pda"])
def test_an_event_that_is_not_ours_is_listed(business, slow, gateway, reference):
    gateway.known[reference] = succeeded(reference, slow.amount)
    headers, body = event("evt_1", reference)
    take(business, slow.gateway_account_id, headers, body)
    handle(business, inbox(business)[0][0], at=AT)

    assert remarks(business) == ["unplaced: no attempt of ours has this reference"]


def test_another_accounts_event_settles_nothing(business, slow):
    other = add_gateway(business, "scripted")
    headers, body = event("evt_1", encode("pay", slow.id))
    take(business, other, headers, body)
    handle(business, inbox(business)[0][0], at=AT)

    assert remarks(business) == ["unplaced: the attempt belongs to another gateway account"]
    with reading(business):
        assert payments.attempt(business, slow.id).state == "processing"


def test_a_second_charge_under_one_reference_is_set_aside_for_a_person(business, slow, gateway):
    reference = encode("pay", slow.id)
    for ref, charge in (("evt_1", None), ("evt_2", "ch_second")):
        if charge:
            gateway.known[reference] = Outcome(
                reference, Result.SUCCEEDED, charge, slow.amount, gateways.VISA
            )
        headers, body = event(ref, reference)
        take(business, slow.gateway_account_id, headers, body)
        for event_id, _ in inbox(business):
            handle(business, event_id, at=AT)
    assert remarks(business) == [
        "succeeded",
        "unplaced: ch_second is a second charge under this reference",
    ]
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_an_account_that_was_paused_and_taken_up_again_has_no_effect_twice(business, slow):
    """Its gateway may send again what came meanwhile, or what never left."""
    from counterfoil.flows.setting_up.gateway_accounts import pause
    from counterfoil.kernel.actor import SYSTEM

    account, reference = slow.gateway_account_id, encode("pay", slow.id)
    headers, body = event("evt_1", reference)
    told = []
    for is_paused in (True, False, True, False):
        pause(business, account, is_paused=is_paused, at=AT, by=SYSTEM)
        told.append(take(business, account, headers, body))
        for event_id, _ in inbox(business):
            handle(business, event_id, at=AT)

    assert told == [True, False, False, False]
    assert remarks(business) == ["succeeded"]
    with reading(business):
        assert payments.attempt(business, slow.id).state == "succeeded"


def test_another_endpoint_at_the_gateway_for_the_same_account_has_no_effect_twice(business, slow):
    """One fact under two events: two endpoints, or one that was deleted and made anew."""
    account, reference = slow.gateway_account_id, encode("pay", slow.id)
    for ref in ("evt_of_one", "evt_of_another"):
        headers, body = event(ref, reference)
        assert take(business, account, headers, body) is True
    for event_id, _ in inbox(business):
        handle(business, event_id, at=AT)

    assert sorted(remarks(business)) == ["known already", "succeeded"]
