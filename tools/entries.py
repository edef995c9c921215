"""Writes docs/ledger.md: one worked example for every kind of journal entry."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT))

import tools.typing_settings  # noqa: E402, F401  a harmless environment for Django's settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.config.settings")

from counterfoil.domain.billing import postings as billing  # noqa: E402
from counterfoil.domain.billing.rows import IssuedCreditNote, IssuedInvoice  # noqa: E402
from counterfoil.domain.ledger.journal import AccountRef, Entry  # noqa: E402
from counterfoil.domain.receivables import postings as receivables  # noqa: E402
from counterfoil.domain.receivables.rows import Applied  # noqa: E402
from counterfoil.kernel.money import Money  # noqa: E402

PAGE = ROOT / "docs/ledger.md"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ALICE, GATEWAY, INVOICE, NOTE, PAYMENT = (UUID(int=number) for number in range(1, 6))
PARTIES = {ALICE: "Alice", GATEWAY: "gateway"}
HEAD = """# The ledger

Written by `python tools/entries.py` from the postings themselves; a test keeps it current. A
posting has one debit, one credit and one positive amount, so nothing unbalanced can be written.
Entries are never changed or deleted; a correction is another entry.

| account | holds | kept for |
| --- | --- | --- |
| `receivable` | what a customer owes | each customer |
| `customer_credit` | what is owed to a customer: money or credit not yet applied | each customer |
| `clearing` | captured by a gateway, not yet paid out | each gateway account |
| `revenue` | earned, without tax | the business |
| `tax` | collected for the authority | the business |

| entry | when | debit | credit | example |
| --- | --- | --- | --- | --- |
"""


def euro(minor: int) -> Money:
    """Gives an amount of the examples."""
    return Money(minor, "EUR")


def invoice() -> IssuedInvoice:
    """Gives an invoice of 100.00 and 20 % tax."""
    return IssuedInvoice(
        INVOICE, ALICE, "INV-1", "", "EUR", AT.date(), date(2026, 3, 31), AT, 10_000, 0, 2_000,
        12_000,
    )  # fmt: skip


def note() -> IssuedCreditNote:
    """Gives a credit note of 50.00 and 20 % tax."""
    return IssuedCreditNote(
        NOTE, ALICE, INVOICE, "CN-1", "EUR", AT, euro(5_000), euro(1_000), euro(6_000)
    )


def applied(kind: str, amount: int, part: int) -> Applied:
    """Gives money or credit of which a part covers the invoice."""
    parts = ((INVOICE, euro(part)),)
    return Applied(PAYMENT, ALICE, kind, euro(amount), parts, ())


def examples() -> dict[str, Entry | None]:
    """Gives one entry of each kind, and when it is written."""
    payment, credit = applied("payment", 15_000, 12_000), applied("credit_note", 6_000, 6_000)
    return {
        "An invoice of 100.00 and 20 % tax is issued": billing.invoice_issued(invoice()),
        "It is voided before anything was paid": billing.invoice_voided(invoice(), at=AT),
        "A credit note of 50.00 and 20 % tax is issued": billing.credit_note_issued(note()),
        "The credit covers 60.00 of an invoice": receivables.credit_applied(
            credit, occurred_at=AT, memo="CN-1"
        ),
        "A payment of 150.00 arrives for an invoice of 120.00": receivables.payment_received(
            payment, GATEWAY, occurred_at=AT, memo="pay_1"
        ),
    }


def page() -> str:
    """Gives the whole page."""
    rows = [row for when, entry in examples().items() if entry for row in _rows(when, entry)]
    return HEAD + "".join(rows)


def _rows(when: str, entry: Entry) -> list[str]:
    return [
        f"| {f'`{entry.kind}`' if first else ''} | {when if first else ''} | "
        f"{_account(post.debit)} | {_account(post.credit)} | "
        f"{post.amount.decimal} {post.amount.currency} |\n"
        for first, post in ((post is entry.posts[0], post) for post in entry.posts)
    ]


def _account(account: AccountRef) -> str:
    party = f":{PARTIES[account.party]}" if account.party else ""
    return f"`{account.kind}{party}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
