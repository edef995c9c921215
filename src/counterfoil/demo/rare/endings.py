"""Turns that money takes rarely, each once in each business, so that every state of it can be seen:
what was stopped, called off or sent back, plans and how they end, a wallet, a bank debit.

`NOT_SHOWN` names the states that no demo can show, and why; a test holds the two together.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from counterfoil.demo.bank_file import Booking, statement
from counterfoil.demo.cast import Party
from counterfoil.demo.doubts import ASKED, unwell
from counterfoil.demo.moments import DAY, extra
from counterfoil.demo.rare import given_back
from counterfoil.demo.story import Story
from counterfoil.domain.billing.rows import IssuedInvoice
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import AttemptRow, RefundRow
from counterfoil.domain.reconciliation import queries as reconciliation
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.aftermath import answer_chargeback
from counterfoil.flows.aftermath.place_chargeback import place_chargeback
from counterfoil.flows.aftermath.stop_payment import stop
from counterfoil.flows.arrangements import plan_payment, run_schedules
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.match_bank_lines import put_aside
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.gateways import chargebacks_of, refunds_of
from counterfoil.flows.refunds import refund_by_hand, refund_payment, resolve_refund
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.infra.db import reading
from counterfoil.infra.jobs import quietly
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money

_AT_ONCE: Final = "it lasts as long as one call to a gateway"
_ELSEWHERE: Final = "the mandates of the sandbox stand at once, on its own fields"
NOT_SHOWN: Final[Mapping[str, Mapping[str, str]]] = {
    "gateway_account": {"paused": "with it, nobody who tries the demo could pay"},
    "attempt": {"created": _AT_ONCE, "submitted": _AT_ONCE},
    "refund": {"created": _AT_ONCE, "submitted": _AT_ONCE},
    "mandate": {
        "created": _AT_ONCE,
        "unknown": _AT_ONCE,
        "pending": _ELSEWHERE,
        "expired": "no gateway here ends one by its age",
    },
    "scheduled_payment": {"charging": _AT_ONCE},
    "paid by": {
        "bank_redirect": "the demo's account is not set up for the sandbox's own pages",
        "digital_currency": "the same; or try it with a BTCPay Server",
    },
}

REFUND_BOUNCES = "4000000000005126"
DECLINED_LATER = "4000000000000341"
DISPUTED = "4000000000000259"
PAYS = "DE89370400440532013000"
NO_SUCH_ACCOUNT = "DE78370400440532013004"  # the mandate fails with it
HOUR = timedelta(hours=1)
LATE_DAYS = 6  # working days: what was paid out in the last week is on its way today


def foresee(story: Story) -> None:
    """Puts the turns on the agenda, each so many days before today."""
    put, ends = story.agenda.put, story.agenda.ends
    put(ends - 132 * DAY, lambda at: _by_wallet(story, at))
    put(ends - 126 * DAY, lambda at: _debit_stopped(story, at))
    put(ends - 103 * DAY, lambda at: _refund_bounces(story, at))
    put(ends - 88 * DAY, lambda at: _refund_fails(story, at))
    put(ends - 71 * DAY, lambda at: _mandate_fails(story, at))
    put(ends - 58 * DAY, lambda at: _refund_withdrawn(story, at))
    put(ends - 52 * DAY, lambda at: _planned(story, at, "paid"))
    put(ends - 50 * DAY, lambda at: _planned(story, at, "failed"))
    put(ends - 48 * DAY, lambda at: _planned(story, at, "ended"))
    put(ends - 46 * DAY, lambda at: _planned(story, at, "cancelled"))
    put(ends - 27 * DAY, lambda at: _no_payment(story, at))
    put(ends - 16 * DAY, lambda at: _paid_out_slowly(story, at))
    put(ends - 8 * DAY, lambda at: _payout_fails(story, at))
    put(ends - 3 * DAY, lambda at: _contested(story, at))
    put(ends - 1.4 * HOUR, lambda at: _refund_in_doubt(story, at))


def stand(story: Story, at: datetime) -> None:
    """Today: the gateway was asked about a refund a moment ago, and had no answer."""
    with unwell(story):
        for refund in story.refunds_in_doubt:
            resolve_refund.resolve(story.business_id, refund.id, at=at, quiet=True)


def _payer(story: Story) -> Party:
    """Who pays in the business's own currency, and is not the first customer."""
    own = story.cast.business.currency
    return next(one for one in story.cast.parties[1:] if one.currency == own)


def _invoice(story: Story, at: datetime, price: str, party: Party) -> IssuedInvoice:
    return story.issue_one(at, party.key, extra(story, price))


def _paid(
    story: Story, at: datetime, price: str, *, card: str = "", has_wallet: bool = False
) -> AttemptRow:
    party = _payer(story)
    invoice = _invoice(story, at, price, party)
    found = story.payers.pay(party, [invoice], at=at, card=card, has_wallet=has_wallet)
    assert found is not None  # the invoice is open
    return found


def _debited(story: Story, at: datetime, price: str, iban: str = PAYS) -> AttemptRow:
    party = story.debtor(2)
    invoice = _invoice(story, at, price, party)
    found = story.payers.debit(party, [invoice], iban, story.account(), at=at)
    assert found is not None  # both businesses debit accounts in euros
    return found


def _refund(story: Story, paid: AttemptRow, at: datetime) -> RefundRow:
    form_key = f"demo-{encode('pay', paid.id)}"
    command = RefundCommand(paid.id, form_key, None, story.cast.words.refund)
    return refund_payment.start(story.business_id, command, by=story.by, at=at, quiet=True)


def _by_wallet(story: Story, at: datetime) -> None:
    _paid(story, at, "84.00", has_wallet=True)


def _debit_stopped(story: Story, at: datetime) -> None:
    """A debit was meant for another day: it is stopped before the bank has it, and the invoice is
    paid by card instead."""
    begun = _debited(story, at, "112.00")
    with quietly():
        stop(story.business_id, begun.id, at=at + HOUR / 4, by=story.by)


def _refund_bounces(story: Story, at: datetime) -> None:
    """A refund was sent, and the card takes nothing: it comes back."""
    paid = _paid(story, at, "66.00", card=REFUND_BOUNCES)

    def give_back(later: datetime) -> None:
        refund = _refund(story, paid, later)
        story.agenda.put(later + 5 * DAY, partial(_ask_about, story, refund, paid))

    story.agenda.put(at + 2 * DAY, give_back)


def _ask_about(story: Story, refund: RefundRow, paid: AttemptRow, at: datetime) -> None:
    account = story.account()
    reference = encode("ref", refund.id)
    told = refunds_of(account.kind).look_up_refund(account.opened, reference, paid.gateway_ref)
    settle_refunds(story.business_id, [RefundTold(refund.id, told)], at=at, by=SYSTEM, quiet=True)


def _refund_fails(story: Story, at: datetime) -> None:
    """A refund of a debit is on its way when the account is closed."""
    begun = _debited(story, at, "142.00")

    def give_back(later: datetime) -> None:
        paid = resolve_uncertain.resolve(story.business_id, begun.id, at=later, quiet=True)
        refund = _refund(story, paid, later)
        story.payers.sandbox.send_refund_back(refund.gateway_ref)
        _ask_about(story, refund, paid, later)

    story.agenda.put(at + 6 * DAY, give_back)


def _mandate_fails(story: Story, at: datetime) -> None:
    """The bank knows no such account: the debit fails, and the mandate with it. Another mandate
    stands, until its payer ends it."""
    begun = _debited(story, at, "98.00", NO_SUCH_ACCOUNT)
    story.agenda.put(at + 6 * DAY, lambda later: _resolved(story, begun, later))
    given = _debited(story, at + HOUR, "77.00")

    def end(later: datetime) -> None:
        paid = _resolved(story, given, later)
        assert paid.mandate_id is not None
        person = story.payers.contact(story.debtor(2).key)
        by = Actor(ActorKind.CONTACT, str(person.id), person.name)
        with quietly():
            end_mandate(
                story.business_id, paid.mandate_id, customer_id=paid.customer_id, at=later, by=by
            )

    story.agenda.put(at + 8 * DAY, end)


def _resolved(story: Story, begun: AttemptRow, at: datetime) -> AttemptRow:
    with quietly():
        return resolve_uncertain.resolve(story.business_id, begun.id, at=at, quiet=True)


def _refund_withdrawn(story: Story, at: datetime) -> None:
    """Something was to be sent back by hand, and is kept for the next invoice instead."""
    refund = given_back.begun(story, at, "131.00", which=1)

    def withdraw(later: datetime) -> None:
        with quietly():
            refund_by_hand.withdraw(story.business_id, refund.id, at=later, by=story.by)

    story.agenda.put(at + DAY, withdraw)


def _planned(story: Story, at: datetime, ends_as: str) -> None:
    """An invoice is planned for the day after tomorrow: it is paid then, or declined, or paid
    before by somebody else, or the plan is called off."""
    party = _payer(story)
    invoice = _invoice(story, at, "53.00", party)
    card = DECLINED_LATER if ends_as == "failed" else ""
    day = story.day(at) + timedelta(days=2)
    plan_id = story.payers.plan(party, invoice, day, at=at, card=card)
    pay = partial(story.payers.pay, party, [invoice])
    if ends_as == "cancelled":
        story.agenda.put(at + HOUR, partial(_plan_cancelled, story, party, plan_id))
    if ends_as in ("cancelled", "ended"):
        story.agenda.put(at + DAY, lambda later: pay(at=later))
    else:
        story.agenda.put(at + 9 * DAY, lambda later: pay(at=later))  # what is left, by hand
    if ends_as != "cancelled":
        story.agenda.put(at + 3 * DAY, partial(_plan_run, story, plan_id))


def _plan_run(story: Story, plan_id: UUID, at: datetime) -> None:
    with quietly():
        run_schedules.charge(story.business_id, plan_id, at=at)


def _plan_cancelled(story: Story, party: Party, plan_id: UUID, at: datetime) -> None:
    person = story.payers.contact(party.key)
    by = Actor(ActorKind.CONTACT, str(person.id), person.name)
    with quietly():
        customer_id = story.ids[party.key]
        plan_payment.cancel(story.business_id, customer_id, plan_id, by=by, at=at)


def _no_payment(story: Story, at: datetime) -> None:
    """The bank pays interest: nobody's payment, so the line is put aside."""
    bank = story.cast.banks[0]
    booking = Booking(Money(314, bank.currency), bank.bank_name, story.cast.words.interest)
    plan = import_statement.preview(story.business_id, statement(bank, at, [booking]))
    import_statement.apply(story.business_id, plan, at=at, by=story.by, quiet=True)
    with reading(story.business_id):
        (line,) = reconciliation.lines(story.business_id, state="waiting", limit=1)
    note = story.cast.words.interest
    put_aside(story.business_id, line.id, note=note, at=at + HOUR / 4, by=story.by)


def _paid_out_slowly(story: Story, at: datetime) -> None:
    story.payers.sandbox.pay_out_slowly(story.cast.business.legal_name, LATE_DAYS)


def _payout_fails(story: Story, at: datetime) -> None:
    """Our bank does not take a payout: its money goes with the next one."""
    story.payers.sandbox.send_payouts_back(story.account().opened.secrets["secret_key"])


def _contested(story: Story, at: datetime) -> None:
    """A chargeback that was answered, and that the bank still thinks about."""
    paid = _paid(story, at, "107.00", card=DISPUTED)

    def answer(later: datetime) -> None:
        account = story.account()
        key = account.opened.secrets["secret_key"]
        ref = story.payers.sandbox.dispute_of(key, paid.gateway_ref)
        told = chargebacks_of(account.kind).look_up_chargeback(account.opened, ref)
        place_chargeback(story.business_id, account.id, told, at=later, by=SYSTEM, quiet=True)
        with reading(story.business_id):
            (row,) = chargebacks.chargebacks_of(story.business_id, [paid.id])
        words = story.cast.words.evidence
        with quietly():
            answer_chargeback.answer(story.business_id, row.id, words, at=later, by=story.by)

    story.agenda.put(at + 2 * HOUR, answer)


def _refund_in_doubt(story: Story, at: datetime) -> None:
    """A refund is sent while the gateway is unwell: whether money moved, it does not say."""
    paid = _paid(story, at - HOUR / 20, "61.00")
    with unwell(story):
        refund = _refund(story, paid, at)
        story.refunds_in_doubt.append(refund)
        for later in ASKED:
            resolve_refund.resolve(story.business_id, refund.id, at=at + later, quiet=True)
