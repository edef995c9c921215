"""The mail that a payment was stopped: once, to whoever counts on it, and to nobody else."""

from datetime import timedelta

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows.aftermath.stop_payment import stop
from counterfoil.flows.letters.send_stopped import send_stopped
from counterfoil.flows.settle_payment import settle
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.payments import pay
from factories.sealed import letters

SOON = AT + timedelta(minutes=20)
ALICE = Actor(ActorKind.CONTACT, "one", "Alice")


def written(business):
    return letters(business, "template", "subject", "text", where="m.template <> 'invoice_issued'")


def tell(business, attempt, result, at=SOON):
    outcome = Outcome(encode("pay", attempt.id), result)
    settle(business, [AttemptOutcome(attempt.id, outcome)], at=at, by=SYSTEM)


def test_a_debit_that_was_stopped_is_told_of_once(business, issued, gateway, pay_by_debit):
    attempt = pay_by_debit(issued())
    stop(business, attempt.id, at=SOON, by=ALICE)

    assert len(send_stopped(business, attempt.id, at=SOON)) == 1
    assert send_stopped(business, attempt.id, at=SOON) == []

    ((template, subject, text),) = written(business)
    assert (template, subject) == (
        "payment_stopped", "Your payment of €100.00 to Harrow Water was stopped"
    )  # fmt: skip
    for words in (
        "No money moves: nothing is taken for it.",
        "Still to pay: €100.00",
        "SEPA debit •••• 3000",
        "Invoice: INV-2026-00001",
    ):
        assert words in text


def test_nothing_is_still_to_pay_where_it_is_paid_by_now(business, issued, pay_by_debit):
    invoice = issued()
    attempt = pay_by_debit(invoice)
    stop(business, attempt.id, at=SOON, by=ALICE)
    pay(business, invoice)
    send_stopped(business, attempt.id, at=SOON)
    assert "Still to pay" not in written(business)[0][2]


def test_a_stop_whose_answer_was_lost_is_told_when_it_is_known(business, issued, pay_by_debit):
    attempt = pay_by_debit(issued())
    tell(business, attempt, Result.CANCELLED)
    assert len(send_stopped(business, attempt.id, at=SOON)) == 1


def test_who_leaves_the_gateways_page_is_not_told_what_they_did(business, issued, gateway):
    attempt = pay(business, issued(), source="challenge")
    tell(business, attempt, Result.CANCELLED)
    assert send_stopped(business, attempt.id, at=SOON) == []


def test_a_payment_that_goes_on_is_not_called_stopped(business, issued, gateway, pay_by_debit):
    attempt = pay_by_debit(issued())
    assert send_stopped(business, attempt.id, at=SOON) == []
