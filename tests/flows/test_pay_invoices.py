"""Paying: recorded, committed, asked, settled; and every refusal leaves nothing behind."""

from datetime import timedelta

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import queries
from counterfoil.flows.addresses import return_url
from counterfoil.flows.pay_invoices import NoGateway, start
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import InvalidInput, NotFound, Unavailable
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from factories.businesses import AT, found
from factories.customers import add_customer
from factories.invoices import issued_invoice, line
from factories.payments import command, pay
from ledger_text import counts, events, journal, trial_balance


def open_claims(business, *invoices):
    with reading(business):
        return queries.open_claims(business, [one.id for one in invoices])


def test_pay_in_full_books_the_money_and_frees_the_claim(business, issued, gateway):
    invoice = issued(line("100", tax="20"))

    attempt = pay(business, invoice)

    assert (attempt.state, attempt.amount_minor, attempt.instrument_last4) == (
        "succeeded", 12_000, "4242"
    )  # fmt: skip
    assert open_claims(business, invoice) == {}
    assert events(business) == [
        "customer.created", "invoice.issued", "payment.succeeded", "invoice.paid"
    ]  # fmt: skip
    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
                                             receivable:Alice      tax                     20.00 EUR
2026-03-01 payment_received   PAY            clearing:scripted     receivable:Alice       120.00 EUR
"""
    )


def test_the_gateway_is_asked_once_with_our_own_reference(business, customer, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice)

    reference = encode("pay", attempt.id)
    assert gateway.charges == [
        ChargeRequest(
            reference=reference,
            amount=Money(10_000, "EUR"),
            source="ok",
            customer=encode("cus", customer),
            description=invoice.number,
            return_url=return_url(business, "https://harrow.example", attempt.id, at=AT),
        )
    ]


def test_several_invoices_with_one_payment(business, issued, gateway):
    first, second = issued(line("40")), issued(line("60"))

    pay(business, first, second)

    [asked] = gateway.charges
    assert asked.description == f"{first.number}, {second.number}"
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert [kind for kind in events(business) if kind == "invoice.paid"] == ["invoice.paid"] * 2


def test_part_of_an_invoice_leaves_the_rest_open(business, customer, issued, gateway):
    invoice = issued()

    pay(business, invoice, parts=((invoice.id, 2_500),))

    assert trial_balance(business) == {
        "clearing:scripted": 25, "receivable:Alice": 75, "revenue": -100
    }  # fmt: skip


def test_more_than_the_parts_becomes_credit(business, issued, gateway):
    invoice = issued()

    pay(business, invoice, amount_minor=15_000)

    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
2026-03-01 payment_received   PAY            clearing:scripted     receivable:Alice       100.00 EUR
                                             clearing:scripted     customer_credit:Alice   50.00 EUR
"""
    )


def test_declined_frees_the_claim_and_books_nothing(business, issued, gateway):
    invoice = issued()

    attempt = pay(business, invoice, source="declined")

    assert (attempt.state, attempt.failure_code) == ("failed", "card_declined")
    assert open_claims(business, invoice) == {}
    assert events(business)[-1] == "payment.failed"
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}


def test_declined_can_be_tried_again(business, issued, gateway):
    invoice = issued()
    pay(business, invoice, source="declined")

    assert pay(business, invoice).state == "succeeded"


@pytest.mark.parametrize(
    ("source", "state"),
    [("challenge", "action_required"), ("slow", "processing"), ("lost", "unknown")],
)
def test_without_an_outcome_the_claim_stays(business, issued, gateway, source, state):
    invoice = issued()

    attempt = pay(business, invoice, source=source)

    assert attempt.state == state
    assert open_claims(business, invoice)[invoice.id].attempt_id == attempt.id
    assert attempt.next_check_at is not None
    before = counts(business)
    with pytest.raises(receivables.BeingPaid):
        pay(business, invoice)
    assert counts(business) == before


def test_unreachable_gateway_starts_nothing(business, issued, gateway):
    gateway.unreachable = Unavailable()
    invoice = issued()

    attempt = pay(business, invoice)

    assert (attempt.state, attempt.failure_code) == ("cancelled", "not_sent")
    assert open_claims(business, invoice) == {}


def test_a_process_that_stood_still_before_the_call_sends_nothing(
    business, issued, gateway, monkeypatch
):
    """By then the look-up may have taken the absence for proof, and the invoice may be free."""
    times = iter((timedelta(), timedelta(seconds=25)))
    monkeypatch.setattr(clock, "uptime", lambda: next(times))
    invoice = issued()

    attempt = pay(business, invoice)

    assert (attempt.state, attempt.failure_code, gateway.charges) == ("cancelled", "not_sent", [])
    assert open_claims(business, invoice) == {}


def test_another_amount_is_not_believed(business, issued, gateway):
    invoice = issued()

    attempt = pay(business, invoice, source="more")

    assert (attempt.state, attempt.failure_code) == ("unknown", "amount_mismatch")
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert list(open_claims(business, invoice)) == [invoice.id]


def test_the_same_form_gives_the_same_attempt(business, customer, issued, gateway):
    asked = command(customer, issued())

    first = start(business, asked, by=SYSTEM, at=AT)
    second = start(business, asked, by=SYSTEM, at=AT)

    assert second == first
    assert len(gateway.charges) == 1


def test_a_form_of_another_customer_is_not_shown(
    business, customer, other_customer, issued, gateway
):
    asked = command(customer, issued())
    start(business, asked, by=SYSTEM, at=AT)
    before = counts(business)

    with pytest.raises(NotFound):
        start(
            business,
            command(other_customer, form_key=asked.form_key, amount_minor=100),
            by=SYSTEM,
            at=AT,
        )

    assert counts(business) == before


def refused(business, problem, asked):
    before = counts(business)
    with pytest.raises(problem) as caught:
        start(business, asked, by=SYSTEM, at=AT)
    assert counts(business) == before
    return caught.value


def codes(problem):
    return [one.code for one in problem.problems]


def test_paid_already_is_refused(business, customer, issued, gateway):
    invoice = issued()
    pay(business, invoice)

    refused(business, receivables.NothingDue, command(customer, invoice))


def test_more_than_due_is_refused(business, customer, issued, gateway):
    invoice = issued()

    asked = command(customer, invoice, parts=((invoice.id, 10_001),))

    refused(business, receivables.MoreThanDue, asked)


def test_no_amount_is_refused(business, customer, issued, gateway):
    invoice = issued()
    for asked in (
        command(customer, invoice, parts=((invoice.id, 0),)),
        command(customer, invoice, parts=((invoice.id, -1),)),
        command(customer),
        command(customer, amount_minor=-5),
    ):
        assert codes(refused(business, InvalidInput, asked)) == ["not_positive"]


def test_parts_over_the_amount_are_refused(business, customer, issued, gateway):
    asked = command(customer, issued(), amount_minor=9_999)

    assert codes(refused(business, InvalidInput, asked)) == ["parts_exceed_amount"]


def test_an_invoice_named_twice_is_refused(business, customer, issued, gateway):
    invoice = issued()
    asked = command(customer, invoice, parts=((invoice.id, 100), (invoice.id, 100)))

    assert codes(refused(business, InvalidInput, asked)) == ["named_twice"]


def test_another_currency_is_refused(business, customer, issued, gateway):
    asked = command(customer, issued(), currency="USD")

    assert codes(refused(business, InvalidInput, asked)) == ["currency_mismatch"]


def test_another_customers_invoice_is_not_found(business, other_customer, issued, gateway):
    refused(business, NotFound, command(other_customer, issued()))


def test_another_businesss_invoice_is_not_found(business, customer, other_business, gateway):
    stranger = add_customer(other_business, "Carol")
    invoice = issued_invoice(other_business, stranger)

    refused(business, NotFound, command(customer, invoice))


def test_an_unknown_customer_is_refused(business, gateway):
    refused(business, NotFound, command(new_id(), amount_minor=100))


def test_without_a_gateway_nothing_starts(database):
    business = found("plain", gateway=None)
    customer = add_customer(business)
    invoice = issued_invoice(business, customer)

    refused(business, NoGateway, command(customer, invoice))


def test_the_newest_active_account_is_charged(business, issued, gateway):
    attempt = pay(business, issued())
    with reading(business):
        assert payments.account(business, attempt.gateway_account_id).kind == "scripted"
