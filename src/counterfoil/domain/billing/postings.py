"""The journal entries of documents (pure)."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.billing.rows import IssuedCreditNote, IssuedInvoice
from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero

REVENUE = AccountRef(AccountKind.REVENUE)
TAX = AccountRef(AccountKind.TAX)


def _invoice_posts(invoice: IssuedInvoice) -> tuple[Post, ...]:
    receivable = AccountRef(AccountKind.RECEIVABLE, invoice.customer_id)
    return posts_over_zero(
        [Post(receivable, REVENUE, invoice.net), Post(receivable, TAX, invoice.tax)]
    )


def issue_key(invoice_id: UUID) -> str:
    """The key of the entry that books the issue of an invoice."""
    return f"invoice-issued:{invoice_id}"


def invoice_issued(invoice: IssuedInvoice) -> Entry | None:
    """The customer owes the total: net is earned, tax is collected. None for a total of zero."""
    posts = _invoice_posts(invoice)
    if not posts:
        return None
    key = issue_key(invoice.id)
    return Entry("invoice_issued", key, invoice.id, invoice.issued_at, posts, memo=invoice.number)


def invoice_voided(invoice: IssuedInvoice, *, reverses: UUID | None, at: datetime) -> Entry | None:
    """The issue the other way round, naming the entry that it `reverses`. None for a total of
    zero, which was never booked."""
    posts = tuple(post.reversed() for post in _invoice_posts(invoice))
    if not posts:
        return None
    assert reverses is not None  # what was issued over money was booked
    key = f"invoice-voided:{invoice.id}"
    return Entry(
        "invoice_voided", key, invoice.id, at, posts, memo=invoice.number, reverses=reverses
    )


def credit_note_issued(note: IssuedCreditNote) -> Entry:
    """Revenue and tax are given back as the customer's credit; covering an invoice comes after."""
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, note.customer_id)
    posts = posts_over_zero([Post(REVENUE, credit, note.net), Post(TAX, credit, note.tax)])
    key = f"credit-note-issued:{note.id}"
    return Entry("credit_note_issued", key, note.id, note.issued_at, posts, memo=note.number)
