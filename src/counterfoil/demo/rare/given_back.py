"""Transfers over more than was due, of which the business sends the rest back from its own bank:
one that its statement has shown, and one that it is still to send."""

from datetime import datetime

from counterfoil.demo.bank_file import Booking, statement
from counterfoil.demo.moments import DAY, extra
from counterfoil.demo.story import Story
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.references import creditor_reference
from counterfoil.domain.reconciliation import queries as reconciliation
from counterfoil.flows.banking import import_statement
from counterfoil.flows.refunds import refund_payment
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.money import Money

_TOO_MUCH = 2_500


def foresee(story: Story) -> None:
    """Puts both on the agenda."""
    story.agenda.put(story.agenda.ends - 95 * DAY, lambda at: _arrived(story, at))
    story.agenda.put(story.agenda.ends - 2 * DAY, lambda at: _to_be_sent(story, at))


def _arrived(story: Story, at: datetime) -> None:
    refund = begun(story, at, "152.00")
    out = Booking(-refund.amount, story.cast.lead.name, refund.transfer_ref)
    story.agenda.put(at + 2 * DAY, lambda later: _import(story, later, out))


def _to_be_sent(story: Story, at: datetime) -> None:
    begun(story, at, "176.00", which=1)


def begun(story: Story, at: datetime, price: str, which: int = 0) -> RefundRow:
    """An invoice is paid by transfer with something on top, which is to go back."""
    party = story.cast.parties[which]
    invoice = story.issue_one(at, party.key, extra(story, price))
    with reading(story.business_id):
        owed = receivables.items(story.business_id, [invoice.id])[invoice.id].open_minor
    paid = Money(owed + _TOO_MUCH, invoice.currency)
    _import(story, at, Booking(paid, party.name, creditor_reference(invoice.number)))
    with reading(story.business_id):
        (line,) = reconciliation.lines(story.business_id, state="settled", limit=1)
    assert line.attempt_id is not None
    command = RefundCommand(
        line.attempt_id, f"demo-over-{invoice.number}", _TOO_MUCH, story.cast.words.too_much
    )
    return refund_payment.start(story.business_id, command, by=story.by, at=at, quiet=True)


def _import(story: Story, at: datetime, booking: Booking) -> None:
    file = statement(story.cast.banks[0], at, [booking])
    plan = import_statement.preview(story.business_id, file)
    import_statement.apply(story.business_id, plan, at=at, by=story.by, quiet=True)
