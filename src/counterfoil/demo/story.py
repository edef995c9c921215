"""The history of one business: invoices go out, customers pay as is their habit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from uuid import UUID

from counterfoil.demo.agenda import Agenda
from counterfoil.demo.cast import HABITS, Cast, Party
from counterfoil.demo.payers import Payers
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewCreditNote, NewInvoice
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.billing.rows import IssuedInvoice
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.payments.rows import Account, AttemptRow, RefundRow
from counterfoil.flows import issue_invoices
from counterfoil.flows.gateways import account_for
from counterfoil.infra.db import reading
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

MONTHS = 24
DAYS_A_MONTH = 30.44
TERMS_DAYS = (20, 14, 10, 30)  # by customer, so that due dates spread
LAST_RUN_DAYS_AGO = 12
DECLINED_CARDS = ("4000000000000002", "4000000000009995", "4000000000000069", "4000000000000127")


@dataclass
class Story:
    """One business in the making, with the customers of its `cast`; `invoices` so far."""

    business_id: BusinessId
    cast: Cast
    agenda: Agenda
    payers: Payers
    by: Actor
    rng: Random
    invoices: int = 0
    ids: dict[str, UUID] = field(default_factory=dict)
    unpaid: dict[str, list[IssuedInvoice]] = field(default_factory=dict)
    in_doubt: list[AttemptRow] = field(default_factory=list)
    refunds_in_doubt: list[RefundRow] = field(default_factory=list)

    def begin(self, at: datetime) -> None:
        """Puts on the agenda whoever comes, and one invoice run a month up to twelve days ago."""
        last = self.agenda.ends - timedelta(days=LAST_RUN_DAYS_AGO)
        for month in range(MONTHS):
            day = last - timedelta(days=round((MONTHS - 1 - month) * DAYS_A_MONTH))
            when = max(day.replace(hour=5, minute=30), at + timedelta(hours=2))
            self.agenda.put(when - timedelta(hours=1), partial(self.welcome, month=month))
            self.agenda.put(when, partial(self.invoice_run, month=month))

    def account(self) -> Account:
        """The account at the gateway that takes this business's cards."""
        currency = self.cast.business.currency
        with reading(self.business_id):
            found = account_for(self.business_id, MethodKind.CARD, currency)
        assert found is not None  # a business is connected before its story begins
        return found

    def debtor(self, which: int) -> Party:
        """Whose account is debited: this customer's, or the first one's who has it in euros."""
        parties = self.cast.parties
        return next(one for one in parties[which:] + parties if one.currency == "EUR")

    def day(self, at: datetime) -> date:
        """The calendar day of the business."""
        return clock.local_date(at, self.cast.business.timezone)

    def welcome(self, at: datetime, month: int) -> None:
        """Adds the customers who come in this month."""
        new = [party for party in self.cast.parties if party.since == month]
        if not new:
            return
        found = customers.add(self.business_id, [one.customer for one in new], at=at, quiet=True)
        self.ids |= {party.key: one for party, one in zip(new, found, strict=True)}
        self.payers.meet(self.ids)

    def invoice_run(self, at: datetime, month: int) -> None:
        """Invoices everyone whose turn it is, in one batch, and foresees how they will pay."""
        turn = [p for p in self.cast.parties if p.key in self.ids and self._is_turn(p, month)]
        day = self.day(at)
        new = [
            NewInvoice(
                self.ids[party.key],
                party.currency,
                self.cast.wares.lines(party, day, self.rng),
                terms_days=TERMS_DAYS[self.cast.parties.index(party) % len(TERMS_DAYS)],
                discount_percent=party.discount,
                notes=party.notes,
            )
            for party in turn
        ]
        for party, invoice in zip(turn, self.issue(at, new), strict=True):
            self._foresee(party, invoice, at)

    def _is_turn(self, party: Party, month: int) -> bool:
        return (month - party.since) % party.every == 0

    def issue(self, at: datetime, new: Sequence[NewInvoice]) -> list[IssuedInvoice]:
        """Issues a batch without telling anyone."""
        if not new:
            return []
        terms = IssueTerms(self.day(at))
        issued = issue_invoices.draft_and_issue(
            self.business_id, new, terms, at=at, by=self.by, quiet=True
        )
        self.invoices += len(issued)
        return issued

    def issue_one(
        self, at: datetime, key: str, lines: Sequence[LineInput], **more: object
    ) -> IssuedInvoice:
        """Issues one invoice that nobody is foreseen to pay."""
        currency = self.cast.party(key).currency
        new = NewInvoice(self.ids[key], currency, lines, **more)  # type: ignore[arg-type]
        return self.issue(at, [new])[0]

    def _foresee(self, party: Party, invoice: IssuedInvoice, at: datetime) -> None:
        """Sees when the customer will pay: at once, late, or several invoices together."""
        waiting = self.unpaid.setdefault(party.key, [])
        waiting.append(invoice)
        habit = HABITS[party.habit]
        if len(waiting) < habit.gathers:
            return
        self.unpaid[party.key] = []
        spread = habit.spread_days
        lag = timedelta(
            days=max(0, habit.lag_days + self.rng.randint(-spread, spread)),
            hours=self.rng.randint(2, 14),
            minutes=self.rng.randint(0, 59),
        )
        if self.rng.random() < habit.declined:
            number = self.rng.choice(DECLINED_CARDS)
            self.agenda.put(
                at + lag - timedelta(minutes=4),
                lambda at: self.payers.pay(party, waiting, at=at, card=number),
            )
        self.agenda.put(at + lag, lambda at: self.payers.pay(party, waiting, at=at))

    def credit_a_part(self, at: datetime, invoice: IssuedInvoice, quantity: Decimal) -> None:
        """Gives back a part of the invoice's first line."""
        with reading(self.business_id):
            first = billing.lines(self.business_id, invoice.id, limit=1)[0]
        back = LineInput(first.description, quantity, first.unit_price, first.tax_rate)
        note = NewCreditNote(
            invoice.customer_id,
            invoice.currency,
            [back],
            invoice_id=invoice.id,
            line_ids=[first.id],
            reason=self.cast.words.part_credit,
        )
        self._credit(at, note)

    def credit_freely(self, at: datetime, key: str, amount: Decimal) -> None:
        """Gives a customer credit that no invoice has asked for."""
        words = self.cast.words.goodwill
        line = LineInput(words, Decimal(1), amount)
        currency = self.cast.party(key).currency
        self._credit(at, NewCreditNote(self.ids[key], currency, [line], reason=words))

    def _credit(self, at: datetime, note: NewCreditNote) -> None:
        """Somebody of the staff issues it: a credit note says who did."""
        terms = IssueTerms(self.day(at))
        act_as(self.by)
        try:
            issue_invoices.credit(self.business_id, [note], terms, at=at, quiet=True)
        finally:
            act_as(SYSTEM)

    def void(self, at: datetime, invoice: IssuedInvoice) -> None:
        """Takes an invoice back that was a mistake."""
        issue_invoices.void(self.business_id, invoice.id, at=at, by=self.by, quiet=True)
