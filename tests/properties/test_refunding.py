"""Any sequence of payments, credits, refunds of either side and their endings keeps every proof.

After each step what `verify` proves holds, and what was given back is within what was paid.
"""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import refunds
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import FoundRefund
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.reconciliation.queries import lines
from counterfoil.flows.banking import import_statement, match_refunds
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.flows.refunds.resolve_refund import resolve
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.refunds.unapply_payment import unapply
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import decode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundRequest
from factories.bank_files import Booking, statement
from factories.businesses import AT
from factories.gateways import ScriptedGateway, refund_failed, refunded
from factories.refunds import by_hand, by_transfer, refund
from properties.test_allocations import Story

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["issue", "pay", "pay more", "slow", "bring", "credit", "free", "refund",
                         "refund", "give all back", "lose a refund", "made there", "come back",
                         "take off", "transfer", "hand back", "hand back", "say", "show", "show",
                         "match", "unmatch"]),
        st.integers(0, 5),
        st.sampled_from([1, 37, 50, 99, 100, 101, 250]),
    ),
    min_size=5,
    max_size=14,
)  # fmt: skip


class Returns(Story):
    """A story in which money also goes back, by its gateway or by the business itself."""

    def __init__(self, business, customer):
        super().__init__(business, customer)
        self.transfers, self.given, self.shown = [], [], 0

    def _one(self, index):
        return self.attempts[index % len(self.attempts)] if self.attempts else None

    def refund(self, index, share):
        if one := self._one(index):
            refund(self.business, one, max(1, one.amount_minor * min(share, 100) // 250))

    def give_all_back(self, index, share):
        if one := self._one(index):
            refund(self.business, one)

    def lose_a_refund(self, index, share):
        """Its answer is lost; it happened (an odd index) or not; it is asked about soon or late."""
        if not (one := self._one(index)):
            return
        script = ScriptedGateway.script

        def lost(request):
            if index % 2:
                script.known_refunds[request.reference] = refunded(request)
            return refunded(request, result=Result.UNKNOWN, amount=None)

        script.refund_answer = lost
        try:
            found = refund(self.business, one, share)
        finally:
            script.refund_answer = None
        resolve(self.business, found.id, at=AT + timedelta(minutes=2 if share > 50 else 0))

    def made_there(self, index, share):
        if one := self._one(index):
            found = FoundRefund(one.id, Money(share * 7, one.currency), f"re_{share}_{index}")
            refund_id = refunds.find_refund(self.business, found, at=AT, by=SYSTEM)
            asked = RefundRequest("", one.gateway_ref, found.amount)
            told = RefundTold(refund_id, refunded(asked, gateway_ref=found.gateway_ref))
            settle_refunds(self.business, [told], at=AT, by=SYSTEM)

    def come_back(self, index, share):
        if script := ScriptedGateway.script.refunds:
            asked = script[index % len(script)]
            told = RefundTold(decode("ref", asked.reference), refund_failed(asked))
            settle_refunds(self.business, [told], at=AT, by=SYSTEM)

    def transfer(self, index, share):
        """More than is due, or less, comes to our bank."""
        wanted = self.invoices[-1 - index % 2 :][:1]
        self.transfers.append(by_transfer(self.business, self.customer, f"{share}.00", *wanted))

    def hand_back(self, index, share):
        """A part or all goes back, by a transfer that is yet to be sent, or has gone somehow."""
        if not self.transfers:
            return
        paid = self.transfers[index % len(self.transfers)]
        how = (None, *ByHand)[index % 4]
        more = {"method": how, "on": AT.date()} if how else {}
        minor = None if share > 100 else share * 50
        self.given.append(by_hand(self.business, paid, minor, **more))

    def say(self, index, share):
        if not self.given:
            return
        refund_id = self.given[index % len(self.given)].id
        if share > 100:
            refund_by_hand.withdraw(self.business, refund_id, at=AT, by=SYSTEM)
        elif share > 50:
            match_refunds.take_back(self.business, refund_id, at=AT, by=SYSTEM)
        else:
            day = AT.date()
            refund_by_hand.confirm_sent(self.business, refund_id, day, at=AT, by=SYSTEM)

    def show(self, index, share):
        """Our bank shows one, by its reference or not, leaving or coming back."""
        if not self.given:
            return
        one = self.given[index % len(self.given)]
        amount = one.amount if share == 37 else -one.amount
        words = one.transfer_ref if share != 99 else "no words"
        self.shown += 1
        ref = f"S{id(self)}-{self.shown}"
        file = statement(Booking(str(amount.decimal), words, ref=ref, on=AT.date()))
        plan = import_statement.preview(self.business, file)
        import_statement.apply(self.business, plan, at=AT, by=SYSTEM)

    def _line(self, index, state):
        with reading(self.business):
            found = lines(self.business, state=state)
        return found[index % len(found)].id if found else None

    def match(self, index, share):
        line_id = self._line(index, "waiting" if share > 50 else "aside")
        if self.given and line_id:
            refund_id = self.given[share % len(self.given)].id
            match_refunds.match(self.business, line_id, refund_id, at=AT, by=SYSTEM)

    def unmatch(self, index, share):
        if line_id := self._line(index, "settled"):
            match_refunds.unmatch(self.business, line_id, at=AT, by=SYSTEM)

    def take_off(self, index, share):
        if one := self._one(index):
            invoice = self.invoices[index % len(self.invoices)]
            unapply(self.business, one.id, invoice.id, at=AT, by=SYSTEM)


@given(steps=STEPS)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_story_with_refunds_keeps_every_proof(business, customer, gateway, steps):
    """One business for all stories: each begins where the last one left the books."""
    story = Returns(business, customer)
    story.issue(1, 100)
    for step in [("pay more", 0, 100), *steps]:
        story.step(*step)
        broken = [one for one in prove(business).findings if not one.holds]
        assert broken == []
