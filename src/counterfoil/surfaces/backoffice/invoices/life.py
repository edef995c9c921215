"""The life of an invoice as one timeline: its states, mails, payments and credit notes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.billing.rows import CreditNoteHead
from counterfoil.domain.notifications.rows import MessageRow
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import is_known_by_day
from counterfoil.surfaces.backoffice.invoices.facts import Facts
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.backoffice.payments.chargebacks.words import chargeback_step_words
from counterfoil.surfaces.backoffice.payments.failures import told_failure
from counterfoil.surfaces.backoffice.rows import method_words
from counterfoil.surfaces.backoffice.words import (
    actor_words,
    attempt_step_words,
    invoice_step_words,
    mail_words,
    skip_words,
)
from counterfoil.surfaces.ui.formatting import money


def happenings(facts: Facts, people: Mapping[str, str]) -> tuple[Happening, ...]:
    """Everything that happened to an invoice, newest first."""
    found = [
        Happening(
            step.at,
            invoice_step_words(step.to_state),
            actor_words(step.actor, people),
            step.reason,
            tone="good" if step.to_state == "issued" else "neutral",
        )
        for step in facts.steps
    ]
    for payment in facts.payments:
        found += list(_payment(payment))
    found += [_mail(mail) for mail in facts.mails]
    found += [_credit(note, people) for note in facts.notes]
    order = sorted(enumerate(found), key=lambda one: (one[1].at, one[0]), reverse=True)
    return tuple(one for _index, one in order)


def _payment(row: PaymentRow) -> Iterator[Happening]:
    amount = money(Money(row.amount_minor, row.currency))
    link = Link(amount, reverse("backoffice_payment", args=[row.id]))
    paid_with = method_words(row.instrument_kind, row.instrument_brand, row.instrument_last4)
    is_by_day = is_known_by_day(row.instrument_kind)
    begun = _("Payment recorded") if is_by_day else _("Payment begun")
    yield Happening(row.created_at, begun, row.payer, link=link)
    if row.state == "succeeded" and row.finished_at:
        yield Happening(
            row.finished_at, _("Money received"), "", paid_with, link, "good", not is_by_day
        )
    elif row.state == "failed" and row.finished_at:
        yield _declined(row, row.finished_at, _("Payment declined"), link)
    elif row.state == "cancelled" and row.finished_at:
        words = (
            _("Payment proven never to have been sent")
            if row.failure_code == "not_sent"
            else _("Payment stopped")
        )
        yield Happening(row.finished_at, words, link=link)
    elif row.state == "returned" and row.finished_at:
        yield _declined(row, row.finished_at, attempt_step_words(row.state), link)
    for one in row.chargebacks:
        yield from _chargeback(one)


def _declined(row: PaymentRow, at: datetime, words: str, link: Link) -> Happening:
    said = (row.bank_code, row.failure_detail)
    why, detail = told_failure(row.failure_code, row.instrument_kind, *said)
    return Happening(at, words, "", why, link, "bad", detail=detail)


def _chargeback(one: Mapping[str, Any]) -> Iterator[Happening]:
    """What the payer's bank took, and how it was decided."""
    words = money(Money(one["amount"], one["currency"]))
    link = Link(words, reverse("backoffice_chargeback", args=[UUID(one["id"])]))
    opened_at = datetime.fromisoformat(one["opened_at"])
    yield Happening(opened_at, chargeback_step_words("open"), link=link, tone="warn")
    if one["decided_at"]:
        tone = "good" if one["state"] == "won" else "bad"
        decided_at = datetime.fromisoformat(one["decided_at"])
        yield Happening(decided_at, chargeback_step_words(one["state"]), link=link, tone=tone)


def _mail(row: MessageRow) -> Happening:
    words = {"to": row.recipient, "what": mail_words(row.template)}
    if row.state == "sent" and row.sent_at:
        return Happening(row.sent_at, _("%(what)s mailed to %(to)s") % words)
    if row.state == "failed":
        what = _("%(what)s could not be mailed to %(to)s") % words
        return Happening(row.created_at, what, note=row.problem, tone="bad")
    if row.state == "skipped":
        what = _("%(what)s was not mailed to %(to)s") % words
        return Happening(row.created_at, what, note=skip_words(row.problem))
    return Happening(row.created_at, _("%(what)s waits to be mailed to %(to)s") % words)


def _credit(note: CreditNoteHead, people: Mapping[str, str]) -> Happening:
    amount = money(Money(note.total_minor, note.currency))
    what = _("Credit note %(number)s of %(amount)s") % {"number": note.number, "amount": amount}
    return Happening(note.issued_at, what, actor_words(note.issued_by, people), note.reason)
