"""Mandates as staff see them: what was agreed to, and what became of them. The evidence (from which
address, by which browser, in which words) stands on a page of its own: who looks is noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.insights.story_rows import Step
from counterfoil.domain.payments.mandate_texts import scheme_name
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.surfaces.backoffice.pages import Happening
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.ui.words import Pill

_TONES = {"active": "good", "failed": "bad", "revoked": "warn", "unknown": "warn"}


@dataclass(frozen=True, slots=True)
class MandateLine:
    """One mandate, and where the evidence of its consent stands."""

    reference: str
    pill: Pill
    scheme: str
    account: str
    holder: str
    accepted_at: datetime
    accepted_by: str
    evidence_url: str
    ended_at: datetime | None
    end_reason: str


def mandate_line(row: MandateRow) -> MandateLine:
    """One mandate for a page of staff's."""
    return MandateLine(
        reference=row.reference,
        pill=mandate_pill(row.state),
        scheme=scheme_name(row.scheme),
        account=" ".join(filter(None, (row.country, f"•••• {row.last4}" if row.last4 else ""))),
        holder=row.holder,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
        evidence_url=reverse("backoffice_mandate", args=[row.customer_id, row.id]),
        ended_at=row.ended_at,
        end_reason=end_words(row.end_reason),
    )


def mandate_pill(state: str) -> Pill:
    """Where a mandate stands."""
    return {
        "created": Pill(_("Being set up"), "neutral"),
        "pending": Pill(_("Being set up"), "neutral"),
        "unknown": Pill(_("Outcome unknown"), "warn"),
        "active": Pill(_("In force"), "good"),
        "failed": Pill(_("Refused"), "bad"),
        "revoked": Pill(_("Revoked"), "neutral"),
        "expired": Pill(_("Expired"), "neutral"),
    }[state]


def end_words(reason: str) -> str:
    """Why a mandate ended: in words, or as the bank's code."""
    known = {
        "": "",
        "revoked_by_payer": _("The customer took it back."),
        "revoked_by_business": _("We ended it, over the API."),
        "requested": _("It was ended at the gateway."),
        "not_sent": _("It never reached the gateway."),
    }
    if reason in known:
        return known[reason]
    return _("The bank's code: %(code)s") % {"code": reason}


def mandate_happenings(
    row: MandateRow, steps: Sequence[Step], names: Mapping[str, str]
) -> list[Happening]:
    """What happened to a mandate, for the story of a payment on it."""
    words = {
        "created": _("Mandate %(reference)s confirmed by the payer"),
        "pending": _("Mandate %(reference)s is being set up"),
        "unknown": _("Nobody knows yet whether mandate %(reference)s is there"),
        "active": _("Mandate %(reference)s is in force"),
        "failed": _("Mandate %(reference)s was refused"),
        "revoked": _("Mandate %(reference)s was revoked"),
        "expired": _("Mandate %(reference)s has expired"),
    }
    return [
        Happening(
            step.at,
            words[step.to_state] % {"reference": row.reference},
            actor_words(step.actor, names),
            end_words(step.reason),
            tone=_TONES.get(step.to_state, "neutral"),
        )
        for step in steps
    ]
