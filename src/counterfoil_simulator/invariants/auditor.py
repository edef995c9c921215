"""The auditor: looks at the committed rows of a business, as the owner, past every fault."""

import json
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

from counterfoil.domain.insights import proofs
from counterfoil.domain.insights.rows import Violation
from counterfoil.infra.secrets.box import open_long, place_of
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId
from counterfoil_simulator.invariants.seen import (
    Breach,
    Seen,
    SeenAttempt,
    SeenChargeback,
    SeenClaim,
    SeenDifference,
    SeenEvent,
    SeenItem,
    SeenLine,
    SeenMandate,
    SeenMessage,
    SeenMethod,
    SeenPlan,
    SeenRefund,
    as_row,
)

_KINDS: dict[str, type[Any]] = {
    "attempts": SeenAttempt,
    "refunds": SeenRefund,
    "chargebacks": SeenChargeback,
    "mandates": SeenMandate,
    "methods": SeenMethod,
    "plans": SeenPlan,
    "differences": SeenDifference,
    "items": SeenItem,
    "claims": SeenClaim,
    "events": SeenEvent,
    "messages": SeenMessage,
    "lines": SeenLine,
}
_SEEN = {
    "attempts": """
SELECT a.id, a.intent_id, a.customer_id, a.state, a.currency, a.amount_minor, a.gateway_ref,
  g.kind AS road, a.refunding_minor, a.refunded_minor, a.over_refunding_minor, a.failure_code,
  a.submitted_at, i.form_key, a.mandate_id
FROM payments_attempt a
JOIN payments_intent i ON i.business_id = a.business_id AND i.id = a.intent_id
JOIN payments_gatewayaccount g ON g.business_id = a.business_id AND g.id = a.gateway_account_id
WHERE a.business_id = %(business_id)s ORDER BY a.id""",
    "refunds": """
SELECT r.id, r.attempt_id, r.state, r.amount_minor, r.is_ours, r.gateway_ref, r.method,
  r.transfer_ref
FROM payments_refund r WHERE r.business_id = %(business_id)s ORDER BY r.id""",
    "chargebacks": """
SELECT d.id, d.attempt_id, d.state, d.amount_minor, d.gateway_ref
FROM payments_chargeback d WHERE d.business_id = %(business_id)s ORDER BY d.id""",
    "mandates": """
SELECT m.id, m.customer_id, m.state, m.gateway_ref, m.source_ref, m.ended_at,
  m.ended_at IS NOT NULL AND m.next_check_at IS NOT NULL AS is_to_be_told
FROM payments_mandate m WHERE m.business_id = %(business_id)s ORDER BY m.id""",
    "methods": """
SELECT m.id, m.customer_id, m.gateway_ref, m.removed_at IS NULL AS is_there
FROM payments_method m WHERE m.business_id = %(business_id)s ORDER BY m.id""",
    "plans": """
SELECT p.id, p.customer_id, p.state, p.attempt_id
FROM arrangements_scheduledpayment p WHERE p.business_id = %(business_id)s ORDER BY p.id""",
    "differences": """
SELECT d.id, d.kind, d.ref FROM reconciliation_discrepancy d
WHERE d.business_id = %(business_id)s AND d.closed_at IS NULL ORDER BY d.id""",
    "items": """
SELECT o.id, o.customer_id, o.number, o.total_minor,
  CASE WHEN o.is_void THEN 0 ELSE o.total_minor - o.paid_minor - o.credited_minor END
    AS open_minor, o.is_void
FROM receivables_openitem o WHERE o.business_id = %(business_id)s ORDER BY o.id""",
    "claims": """
SELECT c.invoice_id, c.attempt_id, c.amount_minor, c.freed_at IS NULL AS is_held
FROM receivables_claim c WHERE c.business_id = %(business_id)s ORDER BY c.id""",
    "events": """
SELECT e.id, e.ref, e.handled_at IS NOT NULL AS is_handled, e.remark, e.body
FROM payments_gatewayevent e WHERE e.business_id = %(business_id)s ORDER BY e.id""",
    "messages": """
SELECT m.id, m.cause, m.template, m.state, m.problem
FROM notifications_message m WHERE m.business_id = %(business_id)s ORDER BY m.id""",
    "lines": """
SELECT l.id, l.ref, l.state, l.amount_minor, l.refund_id
FROM reconciliation_bankline l WHERE l.business_id = %(business_id)s ORDER BY l.id""",
}
_AT_GATEWAYS = """
SELECT coalesce(sum(CASE WHEN a.id = p.debit_account_id THEN p.amount_minor
                         ELSE -p.amount_minor END), 0)
FROM ledger_account a
JOIN ledger_posting p ON p.business_id = a.business_id
  AND a.id IN (p.debit_account_id, p.credit_account_id)
WHERE a.business_id = %(business_id)s AND a.kind = 'clearing'"""
_POSTINGS = """
SELECT coalesce(json_agg(x.row ORDER BY x.row), '[]') FROM (
  SELECT concat_ws(' ', e.kind, e.idempotency_key, p.id, p.debit_account_id, p.credit_account_id,
                   p.amount_minor, p.currency) AS row
  FROM ledger_journalentry e
  JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  WHERE e.business_id = %(business_id)s) x"""
_JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
_LIST = "SELECT coalesce(json_agg(x), '[]') FROM ({}) x"
_LOOK = "SELECT json_build_object({})".format(
    ", ".join(
        [f"'{name}', ({_LIST.format(text)})" for name, text in _SEEN.items()]
        + [
            f"'at_gateways', ({_AT_GATEWAYS})",
            f"'postings', ({_POSTINGS})",
            f"'jobs', ({_JOBS})",
        ]
    )
)
_SHOWN = 5
_PLACE = UUID(int=1)  # stands where the business will stand


class Auditor:
    """Two statements: everything that is to be seen, and everything that contradicts the books."""

    def __init__(self, owner_url: str) -> None:
        self._connection = psycopg.connect(owner_url, autocommit=True, row_factory=tuple_row)
        self._connection.execute("SET plan_cache_mode = force_generic_plan")
        self._connection.execute("SET jit = off")
        # Another for what changes the schema: the driver forgets what it prepared after that.
        self._hand = psycopg.connect(owner_url, autocommit=True, row_factory=tuple_row)
        self._prepare("audit_look", _LOOK, {})
        self._prepare("audit_proofs", *_recorded_proofs())

    def _prepare(self, name: str, text: str, params: dict[str, Any]) -> None:
        """Prepares a statement of one parameter, the business; the others are fixed for good. The
        driver would read these long texts anew each time."""
        cursor = psycopg.ClientCursor(self._connection)
        whole = cursor.mogrify(text, params | {"business_id": _PLACE, "limit": _SHOWN})
        whole = whole.replace(f"'{_PLACE.hex}'::uuid::uuid", "$1").replace(
            f"'{_PLACE.hex}'::uuid", "$1"
        )
        assert _PLACE.hex not in whole
        self._connection.execute(f"PREPARE {name} (uuid) AS {whole}".encode())

    def look(self, business_id: BusinessId) -> Seen:
        """What stands in the business's tables."""
        ((seen,),) = self._run("audit_look", business_id)
        seen["events"] = [
            {name: told for name, told in one.items() if name != "body"}
            | _of(one["id"], one["body"])
            for one in seen["events"]
        ]
        lists = {
            name: tuple(as_row(kind, one) for one in seen[name]) for name, kind in _KINDS.items()
        }
        return Seen(
            **lists,
            at_gateways=int(seen["at_gateways"]),
            postings=tuple(seen["postings"]),
            jobs=seen["jobs"],
        )

    def contradictions(self, business_id: BusinessId) -> list[Breach]:
        """What the product's own proofs find, in one statement."""
        rows = self._run("audit_proofs", business_id)
        return [Breach(f"books: {label}", subject, found) for label, subject, found in rows]

    def _run(self, name: str, business_id: BusinessId) -> list[Any]:
        words = f"EXECUTE {name} ('{UUID(str(business_id))}')"
        return self._connection.execute(words.encode(), prepare=False).fetchall()

    def execute(self, sql: Any, params: Any = None) -> list[Any]:
        """Any other statement of the world's own."""
        done = self._hand.execute(sql, params)
        return done.fetchall() if done.description else []

    def close(self) -> None:
        """Lets the connections go."""
        self._connection.close()
        self._hand.close()


@lru_cache(maxsize=10_000)
def _of(event_id: str, body: str) -> dict[str, str]:
    """What an event that was stored is about, as its gateway said it."""
    place = place_of("payments_gatewayevent", "body", event_id)
    told = json.loads(open_long(body, place))["data"]["object"]
    return {
        "reference": told.get("reference") or "",
        "charge": told.get("charge") or "",
        "about": told.get("id") or "",
    }


def _recorded_proofs() -> tuple[str, dict[str, Any]]:
    """Every proof that is one statement, as parts of a single one; taken from the product itself,
    so that a new proof is checked here from its first day."""
    recorded: list[tuple[str, str, dict[str, Any]]] = []
    label = ""

    def record(statement: Statement[Any], **params: Any) -> list[Any]:
        if statement.row is Violation:
            recorded.append((label, statement.text, params))
        return []

    genuine = Statement.rows
    Statement.rows = record  # type: ignore[method-assign,assignment]
    try:
        for words, search in proofs.proofs():
            label = words
            search(BusinessId(UUID(int=0)))
    finally:
        Statement.rows = genuine  # type: ignore[method-assign]
    parts, values = [], {}
    for number, (words, text, params) in enumerate(recorded):
        named = text
        for name in params.keys() - {"business_id", "limit"}:
            named = named.replace(f"%({name})s", f"%({name}_{number})s")
            values[f"{name}_{number}"] = params[name]
        told = words.replace("'", "''")
        parts.append(f"SELECT '{told}', v.subject, v.found FROM ({named}) v")  # noqa: S608  our own
    return "\nUNION ALL\n".join(parts), values
