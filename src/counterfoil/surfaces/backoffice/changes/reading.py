"""The trail's records as people read them."""

from collections.abc import Mapping
from typing import Any

from counterfoil.domain.audit.rows import RecordRow
from counterfoil.surfaces.backoffice.changes.pages import Change, Step
from counterfoil.surfaces.backoffice.changes.words import (
    column_words,
    source_words,
    value_words,
    verb_words,
)
from counterfoil.surfaces.backoffice.words import actor_words

# What is kept for the machine: ids, and what repeats another column in a form of its own.
_UNSAID = frozenset({
    "id", "created_at", "created_by", "customer_id", "gateway_account_id", "attempt_id",
    "brand_version", "form_key", "gateway_ref", "invited_by", "inviter_id", "invoice_id",
    "logo_type", "mandate_id", "own_role_id", "sends", "sign_on_id", "slug",
})  # fmt: skip


def change(row: RecordRow, names: Mapping[str, str]) -> Change:
    """One record; `names` are those of staff, by their ids."""
    return Change(
        at=row.at,
        who=actor_words(row.actor, names),
        origin=row.origin,
        what=source_words(row.source),
        called=names.get(row.called, row.called),
        verb=verb_words(row.verb),
        is_change=row.verb == "update",
        steps=tuple(
            Step(column_words(name), _told(name, row, row.before), _told(name, row, row.after))
            for name in row.changed
            if name not in _UNSAID and (row.verb == "update" or row.after.get(name))
        ),
    )


def _told(name: str, row: RecordRow, values: Mapping[str, Any]) -> str:
    """A value in words; one that is never written down is not shown."""
    is_secret = name not in row.before and name not in row.after
    return "•••" if is_secret else value_words(name, values.get(name))
