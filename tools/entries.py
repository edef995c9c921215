"""Writes docs/ledger.md: one worked example for every kind of journal entry."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
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
from counterfoil.domain.payments.accounts.kinds import BANK, OFFLINE  # noqa: E402
from counterfoil.domain.receivables import chargeback_postings as chargebacks  # noqa: E402
from counterfoil.domain.receivables import postings as receivables  # noqa: E402
from counterfoil.domain.receivables import reversal_postings as reversals  # noqa: E402
from counterfoil.domain.receivables.giving_back import GivenBack, TakenOff  # noqa: E402
from counterfoil.domain.receivables.rows import Applied  # noqa: E402
from counterfoil.domain.receivables.surcharging import Shares  # noqa: E402
from counterfoil.domain.reconciliation import payout_postings as payouts  # noqa: E402
from counterfoil.domain.reconciliation import refund_postings as hands  # noqa: E402
from counterfoil.kernel.money import Money  # noqa: E402

PAGE = ROOT / "docs/ledger.md"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ALICE, GATEWAY, INVOICE, NOTE, PAYMENT = (UUID(int=number) for number in range(1, 6))
OURS, TILL = UUID(int=101), UUID(int=102)
REFUND = UUID(int=20)
CHARGEBACK, PAYOUT = UUID(int=21), UUID(int=22)
HOLDER = AccountRef(AccountKind.CLEARING, GATEWAY)
PARTIES = {ALICE: "Alice", GATEWAY: "gateway", OURS: "main", TILL: "till"}
HEAD = """# The ledger

Written by `python tools/entries.py` from the postings themselves; a test keeps it current. A
posting has one debit, one credit and one positive amount, so nothing unbalanced can be written.
Entries are never changed or deleted; a correction is another entry, which names the one that it
reverses and has its postings the other way round.

A refund first takes what of its payment covers nothing, then what covers invoices, the newest
allocation first, and the surcharge last; those invoices are open again by so much, and owed again
from that moment. A paid debit that the payer's bank sends back comes off the same way, as a whole;
what had been refunded of it before has gone back twice, nobody owes it, and it is lost. What comes
back to a payment makes that good in the opposite order, and so does a debit that is paid after it
came back.

While a chargeback is contested its money stands in dispute and the invoices stay paid. Won, it is
as if it never was; lost, it comes off the payment by the rule of refunds. What the bank takes
beyond what the payment still has (it was refunded before, the exchange rate moved) is a loss.

What came without a gateway the business gives back itself. Cash leaves the till at once. A transfer
or a cheque of ours is on its way, below zero, under the account that its payment came to, until the
bank's statement shows it: then that is closed against the bank account that it left. One that is
still to be sent is no entry. What comes back goes the same way: the customer has it as credit, it
is on its way, and the statement's line closes it. A line that was another's is taken off again: the
refund is on its way as before, or, where only that line had made it sent, to be sent as before, its
amount reserved, and what it had taken off invoices covers them again as far as they are open.

A payout leaves the clearing account when it is read, with the fees of what it pays; it is in
transit until the bank's statement shows it. What of it is nothing of ours stands in suspense and
is shown: no total is ever made to fit. So each clearing account says what its gateway holds.

| account | holds | kept for |
| --- | --- | --- |
| `receivable` | what a customer owes | each customer |
| `customer_credit` | what is owed to a customer: money or credit not yet applied | each customer |
| `clearing` | captured by a gateway, not yet paid out | each gateway account |
| `in_dispute` | taken back by payers' banks, not decided | each gateway account |
| `in_transit` | on its way to our bank; below zero: refunds on their way | each gateway account |
| `suspense` | moved at a gateway, and nobody knows why | each gateway account |
| `bank` | in our own account at a bank | each bank account |
| `cash` | cheques and notes taken, not yet in a bank | the business's till |
| `gateway_fees` | what gateways keep for their work | each gateway account |
| `chargeback_losses` | what banks took beyond what anybody owes | the business |
| `bad_debts` | written off: nobody expects it any more | the business |
| `surcharges` | earned for paying in a certain way | the business |
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


def shares(brought: int, surcharge: int = 0, beyond: int = 0) -> Shares:
    """Gives what an amount that leaves a payment, or comes back to it, is made up of."""
    return Shares(euro(brought), euro(surcharge), euro(beyond))


def first_examples() -> dict[str, Entry | None]:
    """Gives the entries of documents, payments and refunds."""
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
        "A payment of 121.80 arrives for an invoice of 120.00, with 1.80 for paying by card": (
            receivables.payment_received(
                applied("payment", 12_000, 12_000),
                receivables.held_at("sandbox", GATEWAY),
                occurred_at=AT,
                memo="pay_4",
                surcharge=euro(180),
            )
        ),
        "All of it is refunded, the surcharge last": reversals.refund_sent(
            given(0, 12_000), shares(12_000, 180), REFUND, HOLDER, occurred_at=AT, memo="ref_2"
        ),
        "A transfer of 130.00 arrives for an invoice of 120.00": receivables.payment_received(
            transfer, receivables.held_at(BANK, OURS), occurred_at=AT, memo="pay_2"
        ),
        "A cheque over 120.00 is taken for an invoice": receivables.payment_received(
            cheque, receivables.held_at(OFFLINE, TILL), occurred_at=AT, memo="pay_3"
        ),
        "60.00 of it are refunded: 30.00 covered nothing, the invoice is open again by 30.00": (
            reversals.refund_sent(
                given(3_000, 3_000), shares(6_000), REFUND, HOLDER, occurred_at=AT, memo="ref_1"
            )
        ),
        "The payer's bank sends the refund back": reversals.refund_returned(
            shares(6_000), REFUND, ALICE, HOLDER, occurred_at=AT, memo="ref_1"
        ),
        "A paid debit of 150.00 comes back: 30.00 of it covered nothing": (
            reversals.payment_returned(
                given(3_000, 12_000),
                shares(15_000),
                HOLDER,
                return_id=NOTE,
                occurred_at=AT,
                memo="pay_1",
            )
        ),
        "A paid debit of 120.00 comes back, of which 20.00 had been refunded": (
            reversals.payment_returned(
                given(0, 10_000),
                shares(10_000, 0, 2_000),
                HOLDER,
                return_id=NOTE,
                occurred_at=AT,
                memo="pay_1",
            )
        ),
        "It is paid after all: what had gone twice is made good": reversals.return_undone(
            PAYMENT,
            ALICE,
            shares(10_000, 0, 2_000),
            HOLDER,
            undo_id=NOTE,
            occurred_at=AT,
            memo="pay_1",
        ),
        "And covers what is open of its invoices": receivables.credit_applied(
            applied("payment", 10_000, 10_000), occurred_at=AT, memo="pay_1", application=NOTE
        ),
        "A payment is taken off an invoice of 120.00 that it should not cover": (
            reversals.payment_unapplied(given(0, 12_000), REFUND, occurred_at=AT, memo="pay_1")
        ),
    }


def after_examples() -> dict[str, Entry | None]:
    """Gives what happens to money afterwards: chargebacks, payouts, write-offs."""
    one = chargebacks.Charged(CHARGEBACK, ALICE, GATEWAY, euro(12_000), euro(1_500), "dis_1")
    won = replace(one, fee=euro(-1_500))
    decided = replace(one, fee=euro(0))
    taken = GivenBack(PAYMENT, ALICE, None, euro(0), given(0, 10_000).parts, CHARGEBACK)
    late = Applied(
        PAYMENT, ALICE, "payment", euro(5_000), (), (), recovered=((INVOICE, euro(5_000)),)
    )
    return {
        "The payer's bank takes a payment of 120.00 back, the gateway keeps 15.00 for it": (
            chargebacks.chargeback_opened(one, occurred_at=AT)
        ),
        "The bank decides for us, and the gateway gives its fee back": (
            chargebacks.chargeback_won(won, occurred_at=AT)
        ),
        "Or for the payer, where 20.00 of the payment had been refunded before": (
            chargebacks.chargeback_lost(decided, taken, shares(10_000, 0, 2_000), occurred_at=AT)
        ),
        "A lost chargeback is won after all, and had taken 100.00 of the payment": (
            chargebacks.chargeback_won_late(decided, shares(10_000, 0, 2_000), occurred_at=AT)
        ),
        "The rest of an invoice, 70.00, is written off": receivables.invoice_written_off(
            INVOICE, ALICE, euro(7_000), occurred_at=AT, memo="INV-1: gone", write_off_id=NOTE
        ),
        "50.00 come for it all the same": receivables.write_off_recovered(
            late, occurred_at=AT, memo="pay_1"
        ),
        "A write-off of 70.00 is taken back": receivables.write_off_taken_back(
            INVOICE, ALICE, euro(7_000), occurred_at=AT, memo="INV-1", write_off_id=NOTE
        ),
    }


def hand_examples() -> dict[str, Entry | None]:
    """Gives refunds that the business makes itself."""
    on_its_way = receivables.given_from("bank_transfer", OURS, TILL)
    till = receivables.given_from("cash", OURS, TILL)
    return {
        "40.00 of a transfer are sent back: 10.00 covered nothing": reversals.refund_sent(
            given(1_000, 3_000), shares(4_000), REFUND, on_its_way, occurred_at=AT, memo="ref_3"
        ),
        "The bank's statement shows that refund": hands.refund_cleared(
            REFUND, OURS, OURS, euro(-4_000), occurred_at=AT, memo="ref_3"
        ),
        "It was another's line: the refund is on its way again": hands.refund_unmatched(
            REFUND, OURS, OURS, euro(-4_000), occurred_at=AT, memo="ref_3"
        ),
        "And only that line had made it sent: it is to be sent as before": reversals.refund_unsent(
            shares(4_000), REFUND, ALICE, on_its_way, occurred_at=AT, memo="ref_3"
        ),
        "What it had taken off the invoice covers it again": receivables.credit_applied(
            Applied(PAYMENT, ALICE, "payment", euro(4_000), ((INVOICE, euro(3_000)),), ()),
            occurred_at=AT,
            memo="pay_3",
        ),
        "The payee's bank sends the 40.00 back": reversals.refund_returned(
            shares(4_000), REFUND, ALICE, on_its_way, occurred_at=AT, memo="ref_3"
        ),
        "And the bank's statement shows that": hands.refund_cleared(
            REFUND, OURS, OURS, euro(4_000), occurred_at=AT, memo="ref_3"
        ),
        "20.00 of a cheque are handed back in cash": reversals.refund_sent(
            given(0, 2_000), shares(2_000), REFUND, till, occurred_at=AT, memo="ref_4"
        ),
    }


def payout_examples() -> dict[str, Entry | None]:
    """Gives a gateway's transfers to our bank."""
    whole, more = euro(14_600), euro(15_600)
    return {
        "A payout of 146.00 for payments of 150.00, less 4.00 of fees": payouts.payout_made(
            PAYOUT, GATEWAY, whole, fee=euro(400), suspense=euro(0), occurred_at=AT, memo="po_1"
        ),
        "A payout of 156.00, of which 10.00 are nothing that the books know": payouts.payout_made(
            PAYOUT, GATEWAY, more, fee=euro(400), suspense=euro(1_000), occurred_at=AT, memo="po_1"
        ),
        "The 10.00 turn out to be a payment, which is booked by then": (
            payouts.movement_explained(
                NOTE, GATEWAY, euro(1_000), explained_id=REFUND, occurred_at=AT, memo="po_1"
            )
        ),
        "Our bank sends a payout back": payouts.payout_failed(
            PAYOUT, GATEWAY, whole, occurred_at=AT, memo="po_1"
        ),
        "The bank's statement shows a payout": payouts.payout_arrived(
            PAYOUT, GATEWAY, OURS, whole, occurred_at=AT, memo="po_1"
        ),
    }


def examples() -> dict[str, Entry | None]:
    """Gives one entry of each kind, and when it is written."""
    return first_examples() | hand_examples() | after_examples() | payout_examples()


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
