"""The trail's records as people read them."""

from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from counterfoil.domain.audit.rows import RecordRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.domain.notifications.words import method_name
from counterfoil.domain.payments.methods import queries as methods
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.backoffice.changes.pages import Change, Step
from counterfoil.surfaces.backoffice.changes.values import called_words, value_words
from counterfoil.surfaces.backoffice.changes.words import column_words, source_words, verb_words
from counterfoil.surfaces.backoffice.rows import people_names
from counterfoil.surfaces.backoffice.words import actor_words

UNSAID = frozenset({
    "id", "asked_at", "attempt_id", "brand_version", "claimed_at", "code", "created_at",
    "created_by", "customer_id", "form_key", "gateway_account_id", "gateway_ref", "invited_by",
    "inviter_id", "invoice_id", "logo_type", "mandate_id", "old_hash", "sends", "sign_on_id",
    "slug", "token_hash", "updated_at",
})  # fmt: skip
"""What is kept for the machine: ids, and what repeats another column in a form of its own."""
_CALLED = {
    "identity_membership": frozenset({"user_id"}),
    "identity_rolelimit": frozenset({"preset", "own_role_id", "act", "currency"}),
}
"""What a row is called by already."""


def names_in(business_id: BusinessId, rows: Iterable[RecordRow]) -> Mapping[str, str]:
    """Names of staff, and of the roles and saved methods that these records are about, by id;
    inside `reading`."""
    names = dict(people_names(identity.colleagues(business_id)))
    told = list(rows)
    if any(one.source.startswith("identity_") for one in told):
        roles = team.roles(business_id)
        names |= {str(one.id): one.name for one in roles if one.id}
    values = (values.get("method_id") for one in told for values in (one.before, one.after))
    if ids := {UUID(one) for one in values if one}:
        found = methods.methods(business_id, sorted(ids))
        names |= {
            str(key): method_name(one.kind, one.brand, one.last4) for key, one in found.items()
        }
    return names


def change(row: RecordRow, names: Mapping[str, str]) -> Change:
    """One record; `names` as `names_in` gives them."""
    unsaid = UNSAID | _CALLED.get(row.source, frozenset())
    return Change(
        at=row.at,
        who=actor_words(row.actor, names),
        origin=row.origin,
        what=source_words(row.source),
        called=called_words(row.source, row.called, names),
        verb=verb_words(row.verb),
        is_change=row.verb == "update",
        steps=tuple(_step(name, row, names) for name in row.changed if _tells(name, row, unsaid)),
    )


def _tells(name: str, row: RecordRow, unsaid: frozenset[str]) -> bool:
    """Whether a column says anything: of what was added, only what it has; of what was removed,
    only where nothing else names it."""
    if name in unsaid or (row.verb == "delete" and row.called and row.source not in _CALLED):
        return False
    value = (row.after or row.before).get(name)
    return row.verb == "update" or not (value is False or value in (None, "", [], {}))


def _step(name: str, row: RecordRow, names: Mapping[str, str]) -> Step:
    """One column in words; of one that is never written down, that it was changed."""
    if row.verb == "update" and name not in row.before and name not in row.after:
        return Step(column_words(name), "", _("changed; what it is stands nowhere"))
    before, after = row.before.get(name), row.after.get(name)
    said = partial(value_words, row.source, name, names=names, called=row.called)
    if row.verb == "delete":
        return Step(column_words(name), "", said(before))
    return Step(column_words(name), said(before, other=after), said(after, other=before))
