"""What makes the demo worth looking at: mistakes mended along the way, and how it stands today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from counterfoil.demo.payers import CHALLENGED_CARD
from counterfoil.demo.story import Story
from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewInvoice
from counterfoil.domain.billing.rows import IssuedInvoice
from counterfoil.flows import issue_invoices

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the portal shows the first customer today."""

    friendly: IssuedInvoice


def foresee(story: Story, *, loses_an_answer: bool) -> None:
    """Puts the moments of two years on the agenda, each so many days before today."""
    put, ends = story.agenda.put, story.agenda.ends
    put(ends - 560 * DAY, lambda at: _credited(story, at))
    put(ends - 455 * DAY, lambda at: _taken_back(story, at))
    put(ends - 390 * DAY, lambda at: _in_two_parts(story, at))
    put(ends - 300 * DAY, lambda at: story.credit_freely(at, _second(story), Decimal(25)))
    put(ends - 240 * DAY, lambda at: _paid_too_much(story, at))
    if loses_an_answer:
        put(ends - 150 * DAY, lambda at: _lost(story, at))
    put(ends - 118 * DAY, partial(_forgotten, story, 5))
    put(ends - 76 * DAY, partial(_forgotten, story, 3))
    put(ends - 47 * DAY, lambda at: _credited(story, at))
    put(ends - 29 * DAY, lambda at: _overdue(story, at))
    put(ends - 8 * DAY, lambda at: _part_paid(story, at))


def _second(story: Story) -> str:
    return story.cast.parties[1].key


def extra(story: Story, price: str = "180.00") -> list[LineInput]:
    """One line of what the business does besides, at this price."""
    words, rate = story.cast.words.extra, story.cast.wares.full_rate
    return [LineInput(words, Decimal(1), Decimal(price), rate)]


def _credited(story: Story, at: datetime) -> None:
    """An invoice was too high: a part of its first line is given back, the rest is paid."""
    lead = story.cast.lead
    invoice = story.issue_one(at, lead.key, story.cast.wares.lines(lead, story.day(at), story.rng))
    put = story.agenda.put
    put(at + 2 * DAY, lambda later: story.credit_a_part(later, invoice, Decimal(1)))
    put(at + 6 * DAY, lambda later: _pay(story, lead.key, invoice, later))


def _pay(story: Story, key: str, invoice: IssuedInvoice, at: datetime) -> None:
    story.payers.pay(story.cast.party(key), [invoice], at=at)


def _taken_back(story: Story, at: datetime) -> None:
    """An invoice went to the wrong customer: it is voided an hour later."""
    invoice = story.issue_one(at, _second(story), extra(story))
    story.agenda.put(at + timedelta(hours=1), lambda later: story.void(later, invoice))


def _in_two_parts(story: Story, at: datetime) -> None:
    lead = story.cast.lead
    invoice = story.issue_one(at, lead.key, extra(story, "640.00"))
    put, payers = story.agenda.put, story.payers
    put(at + 9 * DAY, lambda later: payers.pay(lead, [invoice], at=later, share=40))
    put(at + 24 * DAY, lambda later: _pay(story, lead.key, invoice, later))


def _paid_too_much(story: Story, at: datetime) -> None:
    lead = story.cast.lead
    invoice = story.issue_one(at, lead.key, extra(story, "95.00"))
    put, payers = story.agenda.put, story.payers
    put(at + 4 * DAY, lambda later: payers.pay(lead, [invoice], at=later, more=2000))


def _lost(story: Story, at: datetime) -> None:
    lead = story.cast.lead
    invoice = story.issue_one(at, lead.key, extra(story, "120.00"))
    story.agenda.put(
        at + 3 * DAY,
        lambda later: story.payers.pay_with_a_lost_answer(lead, [invoice], at=later),
    )


def _forgotten(story: Story, which: int, at: datetime) -> None:
    """An invoice that a customer has left lying."""
    due = (at + 20 * DAY).date()
    story.issue_one(at, story.cast.parties[which].key, extra(story, "310.00"), due_date=due)


def _overdue(story: Story, at: datetime) -> None:
    due = (at + 20 * DAY).date()
    story.issue_one(at, story.cast.lead.key, extra(story, "145.00"), due_date=due)


def _part_paid(story: Story, at: datetime) -> None:
    lead = story.cast.lead
    due = (at + 22 * DAY).date()
    invoice = story.issue_one(at, lead.key, extra(story, "480.00"), due_date=due)
    pay = story.payers.pay
    story.agenda.put(at + 3 * DAY, lambda later: pay(lead, [invoice], at=later, share=50))


def stand(story: Story, at: datetime) -> Standing:
    """Today: an open invoice for the guest link, one being paid, one draft; `at` is just past."""
    lead = story.cast.lead
    today, words = story.day(at), story.cast.words
    friendly = story.issue_one(
        at - timedelta(minutes=50),
        lead.key,
        story.cast.wares.friendly(today),
        due_date=today + 6 * DAY,
        notes=words.friendly_notes,
    )
    held = story.issue_one(
        at - timedelta(minutes=40), lead.key, extra(story, "72.00"), due_date=today + 14 * DAY
    )
    story.payers.pay(lead, [held], at=at, card=CHALLENGED_CARD, which=1)
    draft = NewInvoice(
        story.ids[lead.key],
        lead.currency,
        [LineInput(words.draft, Decimal(2), Decimal("390.00"), story.cast.wares.full_rate)],
        terms_days=30,
        discount_percent=Decimal(5),
    )
    issue_invoices.draft(story.business_id, [draft], at=at, by=story.by)
    return Standing(friendly)
