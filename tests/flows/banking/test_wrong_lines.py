"""A bank line that was taken for a refund by hand, and was another's: taken off again, nobody's
money is lost, and whoever was told wrongly is told better."""

import pytest

from counterfoil.domain.insights import stories
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows import apply_credit
from counterfoil.flows.banking import match_refunds
from counterfoil.flows.letters import deliver_messages, send_messages, send_not_sent
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.flows.refunds.refund_by_hand import NotByHand
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.bank_files import add_account
from factories.businesses import AT
from factories.refunds import by_hand, by_transfer
from flows.banking.test_refund_lines import OURS, TODAY, UNDERWAY, bring_in, left, line, state
from flows.banking.test_take_offline import hand_over
from ledger_text import counts, events, journal, trial_balance

BEFORE = {OURS: 110, "customer_credit:Alice": -10, "revenue": -100}


@pytest.fixture
def invoice(issued):
    return issued()


@pytest.fixture
def paid(business, customer, invoice):
    """110.00 for an invoice of 100.00."""
    return by_transfer(business, customer, "110.00", invoice)


def row(business, refund):
    with reading(business):
        return payments.refund(business, refund.id)


def open_of(business, invoice):
    with reading(business):
        return receivables.items(business, [invoice.id])[invoice.id].open_minor


def take(business, refund, place=0):
    """The line is taken for the refund; gives back its id."""
    found = line(business, place)
    match_refunds.match(business, found.id, refund.id, at=AT, by=SYSTEM)
    return found.id


def off(business, line_id):
    match_refunds.unmatch(business, line_id, at=AT, by=SYSTEM)


def rent(business, amount="-10.00", ref="RENT"):
    bring_in(business, left(amount, "rent", ref=ref, name="Landlord"))


def test_one_that_only_the_line_made_sent_is_to_be_sent_again(business, paid, invoice):
    refund = by_hand(business, paid, 4_000)
    rent(business, "-40.00")
    for times in (1, 2):
        wrong = take(business, refund)
        assert state(business, refund) == "succeeded"
        assert open_of(business, invoice) == 3_000
        off(business, wrong)
        found = row(business, refund)
        assert (found.state, found.finished_at, found.gateway_ref) == ("pending", None, "")
        assert found.unsent_times == times
        assert (line(business).state, line(business).problem) == ("waiting", "maybe_refund")
        assert trial_balance(business) == BEFORE
        assert open_of(business, invoice) == 0
        assert prove(business).holds
    assert events(business).count("refund.not_sent") == 2
    with reading(business):
        steps = stories.steps(business, "refund", [refund.id])
    assert [one.to_state for one in steps][-4:] == ["succeeded", "pending"] * 2


def test_its_amount_is_reserved_again(business, customer, paid):
    refund = by_hand(business, paid, 11_000)
    rent(business, "-110.00")
    off(business, take(business, refund))
    with reading(business):
        payment = receivables.payment(business, paid)
    assert (payment.refunding_minor, payment.refunded_minor) == (11_000, 0)
    with pytest.raises(Exception, match="nothing left of this payment"):
        by_hand(business, paid, 100)


def test_another_line_closes_it_and_the_first_is_free_for_another(business, paid):
    one, other = by_hand(business, paid, 1_000), by_hand(business, paid, 1_000)
    rent(business)
    wrong = take(business, one)
    off(business, wrong)

    bring_in(business, left(text=one.transfer_ref, ref="RIGHT"))
    match_refunds.match(business, wrong, other.id, at=AT, by=SYSTEM)

    assert (state(business, one), state(business, other)) == ("succeeded", "succeeded")
    assert trial_balance(business) == {OURS: 90, "receivable:Alice": 10, "revenue": -100}
    assert prove(business).holds


def test_what_staff_had_said_to_be_sent_stays_sent(business, paid):
    refund = by_hand(business, paid, 1_000)
    refund_by_hand.confirm_sent(business, refund.id, TODAY, at=AT, by=SYSTEM)
    rent(business)
    off(business, take(business, refund))
    assert (state(business, refund), row(business, refund).gateway_ref) == ("succeeded", "")
    assert trial_balance(business) == {OURS: 110, UNDERWAY: -10, "revenue": -100}
    assert "refund.not_sent" not in events(business)
    assert prove(business).holds


def test_what_a_person_wrote_of_it_stays_and_the_lines_reference_goes(business, paid):
    plain = by_hand(business, paid, 1_000)
    named = by_hand(business, paid, 2_000, method=ByHand.BANK_TRANSFER, reference="BATCH 7")
    rent(business)
    rent(business, "-20.00", ref="RENT-2")
    for refund, before in ((plain, ""), (named, "BATCH 7")):
        wrong = take(business, refund, place=1 if refund is plain else 0)
        assert row(business, refund).gateway_ref == (before or "RENT")
        off(business, wrong)
        assert row(business, refund).gateway_ref == before


@pytest.mark.parametrize("recorded_by_the_line", [True, False])
def test_one_that_nobody_wanted_sent_is_off_again(business, paid, recorded_by_the_line):
    if recorded_by_the_line:
        bring_in(business, left("-10.00", "overpaid"))
        wrong = line(business).id
        refund_id = match_refunds.record(business, wrong, paid, at=AT, by=SYSTEM)
    else:
        refund = by_hand(business, paid, 1_000)
        refund_by_hand.withdraw(business, refund.id, at=AT, by=SYSTEM)
        bring_in(business, left(text=refund.transfer_ref))
        refund_id, wrong = refund.id, take(business, refund)

    off(business, wrong)

    with reading(business):
        found = payments.refund(business, refund_id)
        payment = receivables.payment(business, paid)
    assert (found.state, found.failure_code) == ("cancelled", "withdrawn")
    assert (payment.refunding_minor, payment.refunded_minor) == (0, 0)
    assert trial_balance(business) == BEFORE
    assert prove(business).holds


def test_an_invoice_that_was_paid_meanwhile_is_not_paid_twice(business, customer, paid, invoice):
    """30.00 of it were open and came from elsewhere: the customer has them as credit, reserved."""
    refund = by_hand(business, paid, 4_000)
    rent(business, "-40.00")
    wrong = take(business, refund)
    by_transfer(business, customer, "20.00", invoice)
    off(business, wrong)

    assert open_of(business, invoice) == 0
    assert trial_balance(business) == {OURS: 130, "customer_credit:Alice": -30, "revenue": -100}
    with pytest.raises(apply_credit.NothingDue):
        apply_credit.apply_to_open(business, customer, "EUR", at=AT)
    assert prove(business).holds

    match_refunds.match(business, wrong, refund.id, at=AT, by=SYSTEM)
    assert trial_balance(business) == {OURS: 90, "receivable:Alice": 10, "revenue": -100}
    assert prove(business).holds


def test_what_came_back_is_not_stepped_back(business, paid):
    refund = by_hand(business, paid, 1_000)
    rent(business)
    wrong = take(business, refund)
    bring_in(business, left("10.00", f"RETURN {refund.transfer_ref}", ref="BACK"))
    before = counts(business)
    with pytest.raises(NotByHand):
        off(business, wrong)
    assert counts(business) == before


def mails(business, paid):
    with reading(business):
        found = notifications.messages_about(business, "payment", [paid])
    return [one for one in found if one.template.startswith("refund")]


def covered_of(invoice, minor):
    return [{"invoice": encode("inv", invoice.id), "amount": minor}]


def test_whoever_was_told_that_it_was_sent_is_told_better_once(business, paid, invoice, post):
    refund = by_hand(business, paid, 4_000)
    rent(business, "-40.00")
    for times in (1, 2):
        wrong = take(business, refund)
        assert len(send_messages.send_refund(business, refund.id, at=AT)) == 1
        off(business, wrong)
        for written in (1, 0):
            made = send_not_sent.send_refund_not_sent(
                business, refund.id, covered_of(invoice, 3_000), at=AT
            )
            assert len(made) == written
        found = mails(business, paid)
        assert [one.template for one in found] == ["refund_sent", "refund_not_sent"] * times
    assert found[-1].subject == "Correction: your refund of €40.00 was not sent yet"
    with reading(business):
        text = notifications.message(business, found[-1].id).text
    assert "No money has moved." in text
    assert f"€30.00 of invoice {invoice.number} is paid by it again." in text


def test_whoever_was_not_told_is_told_nothing(business, paid, post):
    refund = by_hand(business, paid, 1_000)
    rent(business)
    off(business, take(business, refund))
    assert send_messages.send_refund(business, refund.id, at=AT) == []
    assert send_not_sent.send_refund_not_sent(business, refund.id, [], at=AT) == []


def test_a_mail_that_still_waits_does_not_go(business, paid, post):
    refund = by_hand(business, paid, 1_000)
    rent(business)
    wrong = take(business, refund)
    (message_id,) = send_messages.send_refund(business, refund.id, at=AT)
    off(business, wrong)
    deliver_messages.deliver(business, message_id, at=AT)
    (mail,) = mails(business, paid)
    assert (mail.state, mail.problem) == ("skipped", "refund_not_sent")


def test_the_books_say_what_happened(business, paid):
    refund = by_hand(business, paid, 1_000)
    rent(business)
    off(business, take(business, refund))
    said = [one.split()[1] for one in journal(business).splitlines() if one[:1].isdigit()]
    assert said[-4:] == ["refund_sent", "refund_cleared", "refund_unmatched", "refund_unsent"]


def test_books_without_another_line_hold(business, customer, issued):
    """Cash is given back by a transfer from an account on which nothing else was ever booked."""
    add_account(business)
    refund = by_hand(business, hand_over(business, customer, issued()), 4_000)
    rent(business, "-40.00")

    off(business, take(business, refund))

    assert prove(business).holds
