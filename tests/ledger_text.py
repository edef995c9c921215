"""The books of a business as text, so that a reviewer reads money line by line.

One line per posting: date, kind, memo, debited account, credited account, amount. Accounts of
customers and gateways carry the name of their party.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from counterfoil.domain.insights.proofs import prove
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money

_JOURNAL = """
SELECT e.occurred_at, e.kind, e.memo, d.kind, coalesce(dc.name, dg.name, ''), c.kind,
  coalesce(cc.name, cg.name, ''), p.amount_minor, p.currency, p.seq
FROM ledger_journalentry e
JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
JOIN ledger_account d ON d.business_id = p.business_id AND d.id = p.debit_account_id
JOIN ledger_account c ON c.business_id = p.business_id AND c.id = p.credit_account_id
LEFT JOIN customers_customer dc ON dc.business_id = d.business_id AND dc.id = d.party
LEFT JOIN customers_customer cc ON cc.business_id = c.business_id AND cc.id = c.party
LEFT JOIN payments_gatewayaccount dg ON dg.business_id = d.business_id AND dg.id = d.party
LEFT JOIN payments_gatewayaccount cg ON cg.business_id = c.business_id AND cg.id = c.party
WHERE e.business_id = %(b)s::uuid ORDER BY e.posted_at, e.id, p.seq
"""
_TABLES = (
    "billing_invoice", "billing_creditnote", "billing_invoiceline", "receivables_openitem",
    "receivables_claim", "receivables_credit", "receivables_allocation", "payments_intent",
    "payments_attempt", "payments_refund", "payments_gatewayevent",
    "ledger_journalentry", "ledger_posting", "infra_event", "infra_transition",
)  # fmt: skip


def journal(business_id: BusinessId) -> str:
    """Every posting in the order of writing; a payment's memo is `PAY`, a refund's `REF`."""
    with reading(business_id):
        rows = execute(_JOURNAL, {"b": business_id})
    return "\n" + "".join(f"{_line(*row)}\n" for row in rows)


def _line(*row: Any) -> str:
    at, kind, memo, debit, debit_name, credit, credit_name, minor, currency, seq = row
    memo = "PAY" if memo.startswith("pay_") else "REF" if memo.startswith("ref_") else memo
    head = f"{at:%Y-%m-%d} {kind:18} {memo:14}" if seq == 1 else " " * 44
    sides = f"{_account(debit, debit_name):21} {_account(credit, credit_name):21}"
    return f"{head} {sides} {Money(minor, currency).decimal:>7} {currency}"


def _account(kind: str, name: str) -> str:
    return f"{kind}:{name}" if name else str(kind)


def trial_balance(business_id: BusinessId) -> dict[str, Decimal]:
    """Debit less credit of each account that is not at zero."""
    totals: dict[str, Decimal] = {}
    with reading(business_id):
        rows = execute(_JOURNAL, {"b": business_id})
    for _, _, _, debit, debit_name, credit, credit_name, minor, currency, _ in rows:
        amount = Money(minor, currency).decimal
        for account, moved in ((_account(debit, debit_name), amount),
                               (_account(credit, credit_name), -amount)):  # fmt: skip
            totals[account] = totals.get(account, Decimal(0)) + moved
    return {account: total for account, total in sorted(totals.items()) if total}


def broken(business_id: BusinessId) -> list[tuple[str, str, str]]:
    """Everything that contradicts an invariant of the books, readable where a test fails."""
    return [
        (finding.invariant, one.subject, one.found)
        for finding in prove(business_id).findings
        for one in finding.violations
    ]


def counts(business_id: BusinessId) -> dict[str, int]:
    """How many rows each table of money has: what a refusal must leave as it was."""
    with reading(business_id):
        return {
            table: execute(
                f"SELECT count(*) FROM {table} WHERE business_id = %(b)s::uuid", {"b": business_id}
            )[0][0]
            for table in _TABLES
        }


def events(business_id: BusinessId) -> list[str]:
    """The kinds of everything that was published, in order."""
    with reading(business_id):
        rows = execute(
            "SELECT kind FROM infra_event WHERE business_id = %(b)s::uuid ORDER BY tx, id",
            {"b": business_id},
        )
    return [kind for (kind,) in rows]


def inbox(business_id: BusinessId) -> list[tuple[UUID, str]]:
    """The events in the inbox that nothing has acted on: id and the gateway's own id."""
    with reading(business_id):
        return [
            (event_id, ref)
            for event_id, ref in execute(
                "SELECT id, ref FROM payments_gatewayevent WHERE business_id = %(b)s::uuid "
                "AND handled_at IS NULL ORDER BY received_at, id",
                {"b": business_id},
            )
        ]
