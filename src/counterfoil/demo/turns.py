"""Every turn that money takes after it was paid, and every other road it comes by, once in each
business: refunds, transfers, cheques, debits that come back, chargebacks, payouts."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from counterfoil.demo.bank_file import Booking, statement
from counterfoil.demo.moments import DAY, extra
from counterfoil.demo.rare import given_back
from counterfoil.demo.story import Story
from counterfoil.domain.billing.rows import IssuedInvoice
from counterfoil.domain.business import operations as business_operations
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.business.surcharges import checked, quote
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.references import creditor_reference
from counterfoil.domain.reconciliation import payouts
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.aftermath import read_payouts
from counterfoil.flows.aftermath.place_chargeback import place_chargeback
from counterfoil.flows.aftermath.write_off import write_off
from counterfoil.flows.banking import import_statement, take_offline
from counterfoil.flows.banking.take_offline import OfflinePayment
from counterfoil.flows.gateways import chargebacks_of, charges_of
from counterfoil.flows.refunds import refund_payment
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money

CONTESTED_CARD = "4000000000000259"
PAYS = "DE89370400440532013000"
PAYS_TOO = "FR7630006000011234567890189"
COMES_BACK = "DE62370400440532013001"
PAYOUTS_READ_EVERY = 44 * DAY
HOUR = timedelta(hours=1)
TOLD_AFTER = 2 * HOUR  # an event of the gateway's, in a history that hears none


def foresee(story: Story) -> None:
    """Puts the turns on the agenda, each so many days before today."""
    put, ends = story.agenda.put, story.agenda.ends
    put(ends - 420 * DAY, lambda at: _refunded_in_part(story, at))
    put(ends - 345 * DAY, lambda at: _called_off(story, at))
    put(ends - 275 * DAY, lambda at: _by_cheque(story, at))
    put(ends - 205 * DAY, lambda at: _by_transfer(story, at))
    put(ends - 180 * DAY, lambda at: _contested(story, at, "winning_evidence"))
    put(ends - 110 * DAY, lambda at: _contested(story, at, "losing_evidence"))
    put(ends - 4 * DAY, lambda at: _contested(story, at, ""))
    put(ends - 84 * DAY, lambda at: _debited(story, at, PAYS))
    put(ends - 64 * DAY, lambda at: _debited(story, at, PAYS, comes_back_late=True))
    put(ends - 33 * DAY, lambda at: _debited(story, at, COMES_BACK))
    put(ends - 12 * DAY, lambda at: _debited(story, at, PAYS_TOO, which=0, is_given_back=True))
    given_back.foresee(story)
    put(ends - 140 * DAY, lambda at: _given_up(story, at))
    put(ends - 160 * DAY, lambda at: _surcharged(story, at))
    read_at = ends - 700 * DAY
    while read_at < ends:
        put(read_at, lambda at: _payouts(story, at))
        read_at += PAYOUTS_READ_EVERY
    put(ends - 3 * HOUR, lambda at: _payouts(story, at, leaves_out=1))


def _invoice(story: Story, at: datetime, price: str, which: int = 0) -> IssuedInvoice:
    return story.issue_one(at, story.cast.parties[which].key, extra(story, price))


def _refunded_in_part(story: Story, at: datetime) -> None:
    """A part of the work was not done: so much goes back to the card, and is credited."""
    invoice = _invoice(story, at, "260.00")

    def pay(later: datetime) -> None:
        paid = story.payers.pay(story.cast.lead, [invoice], at=later)
        if paid is not None:
            minor = paid.amount_minor // 10
            story.agenda.put(later + 5 * DAY, partial(_refund, story, paid, minor))
            story.agenda.put(
                later + 6 * DAY, lambda then: story.credit_a_part(then, invoice, Decimal("0.1"))
            )

    story.agenda.put(at + 6 * DAY, pay)


def _called_off(story: Story, at: datetime) -> None:
    """The visit is called off after it was paid: all of it goes back, and the invoice is
    credited."""
    invoice = _invoice(story, at, "90.00")

    def pay(later: datetime) -> None:
        paid = story.payers.pay(story.cast.lead, [invoice], at=later)
        if paid is not None:
            story.agenda.put(later + 2 * DAY, partial(_refund, story, paid, None))
            story.agenda.put(
                later + 3 * DAY, lambda then: story.credit_a_part(then, invoice, Decimal(1))
            )

    story.agenda.put(at + 4 * DAY, pay)


def _refund(story: Story, paid: AttemptRow, minor: int | None, at: datetime) -> None:
    command = RefundCommand(
        paid.id, f"demo-{encode('pay', paid.id)}", minor, story.cast.words.refund
    )
    refund_payment.start(story.business_id, command, by=story.by, at=at, quiet=True)


def _surcharged(story: Story, at: datetime) -> None:
    """For a day cards cost a little on top; what was paid so is called off, and all goes back."""
    invoice = _invoice(story, at, "220.00")

    def pay(later: datetime) -> None:
        business = story.business_id
        nothing = Money(0, invoice.currency)
        costs = {"card": checked("card", Decimal("1.5"), nothing, None)}
        business_operations.change(business, {"surcharges": costs})
        fee = quote(costs, "card", Money(_open(story, invoice), invoice.currency))
        paid = story.payers.pay(story.cast.lead, [invoice], at=later, fee=fee.minor)
        business_operations.change(business, {"surcharges": {}})
        if paid is not None:
            story.agenda.put(later + 3 * DAY, partial(_refund, story, paid, None))
            story.agenda.put(
                later + 4 * DAY, lambda then: story.credit_a_part(then, invoice, Decimal(1))
            )

    story.agenda.put(at + 5 * DAY, pay)


def _by_cheque(story: Story, at: datetime) -> None:
    invoice = _invoice(story, at, "310.00")

    def take(later: datetime) -> None:
        taken = OfflinePayment(
            customer_id=invoice.customer_id,
            method="cheque",
            amount=Money(_open(story, invoice), invoice.currency),
            on=story.day(later),
            invoice_ids=(invoice.id,),
            form_key=f"demo-cheque-{invoice.number}",
            reference="0048817",
        )
        today = story.day(later)
        take_offline.take(story.business_id, taken, today=today, at=later, by=story.by, quiet=True)

    story.agenda.put(at + 12 * DAY, take)


def _by_transfer(story: Story, at: datetime) -> None:
    """The reference was typed as it stands on the invoice: the money finds it by itself."""
    invoice = _invoice(story, at, "420.00")

    def arrive(later: datetime) -> None:
        amount = Money(_open(story, invoice), invoice.currency)
        words = creditor_reference(invoice.number)
        _import(story, later, [Booking(amount, story.cast.lead.name, words)])

    story.agenda.put(at + 10 * DAY, arrive)


def _given_up(story: Story, at: datetime) -> None:
    """A customer has closed down: nobody expects the money any more."""
    invoice = _invoice(story, at, "64.00", which=4)
    write_off(story.business_id, invoice.id, story.cast.words.gone, at=at, by=story.by)


def stand(story: Story, at: datetime) -> None:
    """Today: a transfer that says nothing of what it pays waits for staff, a debit for its bank,
    and a card that was saved for the day that its owner chose."""
    currency = story.cast.banks[0].currency
    booking = Booking(Money(18_450, currency), story.cast.parties[2].name, story.cast.words.thanks)
    _import(story, at, [booking])
    debtor = story.debtor(0)
    invoice = story.issue_one(at, debtor.key, extra(story, "134.00"))
    story.payers.debit(debtor, [invoice], PAYS, story.account(), at=at)
    planned = _invoice(story, at, "96.00")
    story.payers.plan(story.cast.lead, planned, story.day(at) + 9 * DAY, at=at)


def _import(
    story: Story, at: datetime, bookings: list[Booking], bank: NewBankAccount | None = None
) -> None:
    file = statement(bank or story.cast.banks[0], at, bookings)
    plan = import_statement.preview(story.business_id, file)
    import_statement.apply(story.business_id, plan, at=at, by=story.by, quiet=True)


def _contested(story: Story, at: datetime, evidence: str) -> None:
    """The card's holder does not know the payment any more. With evidence it is decided; without,
    it waits for an answer."""
    party = story.cast.parties[1]
    invoice = _invoice(story, at, "150.00", which=1)
    paid = story.payers.pay(party, [invoice], at=at, card=CONTESTED_CARD)
    if paid is None:
        return

    def opened(later: datetime) -> None:
        ref = _told(story, paid, later)
        if ref and evidence:
            key = story.account().opened.secrets["secret_key"]
            story.agenda.put(later + 2 * DAY, partial(answered, key, ref))

    def answered(key: str, ref: str, later: datetime) -> None:
        story.payers.sandbox.answer_dispute(key, ref, evidence)
        story.agenda.put(later + TOLD_AFTER, lambda then: _told(story, paid, then) and None)

    story.agenda.put(at + TOLD_AFTER, opened)


def _told(story: Story, paid: AttemptRow, at: datetime) -> str:
    """What the gateway says of the chargeback of a payment is placed; returns its name there."""
    account = story.account()
    ref = story.payers.sandbox.dispute_of(account.opened.secrets["secret_key"], paid.gateway_ref)
    if ref:
        told = chargebacks_of(account.kind).look_up_chargeback(account.opened, ref)
        place_chargeback(story.business_id, account.id, told, at=at, by=SYSTEM, quiet=True)
    return ref


def _debited(
    story: Story,
    at: datetime,
    iban: str,
    *,
    which: int = 3,
    comes_back_late: bool = False,
    is_given_back: bool = False,
) -> None:
    """An invoice is debited; the bank pays days later, or sends the debit back. What is given back
    today is on its way for days: a bank takes its time."""
    party = story.debtor(which)
    invoice = story.issue_one(at, party.key, extra(story, "175.00"))
    begun = story.payers.debit(party, [invoice], iban, story.account(), at=at)
    if begun is None:
        return

    def ask(later: datetime) -> None:
        found = resolve_uncertain.resolve(story.business_id, begun.id, at=later, quiet=True)
        if is_given_back and found.state == "succeeded":
            story.agenda.put(story.agenda.ends - HOUR, partial(_refund, story, found, 4_000))
        if comes_back_late and found.state == "succeeded":
            story.payers.sandbox.send_back(found.gateway_ref, "AM04")
            _ask_again(story, found.id, later)

    story.agenda.put(at + 6 * DAY, ask)


def _ask_again(story: Story, attempt_id: UUID, at: datetime) -> None:
    """A paid debit is looked up once more: the bank has sent it back."""
    account = story.account()
    with reading(story.business_id):
        attempt = payments.attempt(story.business_id, attempt_id)
    outcome = charges_of(account.kind).look_up(
        account.opened, encode("pay", attempt.id), attempt.gateway_ref
    )
    told = [AttemptOutcome(attempt_id, outcome)]
    settle(story.business_id, told, at=at, by=SYSTEM, quiet=True)


def _payouts(story: Story, at: datetime, leaves_out: int = 0) -> None:
    """The gateway's settlements are read, and the bank's statement shows those that arrived, but
    for the newest that it leaves out; others are on their way."""
    read_payouts.read_account(story.business_id, story.account(), at=at)
    with reading(story.business_id):
        rows = [
            payouts.payout(story.business_id, one.id)
            for one in payouts.open_payouts(story.business_id)
        ]
    arrived = sorted(
        (one for one in rows if one.arrival_date and one.arrival_date <= story.day(at)),
        key=lambda one: one.made_at,
    )
    arrived = arrived[: len(arrived) - leaves_out]
    for bank in story.cast.banks:
        bookings = [
            Booking(one.amount, "Sandbox", one.descriptor, one.arrival_date)
            for one in arrived
            if one.currency == bank.currency
        ]
        if bookings:
            _import(story, at, bookings, bank)


def _open(story: Story, invoice: IssuedInvoice) -> int:
    with reading(story.business_id):
        items = receivables.items(story.business_id, [invoice.id])
    return items[invoice.id].open_minor
