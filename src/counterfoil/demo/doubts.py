"""What nobody is sure of today: a payment whose gateway has not said what became of it, and money
that the gateway took and that no payment of ours knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from counterfoil.demo.moments import DAY, extra
from counterfoil.demo.story import Story
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.aftermath import compare_gateways

COUNTER = 4_250  # minor units, taken past us
HOUR = timedelta(hours=1)
ASKED = [timedelta(seconds=one) for one in (5, 20, 80, 380, 1_280)]  # after it was sent
_COMPARED, _SENT = 2 * HOUR, 1.5 * HOUR  # before the end: what is compared is certain afterwards


def foresee(story: Story, *, has_a_counter: bool) -> None:
    """Puts both on the agenda; somebody charges a card past us only where there is a counter."""
    put, ends = story.agenda.put, story.agenda.ends
    if has_a_counter:
        put(ends - 20 * DAY, lambda at: _at_the_counter(story, at))
        put(ends - _COMPARED, lambda at: _compared(story, at))
    put(ends - _SENT, lambda at: _answer_lost(story, at))


def stand(story: Story, at: datetime) -> None:
    """Today: the gateway was asked a moment ago, and had no answer; it is asked in an hour."""
    with unwell(story):
        for attempt in story.in_doubt:
            resolve_uncertain.resolve(story.business_id, attempt.id, at=at, quiet=True)


def _answer_lost(story: Story, at: datetime) -> None:
    """A card is charged while the gateway is unwell: whether money moved, it does not say."""
    party = story.cast.party(story.cast.sign_ins[1])
    invoice = story.issue_one(at, party.key, extra(story, "58.00"))
    with unwell(story):
        found = story.payers.pay(party, [invoice], at=at)
        assert found is not None  # the invoice is open
        story.in_doubt.append(found)
        for later in ASKED:
            resolve_uncertain.resolve(story.business_id, found.id, at=at + later, quiet=True)


def _at_the_counter(story: Story, at: datetime) -> None:
    """Somebody charges a card in the gateway's own dashboard: its payout brings money that is
    nothing of ours, and the comparison finds it."""
    key = story.account().opened.secrets["secret_key"]
    story.payers.sandbox.charge_past_us(
        key, COUNTER, story.cast.business.currency, f"counter-{at:%Y%m%d}"
    )


def _compared(story: Story, at: datetime) -> None:
    compare_gateways.compare(story.business_id, story.account(), at=at)


@contextmanager
def unwell(story: Story) -> Iterator[None]:
    """While the gateway answers with faults of its own."""
    story.payers.sandbox.fall_ill()
    try:
        yield
    finally:
        story.payers.sandbox.get_well()
