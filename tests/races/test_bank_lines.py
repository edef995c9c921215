"""The same statement twice at once, a line against a card, two clerks over one line."""

import pytest

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.reconciliation import queries
from counterfoil.flows.banking import import_statement, match_bank_lines
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.bank_files import IBAN, Booking, add_account, statement
from factories.businesses import AT
from factories.gateways import succeeded
from factories.payments import pay
from ledger_text import counts, events, journal, trial_balance
from races.racing import kinds, race

BANK = f"bank:Main Bank {IBAN}"


@pytest.fixture
def bank(business):
    return add_account(business)


def test_the_same_file_twice_at_once_comes_in_once(business, bank, issued, turn):
    issued()
    content = statement(*[Booking("10.00", "INV-2026-00001", ref=f"B{n}") for n in range(5)])
    plans = [import_statement.preview(business, content) for _ in range(3)]

    results = race(
        *(
            lambda plan=plan: import_statement.apply(business, plan, at=AT, by=SYSTEM)
            for plan in plans
        )
    )

    assert kinds(results) == ["ok"] * 3
    assert sorted(one.settled for one in results) == [0, 0, 5]
    assert counts(business)["payments_attempt"] == 5
    assert trial_balance(business)[BANK] == 50


def test_a_line_and_a_card_for_one_invoice(business, bank, issued, gateway, turn):
    invoice = issued()
    attempt = pay(business, invoice, source="slow")
    plan = import_statement.preview(business, statement(Booking("100.00", "INV-2026-00001")))
    outcome = AttemptOutcome(attempt.id, succeeded(encode("pay", attempt.id), attempt.amount))

    results = race(
        lambda: import_statement.apply(business, plan, at=AT, by=SYSTEM),
        lambda: settle(business, [outcome], at=AT, by=SYSTEM),
    )

    assert kinds(results) == ["ok", "ok"]
    assert events(business).count("invoice.paid") == 1
    assert trial_balance(business) == {
        BANK: 100, "clearing:scripted": 100, "customer_credit:Alice": -100, "revenue": -100,
    }  # fmt: skip


def test_two_clerks_over_one_line(business, bank, customer, issued, turn):
    invoice = issued()
    plan = import_statement.preview(business, statement(Booking("100.00", "thanks")))
    import_statement.apply(business, plan, at=AT, by=SYSTEM)
    with reading(business):
        (line,) = queries.lines(business)

    results = race(
        *[
            lambda: match_bank_lines.assign(
                business, line.id, customer, [invoice.id], at=AT, by=SYSTEM
            )
        ]
        * 2,
        lambda: match_bank_lines.put_aside(business, line.id, note="x", at=AT, by=SYSTEM),
    )

    assert kinds(results) == ["NotWaiting", "NotWaiting", "ok"]
    assert journal(business).count("payment_received") <= 1
