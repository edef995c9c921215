"""A payment with a surcharge loses its money by refunds, chargebacks and a return, in any order,
and gets some of it back: each account ends at what is gone altogether, never at how it went."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import chargebacks, queries, refunds
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import FoundRefund
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import issued_invoice
from factories.payments import pay
from factories.refunds import refund
from flows.debits.scripted import told
from ledger_text import trial_balance

SURCHARGE = {"card": {"percent": "1.5", "fixed": {"EUR": 30}}}
LATER = AT + timedelta(days=5)
_KINDS = {"receivable": "customer", "customer_credit": "customer"}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["refund", "all", "there", "pending", "arrives", "comes back",
                         "contest", "lose", "win", "return"]),
        st.integers(0, 3),
        st.sampled_from([1, 150, 210, 2_000, 5_000, 6_150, 12_000, 12_100, 12_210]),
    ),
    min_size=3,
    max_size=9,
)  # fmt: skip


class Leaving:
    """One payment over 122.10: 100.00 for an invoice, 20.00 credit, 2.10 for paying this way."""

    def __init__(self, business):
        self.business = business
        self.before = trial_balance(business)
        invoice = issued_invoice(business, add_customer(business, "Bob"))
        self.payment = pay(business, invoice, amount_minor=12_000, fee_minor=210)
        self.contests = []

    def step(self, name, index, minor):
        """A refusal changes nothing, which the proofs see."""
        with suppress(Problem):
            getattr(self, name.replace(" ", "_"))(index, minor)

    def refund(self, index, minor):
        refund(self.business, self.payment, amount_minor=minor)

    def all(self, index, minor):
        refund(self.business, self.payment)

    def pending(self, index, minor):
        self.told_there(index, minor, Result.PROCESSING)

    def there(self, index, minor):
        self.told_there(index, minor, Result.SUCCEEDED)

    def told_there(self, index, minor, result):
        """A refund that was made at the gateway, without us."""
        amount = Money(minor, "EUR")
        found = FoundRefund(self.payment.id, amount, f"re_{index}_{minor}")
        refund_id = refunds.find_refund(self.business, found, at=AT, by=SYSTEM)
        self.tell(refund_id, found.gateway_ref, result, amount)

    def tell(self, refund_id, gateway_ref, result, amount):
        failure = Failure(FailureCode.INSTRUMENT_CLOSED) if result == Result.FAILED else None
        outcome = RefundOutcome(
            encode("ref", refund_id), self.payment.gateway_ref, result, gateway_ref, amount, failure
        )
        settle_refunds(self.business, [RefundTold(refund_id, outcome)], at=LATER, by=SYSTEM)

    def known(self, *states):
        with reading(self.business):
            rows = queries.refunds_of(self.business, [self.payment.id])
        return [row for row in rows if row.state in states]

    def arrives(self, index, minor):
        for row in self.known("pending")[:1]:
            self.tell(row.id, row.gateway_ref, Result.SUCCEEDED, row.amount)

    def comes_back(self, index, minor):
        for row in self.known("succeeded")[-1:]:
            self.tell(row.id, row.gateway_ref, Result.FAILED, row.amount)

    def contest(self, index, minor):
        one = contested(
            self.payment, minor, gateway_ref=f"dis_{len(self.contests)}", fee=Money(0, "EUR")
        )
        settle_chargeback(self.business, self.payment.id, one, at=LATER, by=SYSTEM)
        self.contests.append(one)

    def lose(self, index, minor):
        self.decide(index, ChargebackStage.LOST)

    def win(self, index, minor):
        self.decide(index, ChargebackStage.WON)

    def decide(self, index, stage):
        for one in self.contests[index : index + 1]:
            settle_chargeback(
                self.business, self.payment.id, staged(one, stage), at=LATER, by=SYSTEM
            )

    def return_(self, index, minor):
        outcome = told(encode("pay", self.payment.id), Result.RETURNED, self.payment.amount, "AC04")
        settle(self.business, [AttemptOutcome(self.payment.id, outcome)], at=LATER, by=SYSTEM)

    def moved(self):
        """What the story has moved in each account, in cents."""
        now = trial_balance(self.business)
        names = {*now, *self.before}
        parts = {name: int(100 * (now.get(name, 0) - self.before.get(name, 0))) for name in names}
        kinds = {}
        for name, amount in parts.items():
            kind = _KINDS.get(name.split(":", maxsplit=1)[0], name.split(":", maxsplit=1)[0])
            kinds[kind] = kinds.get(kind, 0) + amount
        return {kind: amount for kind, amount in kinds.items() if amount}

    def owed(self):
        """What the accounts must say: a matter of what is gone altogether, and of nothing else."""
        with reading(self.business):
            attempt = queries.attempt(self.business, self.payment.id)
            contests = chargebacks.chargebacks_of(self.business, [attempt.id])
        whole, surcharge = attempt.amount_minor, attempt.surcharge_minor
        gone = sum(row.amount_minor for row in self.known("succeeded"))
        gone += sum(row.amount_minor for row in contests if row.state == "lost")
        gone += whole if attempt.state == "returned" else 0
        contested = sum(row.amount_minor for row in contests if row.state == "open")
        brought = min(whole - surcharge, gone)
        return {
            "clearing": whole - gone - contested,
            "in_dispute": contested,
            "surcharges": min(surcharge, max(0, gone - whole + surcharge)) - surcharge,
            "chargeback_losses": max(0, gone - whole),
            "customer": 10_000 - whole + surcharge + brought,
            "revenue": -10_000,
        }


@pytest.mark.usefixtures("gateway")
@given(steps=STEPS)
@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_books_say_what_is_gone_whatever_the_order(business, steps):
    businesses.change(business, {"surcharges": SURCHARGE})
    story = Leaving(business)
    for name, index, minor in steps:
        story.step("return_" if name == "return" else name, index, minor)
        assert story.moved() == {kind: minor for kind, minor in story.owed().items() if minor}
        assert [one for one in prove(business).findings if not one.holds] == []
