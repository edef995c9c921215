"""Rows of a timeline as people read them."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import get_language_bidi

from counterfoil.domain.audit.rows import NoteRow, RecordRow
from counterfoil.domain.audit.words import note_words
from counterfoil.domain.insights.story_rows import TimelineRow
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.addresses import place
from counterfoil.surfaces.backoffice.changes.places import NOWHERE, Places
from counterfoil.surfaces.backoffice.changes.reading import change
from counterfoil.surfaces.backoffice.changes.timelines.words import (
    credit_note_words,
    fact_words,
    letter_words,
    proof_words,
    reason_words,
    step_words,
    subject_words,
)
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.backoffice.words import actor_words, skip_words
from counterfoil.surfaces.backoffice.words.approvals import act_title
from counterfoil.surfaces.ui.formatting import money

_TONES = {
    "succeeded": "good",
    "issued": "good",
    "active": "good",
    "won": "good",
    "failed": "bad",
    "lost": "bad",
    "returned": "bad",
    "unknown": "warn",
    "action_required": "warn",
}
_WARNINGS = frozenset({"sign_in_failed", "factor_failed", "sso_refused", "refused", "new_device"})
_PAGES = {"invoice": "backoffice_invoice", "attempt": "backoffice_payment",
          "chargeback": "backoffice_chargeback", "refund": "backoffice_payment",
          "approval": "backoffice_approval"}  # fmt: skip


def happening(row: TimelineRow, names: Mapping[str, str], places: Places) -> Happening:
    """One moment in words; `names` are those of staff and contacts, by their ids, `places` where
    their own timelines are."""
    draw = {"step": _step, "change": _change, "note": _note, "mail": _mail}.get(row.sort, _credit)
    return replace(draw(row, names), actor_url=places.get(row.actor, ""))


def _step(row: TimelineRow, names: Mapping[str, str]) -> Happening:
    why, detail = reason_words(row)
    return Happening(
        row.at,
        step_words(row),
        actor_words(row.actor, names),
        why,
        _link(row),
        _TONES.get(row.became, "neutral"),
        detail=detail,
    )


def _link(row: TimelineRow) -> Link | None:
    """To what it happened to, a refund's payment: the number of an invoice, what was asked of a
    second person, else how much it was about."""
    amount = Money(row.amount_minor, row.currency) if row.currency else None
    words = row.number or (money(amount) if amount else "")
    if row.what == "approval":
        words = act_title(row.called, amount)
    name, one = _PAGES.get(row.what), row.payment_id or row.object_id
    return Link(words, place(name, one)) if name and words and one else None


def record_of(row: TimelineRow) -> RecordRow:
    """A change among the rows, as the trail keeps it."""
    return RecordRow(
        row.id, row.at, row.actor, row.origin, row.what, row.became, row.object_id,
        row.changed, row.called, row.before, row.after,
    )  # fmt: skip


def _change(row: TimelineRow, names: Mapping[str, str]) -> Happening:
    told = change(record_of(row), names)
    onward = "←" if get_language_bidi() else "→"
    lines = tuple(
        f"{step.column}: \u2068{step.before}\u2069 {onward} \u2068{step.after}\u2069"
        if told.is_change and step.before
        else f"{step.column}: \u2068{step.after}\u2069"
        for step in told.steps
    )
    what = f"{told.what} \u2068{told.called}\u2069" if told.called else told.what
    return Happening(row.at, f"{what}: {told.verb}", told.who, lines=lines, origin=row.origin)


def _note(row: TimelineRow, names: Mapping[str, str]) -> Happening:
    noted = NoteRow(row.id, row.at, row.actor, row.origin, row.what, row.became, None, row.after)
    return noted_happening(noted, names)


def noted_happening(row: NoteRow, names: Mapping[str, str], places: Places = NOWHERE) -> Happening:
    """What was noted: what happened, about what, and its facts."""
    about = subject_words(row.subject)
    words = note_words(row.kind)
    is_proof = row.subject.startswith("proof:")
    facts = (fact_words(name, str(value)) for name, value in row.facts.items() if value)
    return Happening(
        row.at,
        f"{words}: {about}" if about else words,
        actor_words(row.actor, names),
        proof_words(row.facts) if is_proof else ", ".join(facts),
        tone="warn" if row.kind in _WARNINGS else "neutral",
        origin=row.origin,
        actor_url=places.get(row.actor, ""),
    )


def _mail(row: TimelineRow, names: Mapping[str, str]) -> Happening:
    is_bad = row.became == "failed"
    why = skip_words(row.reason) if row.became == "skipped" else row.reason
    return Happening(row.at, letter_words(row), note=why, tone="bad" if is_bad else "neutral")


def _credit(row: TimelineRow, names: Mapping[str, str]) -> Happening:
    return Happening(row.at, credit_note_words(row), actor_words(row.actor, names), row.reason)
