"""A gateway that hangs: it has its turn, and holds nobody else up for longer."""

from collections import Counter
from datetime import timedelta

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.aftermath import compare_gateways, read_payouts
from counterfoil.flows.refunds import resolve_refund
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome
from factories.businesses import AT, add_gateway
from factories.gateways import ScriptedGateway, succeeded
from factories.payments import pay
from factories.refunds import refund

SOON = AT + timedelta(minutes=2)
TOMORROW = AT + timedelta(days=1)


@pytest.fixture
def hanging(monkeypatch, gateway):
    """Whatever is asked of these accounts takes twenty seconds and comes to nothing; holds which
    are asked about, one account after the other."""
    passed, asked, names = [timedelta()], [], set()
    monkeypatch.setattr(clock, "uptime", lambda: passed[0])

    def hang(account, what):
        asked.append((account.name, what))
        if account.name in names:
            passed[0] += timedelta(seconds=20)
            raise Unavailable

    real, real_refund = ScriptedGateway.look_up, ScriptedGateway.look_up_refund

    def look_up(self, account, reference, gateway_ref=""):
        hang(account, reference)
        return real(self, account, reference, gateway_ref)

    def look_up_refund(self, account, reference, charge=""):
        hang(account, reference)
        return real_refund(self, account, reference, charge)

    monkeypatch.setattr(ScriptedGateway, "look_up", look_up)
    monkeypatch.setattr(ScriptedGateway, "look_up_refund", look_up_refund)
    names.add("scripted")
    asked.clear()
    return asked


def second_account(business):
    """Another account at the same gateway, which does answer: new payments go there."""
    account_id = add_gateway(business, "scripted")
    run(
        business,
        lambda: execute(
            """UPDATE payments_gatewayaccount SET name = 'other'
               WHERE business_id = %(b)s::uuid AND id = %(id)s RETURNING id""",
            {"b": business, "id": account_id},
        ),
    )


def test_unknown_charges_of_another_account_are_looked_up_all_the_same(business, issued, hanging):
    for _ in range(5):
        pay(business, issued(), source="lost")
    second_account(business)
    last = pay(business, issued(), source="lost")

    assert resolve_uncertain.sweep(business, at=SOON) == 3

    assert Counter(name for name, _ in hanging) == {"scripted": 2, "other": 1}
    with reading(business):
        assert payments.attempt(business, last.id).state == "succeeded"


def test_unknown_refunds_too(business, issued, gateway, hanging):
    def lost(request):
        gateway.known_refunds[request.reference] = RefundOutcome(
            request.reference, request.charge, Result.SUCCEEDED, "re_1", request.amount
        )
        return RefundOutcome(request.reference, request.charge, Result.UNKNOWN)

    gateway.refund_answer = lost
    for _ in range(4):
        refund(business, pay(business, issued()))
    second_account(business)
    last = refund(business, pay(business, issued()))

    resolve_refund.sweep(business, at=SOON)

    assert Counter(name for name, _ in hanging) == {"scripted": 2, "other": 1}
    with reading(business):
        assert payments.refund(business, last.id).state == "succeeded"


def test_a_long_row_of_one_account_leaves_room_for_the_others(business, issued, hanging):
    for _ in range(3):
        pay(business, issued(), source="lost")
    second_account(business)
    last = pay(business, issued(), source="lost")
    with reading(business):
        found = payments.attempts_to_check(business, at=SOON, limit=2)
    assert len(found) == 3
    assert last.id in {attempt.id for attempt in found}


def test_a_comparison_asks_for_a_minute_and_goes_on_from_there(business, issued, gateway, hanging):
    for _ in range(9):
        pay(business, issued())
    gateway.after.listing = []
    with reading(business):
        account = payments.active_accounts(business)[0]
    compare_gateways.compare(business, account, at=TOMORROW)
    assert len(hanging) == 4


def test_a_list_without_an_end_is_left(business, issued, gateway, monkeypatch):
    passed = [timedelta()]
    monkeypatch.setattr(clock, "uptime", lambda: passed[0])
    payment = pay(business, issued())
    read = []

    def endless(self, account, *, since, until):
        while True:
            passed[0] += timedelta(seconds=20)
            read.append(since)
            yield Listed(AT, succeeded(encode("pay", payment.id), payment.amount))

    monkeypatch.setattr(ScriptedGateway, "listed", endless)
    with reading(business):
        account = payments.active_accounts(business)[0]
    with pytest.raises(Unavailable):
        compare_gateways.compare(business, account, at=TOMORROW)
    assert len(read) == 31


def test_secrets_that_cant_be_opened_stop_no_other_account(business, issued, gateway):
    """One account's secrets are lost: the other's list is compared, and its payouts are read."""
    pay(business, issued())
    second_account(business)
    run(
        business,
        lambda: execute(
            """UPDATE payments_gatewayaccount SET secrets = 'gAAAAA'
               WHERE business_id = %(b)s::uuid AND name <> 'other' RETURNING id""",
            {"b": business},
        ),
    )
    assert compare_gateways.compare_all(business, at=TOMORROW) == 0
    assert read_payouts.read_all(business, at=TOMORROW) == 0
