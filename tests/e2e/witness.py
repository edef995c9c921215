"""What outsiders say happened: the gateway's own list, the books in SQL, and the mailbox."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import psycopg

from counterfoil.kernel.ids import encode
from e2e.stack import Payer, Stack, eventually
from factories import database as db

Row = tuple[Any, ...]
LINK = re.compile(r"https?://[^\s\"'<>)\]]+")


@contextmanager
def held(stack: Stack, table: str) -> Iterator[psycopg.Connection[Row]]:
    """Nobody can write into a table meanwhile: whoever wants to, stands still right there."""
    with db.connect(stack.addresses.owner_url) as owner:
        owner.execute("BEGIN")
        owner.execute(f"LOCK TABLE {table} IN SHARE MODE".encode())
        yield owner
        owner.execute("ROLLBACK")


def charges(stack: Stack, payer: Payer) -> list[dict[str, Any]]:
    """What the gateway really charged the customer: the outside truth."""
    query = {"customer": encode("cus", UUID(payer.customer)), "limit": "200"}
    answer = stack.sandbox.http.get("/v1/charges", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def tries(stack: Stack, payer: Payer) -> list[str]:
    """The state of everything the gateway was asked to do for the customer, oldest first."""
    query = {"customer": encode("cus", UUID(payer.customer)), "limit": "200", "status": "all"}
    answer = stack.sandbox.http.get("/v1/charges", params=query)
    return [str(one["status"]) for one in reversed(answer.json()["data"])]


def rows(stack: Stack, statement: str, *values: object) -> list[Row]:
    """Rows as the owner sees them, past row security."""
    with db.connect(stack.addresses.owner_url) as owner:
        return list(owner.execute(statement, values).fetchall())


def entries(stack: Stack, payer: Payer) -> list[tuple[str, int]]:
    """The payer's journal: each entry's kind and its amount in minor units, oldest first."""
    found = rows(
        stack,
        """
        SELECT e.kind, sum(p.amount_minor)::bigint FROM ledger_journalentry e
        JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
        JOIN ledger_account c ON c.business_id = p.business_id
         AND c.id IN (p.debit_account_id, p.credit_account_id)
        WHERE e.business_id = %s AND c.party = %s AND c.kind = 'receivable'
        GROUP BY e.id, e.kind, e.posted_at ORDER BY e.posted_at, e.id
        """,
        payer.business.id,
        payer.customer,
    )
    return [(str(kind), int(amount)) for kind, amount in found]


def paid_minor(stack: Stack, payer: Payer) -> int:
    """How much of the payer's invoice is paid."""
    found = rows(
        stack,
        "SELECT paid_minor FROM receivables_openitem WHERE business_id = %s AND id = %s",
        payer.business.id,
        payer.invoice["id"],
    )
    return int(found[0][0])


def attempts(stack: Stack, payer: Payer) -> list[str]:
    """The states of the payer's attempts, oldest first."""
    found = rows(
        stack,
        "SELECT state FROM payments_attempt WHERE business_id = %s AND customer_id = %s"
        " ORDER BY id",
        payer.business.id,
        payer.customer,
    )
    return [str(state) for (state,) in found]


def receipts(stack: Stack, payer: Payer) -> list[EmailMessage]:
    """The receipts that were mailed to the payer: mails with a receipt's PDF."""
    return [
        mail
        for mail in mails_to(stack, payer.email)
        if any(str(part.get_filename()).startswith("receipt-") for part in mail.iter_attachments())
    ]


def wait_for_receipt(stack: Stack, payer: Payer, seconds: float = 60) -> EmailMessage:
    """The payer's receipt, as soon as it is mailed."""
    return eventually(lambda: receipts(stack, payer), "a receipt by mail", seconds)[0]


def mails_to(stack: Stack, email: str) -> list[EmailMessage]:
    """Every mail to an address, oldest first."""
    return [mail for mail in all_mails(stack) if email in str(mail["To"])]


def all_mails(stack: Stack) -> list[EmailMessage]:
    """Every mail that was sent, oldest first."""
    return [read_mail(file.read_bytes()) for file in sorted(stack.mailbox.glob("*.eml"))]


def read_mail(content: bytes) -> EmailMessage:
    """A mail from its bytes."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def links_of(mails: Sequence[EmailMessage]) -> list[str]:
    """Every address in the bodies of the mails, as a scanner would find them."""
    found: list[str] = []
    for mail in mails:
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                found += LINK.findall(part.get_content().replace("&amp;", "&"))
    return list(dict.fromkeys(found))


def check_paid_once(stack: Stack, payer: Payer) -> None:
    """1 charge of the total; 1 entry in the books; the invoice is paid; the books hold."""
    total = payer.invoice["total"]
    assert [one["amount"] for one in charges(stack, payer)] == [total]
    assert entries(stack, payer) == [("invoice_issued", total), ("payment_received", total)]
    assert paid_minor(stack, payer) == total
    assert attempts(stack, payer).count("succeeded") == 1
    check_books(stack)


def check_nothing_moved(stack: Stack, payer: Payer) -> None:
    """No charge, no entry, nothing paid."""
    assert charges(stack, payer) == []
    assert entries(stack, payer) == [("invoice_issued", payer.invoice["total"])]
    assert paid_minor(stack, payer) == 0


def check_books(stack: Stack) -> None:
    """The books hold in every business; each answer would name the row that breaks a rule."""
    for rule, statement in RULES.items():
        assert rows(stack, statement) == [], rule


RULES = {
    "a kept balance is what its postings come to": """
        SELECT b.business_id, b.id FROM ledger_balance b
        LEFT JOIN LATERAL (
          SELECT sum(CASE WHEN p.debit_account_id = b.id THEN amount_minor ELSE -amount_minor END) s
          FROM ledger_posting p WHERE p.business_id = b.business_id
           AND b.id IN (p.debit_account_id, p.credit_account_id)) t ON true
        WHERE b.balance_minor <> coalesce(t.s, 0)
    """,
    "what a customer owes in the books is what is open on invoices": """
        SELECT a.business_id, a.party, a.currency, owed.minor, open.minor FROM ledger_account a
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(CASE WHEN p.debit_account_id = a.id THEN amount_minor
                                   ELSE -amount_minor END), 0) minor
          FROM ledger_posting p WHERE p.business_id = a.business_id
           AND a.id IN (p.debit_account_id, p.credit_account_id)) owed
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(total_minor - paid_minor - credited_minor), 0) minor
          FROM receivables_openitem i WHERE i.business_id = a.business_id
           AND i.customer_id = a.party AND i.currency = a.currency AND NOT i.is_void) open
        WHERE a.kind = 'receivable' AND owed.minor <> open.minor
    """,
    "an invoice is paid by what was allocated to it": """
        SELECT i.business_id, i.number FROM receivables_openitem i
        LEFT JOIN LATERAL (
          SELECT sum(amount_minor) s FROM receivables_allocation l
          WHERE l.business_id = i.business_id AND l.invoice_id = i.id) t ON true
        WHERE i.paid_minor + i.credited_minor <> coalesce(t.s, 0)
    """,
    "every payment that succeeded is in the books once, sent back later or not": """
        SELECT a.business_id, a.id, count(e.id) FROM payments_attempt a
        LEFT JOIN ledger_journalentry e ON e.business_id = a.business_id AND e.source_id = a.id
         AND e.kind = 'payment_received'
        GROUP BY a.business_id, a.id, a.state
        HAVING count(e.id) <> CASE WHEN a.state IN ('succeeded', 'returned') THEN 1 ELSE 0 END
    """,
}
