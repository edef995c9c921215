"""What is owed and what covers it: open items, claims, allocations, unapplied credit.

The allocation of a payment to an invoice belongs here and nowhere else. A claim is the promise
that at most one attempt is open for an invoice, held by a unique index.
"""
