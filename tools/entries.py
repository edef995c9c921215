"""Writes docs/ledger.md: one worked example for every kind of journal entry."""

import os
import sys
from collections.abc import Mapping
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
from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry  # noqa: E402
from counterfoil.domain.payments.kinds import BANK, OFFLINE  # noqa: E402
from counterfoil.domain.receivables import postings as receivables  # noqa: E402
from counterfoil.domain.receivables import reversal_postings as reversals  # noqa: E402
from counterfoil.domain.receivables.giving_back import GivenBack, TakenOff  # noqa: E402
from counterfoil.domain.receivables.rows import Applied  # noqa: E402
from counterfoil.kernel.money import Money  # noqa: E402

PAGE = ROOT / "docs/ledger.md"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ALICE, GATEWAY, INVOICE, NOTE, PAYMENT = (UUID(int=number) for number in range(1, 6))
OURS, TILL = UUID(int=101), UUID(int=102)
REFUND = UUID(int=20)
HOLDER = AccountRef(AccountKind.CLEARING, GATEWAY)
PARTIES = {ALICE: "Alice", GATEWAY: "gateway", OURS: "main", TILL: "till"}
HEAD = """# The ledger

Written by `python tools/entries.py` from the postings themselves; a test keeps it current. A
posting has one debit, one credit and one positive amount, so nothing unbalanced can be written.
Entries are never changed or deleted; a correction is another entry, which names the one that it
reverses and has its postings the other way round.

A refund first takes what of its payment covers nothing, then what covers invoices, the newest
allocation first; those invoices are open again by so much, and owed again from that moment.

| account | holds | kept for |
| --- | --- | --- |
| `receivable` | what a customer owes | each customer |
| `customer_credit` | what is owed to a customer: money or credit not yet applied | each customer |
| `clearing` | captured by a gateway, not yet paid out | each gateway account |
| `bank` | in our own account at a bank | each bank account |
| `cash` | cheques and notes taken, not yet in a bank | the business's till |
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


def given(uncovered: int, part: int) -> GivenBack:
    """Gives what came off a payment: so much covered nothing, so much the invoice."""
    parts = (TakenOff(NOTE, INVOICE, euro(part)),)
    return GivenBack(PAYMENT, ALICE, REFUND, euro(uncovered), parts)


def examples() -> dict[str, Entry | None]:
    """Gives one entry of each kind, and when it is written."""
    payment, credit = applied("payment", 15_000, 12_000), applied("credit_note", 6_000, 6_000)
    transfer, cheque = applied("payment", 13_000, 12_000), applied("payment", 12_000, 12_000)
    issue = billing.invoice_issued(invoice())
    return {
        "An invoice of 100.00 and 20 % tax is issued": issue,
        "It is voided before anything was paid": billing.invoice_voided(
            invoice(), reverses=issue.id if issue else None, at=AT
        ),
        "A credit note of 50.00 and 20 % tax is issued": billing.credit_note_issued(note()),
        "The credit covers 60.00 of an invoice": receivables.credit_applied(
            credit, occurred_at=AT, memo="CN-1"
        ),
        "A payment of 150.00 arrives for an invoice of 120.00": receivables.payment_received(
            payment, receivables.held_at("sandbox", GATEWAY), occurred_at=AT, memo="pay_1"
        ),
        "A transfer of 130.00 arrives for an invoice of 120.00": receivables.payment_received(
            transfer, receivables.held_at(BANK, OURS), occurred_at=AT, memo="pay_2"
        ),
        "A cheque over 120.00 is taken for an invoice": receivables.payment_received(
            cheque, receivables.held_at(OFFLINE, TILL), occurred_at=AT, memo="pay_3"
        ),
        "60.00 of it are refunded: 30.00 covered nothing, the invoice is open again by 30.00": (
            reversals.refund_sent(given(3_000, 3_000), REFUND, HOLDER, occurred_at=AT, memo="ref_1")
        ),
        "The payer's bank sends the refund back": reversals.refund_returned(
            euro(6_000), REFUND, ALICE, HOLDER, occurred_at=AT, memo="ref_1"
        ),
        "A payment is taken off an invoice of 120.00 that it should not cover": (
            reversals.payment_unapplied(given(0, 12_000), REFUND, occurred_at=AT, memo="pay_1")
        ),
    }


def page() -> str:
    """Gives the whole page."""
    entries = {when: entry for when, entry in examples().items() if entry}
    kinds = {entry.id: entry.kind for entry in entries.values()}
    return HEAD + "".join(row for when, one in entries.items() for row in _rows(when, one, kinds))


def _rows(when: str, entry: Entry, kinds: Mapping[UUID, str]) -> list[str]:
    name = f"`{entry.kind}`"
    if entry.reverses:
        name += f" reverses `{kinds[entry.reverses]}`"
    return [
        f"| {name if first else ''} | {when if first else ''} | "
        f"{_account(post.debit)} | {_account(post.credit)} | "
        f"{post.amount.decimal} {post.amount.currency} |\n"
        for first, post in ((post is entry.posts[0], post) for post in entry.posts)
    ]


def _account(account: AccountRef) -> str:
    party = f":{PARTIES[account.party]}" if account.party else ""
    return f"`{account.kind}{party}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
