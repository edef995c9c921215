"""How long what is kept: the rules with their defaults and limits, and what each takes away.

What has no rule is kept for a reason, which stands in `KEPT`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.privacy.erasing import erase_evidence
from counterfoil.infra.db import execute, operation
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ids import BusinessId

BATCH = 1000
BOOK_YEARS = 10
FOREVER = 36_500
JOBS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may go: after how many days unless a business says otherwise, and the fewest
    that it may say."""

    name: str
    days: int
    least: int
    apply: Callable[[BusinessId, datetime], int]


def books_until(last_issue: date) -> date:
    """The end of the year in which documents of this day may go: ten years after their own."""
    return date(last_issue.year + BOOK_YEARS, 12, 31)


def _links(business_id: BusinessId, before: datetime) -> int:
    """To whom links went that are long over. The links themselves stay: an invoice's own address
    that was taken back would open again if nobody knew of it."""
    gone = _ids(
        """
        UPDATE identity_guestlink t SET sent_to = ''
        WHERE t.business_id = %(business_id)s::uuid AND t.id IN (
          SELECT l.id FROM identity_guestlink l
          WHERE l.business_id = %(business_id)s::uuid AND l.sent_to <> ''
            AND least(l.expires_at, l.revoked_at) < %(before)s::timestamptz
          ORDER BY l.id LIMIT %(most)s::int)
        RETURNING t.id
        """,
        business_id,
        before,
    )
    _forget_in_trail(business_id, gone)
    return len(gone)


def _link_uses(business_id: BusinessId, before: datetime) -> int:
    return len(_ids(
        """
        DELETE FROM customers_linkuse t
        WHERE t.business_id = %(business_id)s::uuid AND t.id IN (
          SELECT l.id FROM customers_linkuse l
          WHERE l.business_id = %(business_id)s::uuid AND l.last_at < %(before)s::timestamptz
          ORDER BY l.id LIMIT %(most)s::int)
        RETURNING t.id
        """,
        business_id,
        before,
    ))  # fmt: skip


def _mails(business_id: BusinessId, before: datetime) -> int:
    """What mails said; that they were written, to whom and about what stays."""
    return len(_ids(
        """
        UPDATE notifications_message t SET text = '', html = ''
        WHERE t.business_id = %(business_id)s::uuid AND t.id IN (
          SELECT m.id FROM notifications_message m
          WHERE m.business_id = %(business_id)s::uuid AND m.created_at < %(before)s::timestamptz
            AND m.state IN ('sent', 'skipped', 'failed') AND (m.text <> '' OR m.html <> '')
          ORDER BY m.id LIMIT %(most)s::int)
        RETURNING t.id
        """,
        business_id,
        before,
    ))  # fmt: skip


def _events(business_id: BusinessId, before: datetime) -> int:
    """What gateways sent, once it was acted on; that it came, and what it came to, stays."""
    return len(_ids(
        """
        UPDATE payments_gatewayevent t SET body = ''
        WHERE t.business_id = %(business_id)s::uuid AND t.id IN (
          SELECT e.id FROM payments_gatewayevent e
          WHERE e.business_id = %(business_id)s::uuid AND e.handled_at < %(before)s::timestamptz
            AND e.body <> '' AND NOT starts_with(e.remark, 'unplaced')
          ORDER BY e.id LIMIT %(most)s::int)
        RETURNING t.id
        """,
        business_id,
        before,
    ))  # fmt: skip


def _trail(business_id: BusinessId, before: datetime) -> int:
    """Values of old changes; that there was a change, of what, when and by whom stays."""
    rows = execute(
        """
        SELECT v.id FROM audit_recordvalues v
        LEFT JOIN audit_record r ON r.business_id = v.business_id AND r.id = v.id
        LEFT JOIN audit_note n ON n.business_id = v.business_id AND n.id = v.id
        WHERE v.business_id = %(business_id)s::uuid
          AND coalesce(r.at, n.at) < %(before)s::timestamptz
        ORDER BY v.id LIMIT %(most)s::int
        """,
        {"business_id": business_id, "before": before, "most": BATCH},
    )
    return audit.erase_values(business_id, [row_id for (row_id,) in rows], why="retention")


def _invitations(business_id: BusinessId, before: datetime) -> int:
    """Invitations that came to nothing, and requests that were decided."""
    gone = _ids(
        """
        DELETE FROM customers_invitation t
        WHERE t.business_id = %(business_id)s::uuid AND t.id IN (
          SELECT i.id FROM customers_invitation i
          WHERE i.business_id = %(business_id)s::uuid AND i.accepted_at IS NULL
            AND least(i.expires_at, i.withdrawn_at) < %(before)s::timestamptz
          ORDER BY i.id LIMIT %(most)s::int)
        RETURNING t.id
        """,
        business_id,
        before,
    )
    gone += _ids(
        """
        DELETE FROM customers_registration t
        WHERE t.business_id = %(business_id)s::uuid AND t.id IN (
          SELECT r.id FROM customers_registration r
          WHERE r.business_id = %(business_id)s::uuid AND r.decided_at < %(before)s::timestamptz
          ORDER BY r.id LIMIT %(most)s::int)
        RETURNING t.id
        """,
        business_id,
        before,
    )
    _forget_in_trail(business_id, gone)
    return len(gone)


def _mandates(business_id: BusinessId, before: datetime) -> int:
    return erase_evidence(business_id, before=before, most=BATCH)


RULES = (
    Rule("guest_links", 365, 30, _links),
    Rule("link_uses", 365, 30, _link_uses),
    Rule("invitations", 180, 30, _invitations),
    Rule("mails", 730, 90, _mails),
    Rule("gateway_events", 180, 30, _events),
    Rule("mandates", 430, 430, _mandates),
    Rule("trail", FOREVER, 365, _trail),
)
"""A mandate's evidence outlives the thirteen months in which its debits can be called unauthorised
(SEPA Core rulebook, 4.3.4); so nobody may keep it for a shorter time."""

RULED = (
    *("identity_guestlink", "customers_linkuse", "customers_invitation", "customers_registration"),
    *("notifications_message", "payments_gatewayevent", "payments_mandate", "audit_recordvalues"),
    *("identity_session", "privacy_copy", "procrastinate_jobs", "procrastinate_events"),
)
"""Tables that the rules, and what belongs to no business, take something away from."""

_BOOKS = "the books: the law wants them, and what they are proved on"
KEPT = {
    "account_": "of sign-ins: goes with them",
    "approvals_": "who said yes to what: belongs to the books",
    "arrangements_": _BOOKS,
    "audit_": "the trail, below its seals",
    "auth_": "unused",
    "billing_": _BOOKS,
    "business_": "ourselves",
    "customers_contact": "until they are erased",
    "customers_customer": "until they are erased",
    "django_": "names of tables and migrations",
    "documents_": _BOOKS,
    "identity_": "who may come in, and with what: until it is taken away",
    "infra_cache": "the cache drops what has expired",
    "infra_event": "what happened, by id: readers of the API follow it from any point",
    "infra_home": "where the database lives: one row",
    "infra_idempotentrequest": "answers of the API: a job of their own drops them after 30 days",
    "infra_ratecounter": "a job of their own drops counters whose window is over",
    "infra_transition": _BOOKS,
    "ledger_": _BOOKS,
    "mfa_": "of sign-ins: goes with them",
    "notifications_alarm": "few, until somebody has looked, and then as proof of it",
    "payments_": _BOOKS,
    "privacy_": "that something was asked and done, as proof of it",
    "procrastinate_": "the queue drops what is done",
    "receivables_": _BOOKS,
    "reconciliation_": _BOOKS,
    "socialaccount_": "of sign-ins: goes with them",
}
"""By how their names begin, every other table, and why nothing of it goes by itself."""


def rule(name: str) -> Rule:
    """The rule of this name."""
    return next(one for one in RULES if one.name == name)


def days_of(stored: Mapping[str, Any]) -> dict[str, int]:
    """For how many days each rule keeps, where a business has said so, and otherwise by default."""
    return {one.name: max(int(stored.get(one.name, one.days)), one.least) for one in RULES}


def checked(wanted: Mapping[str, int]) -> dict[str, int]:
    """What a business says; refuses (all named) what is below the least, or no rule."""
    known = {one.name: one for one in RULES}
    problems = [
        FieldProblem(name, f"At least {known[name].least} days.", code="too_short",
                     least=known[name].least)
        for name, days in wanted.items()
        if days < known[name].least
    ]  # fmt: skip
    problems += [
        FieldProblem(name, "At most a hundred years.", code="not_days")
        for name, days in wanted.items()
        if days > FOREVER
    ]
    if problems:
        raise InvalidInput(problems)
    return dict(wanted)


@operation
def apply_once(business_id: BusinessId, name: str, *, days: int, at: datetime) -> int:
    """One batch of a rule; how many rows went. Again until nothing goes."""
    return rule(name).apply(business_id, at - timedelta(days=days))


def apply_everywhere(*, at: datetime) -> dict[str, int]:
    """What belongs to no business: sessions that are over, and jobs that failed long ago."""
    sessions = execute(
        "DELETE FROM identity_session WHERE expire_date < %(at)s::timestamptz RETURNING 1",
        {"at": at},
    )
    jobs = execute(
        """
        DELETE FROM procrastinate_jobs j
        WHERE j.status IN ('failed', 'cancelled', 'aborted', 'succeeded') AND NOT EXISTS (
          SELECT FROM procrastinate_events e
          WHERE e.job_id = j.id AND e.at > %(before)s::timestamptz)
        RETURNING 1
        """,
        {"before": at - JOBS_KEPT},
    )
    return {"sessions": len(sessions), "jobs": len(jobs)}


def _ids(sql: str, business_id: BusinessId, before: datetime) -> list[UUID]:
    rows = execute(sql, {"business_id": business_id, "before": before, "most": BATCH})
    return [row_id for (row_id,) in rows]


def _forget_in_trail(business_id: BusinessId, objects: list[UUID]) -> None:
    if not objects:
        return
    rows = execute(
        """
        SELECT r.id FROM audit_record r
        WHERE r.business_id = %(business_id)s::uuid AND r.object_id = ANY(%(objects)s::uuid[])
        """,
        {"business_id": business_id, "objects": objects},
    )
    audit.erase_values(business_id, [row_id for (row_id,) in rows], why="retention")
