"""Turns what the domain hands out into the rows that several staff pages are drawn from."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.urls import reverse

from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.insights.story_rows import BookLine
from counterfoil.domain.notifications.rows import MessageRow
from counterfoil.domain.notifications.words import decline_reason, method_name
from counterfoil.domain.receivables.rows import DocumentRow
from counterfoil.domain.receivables.rows import PaymentRow as PaymentFacts
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.addresses import place
from counterfoil.surfaces.backoffice.pages import (
    BookEntry,
    BookPosting,
    InvoiceRow,
    Link,
    MailRow,
    PaymentRow,
)
from counterfoil.surfaces.backoffice.words import (
    account_words,
    attempt_pill,
    document_pill,
    entry_words,
    mail_pill,
    mail_words,
    skip_words,
)


def invoice_row(row: DocumentRow, today: date) -> InvoiceRow:
    """One invoice of a list."""
    pill = document_pill(
        row.state,
        open_minor=row.open_minor,
        covered_minor=row.paid_minor + row.credited_minor,
        written_off_minor=row.written_off_minor,
        due_date=row.due_date,
        today=today,
        attempt_state=row.attempt_state,
    )
    return InvoiceRow(
        number=row.number,
        url=place("backoffice_invoice", row.id),
        customer_name=row.customer_name,
        customer_url=place("backoffice_customer", row.customer_id),
        issued_date=row.issue_date,
        due_date=row.due_date,
        total=Money(row.total_minor, row.currency),
        amount_due=Money(row.due_minor, row.currency),
        pill=pill,
        story_url=place("backoffice_invoice_timeline", row.id),
        external_ref=row.external_ref,
    )


def method_words(kind: str | None, brand: str | None, last4: str | None) -> str:
    """`Visa •••• 4242`, or nothing where no method is known."""
    if not kind:
        return ""
    name = method_name(kind, brand or "")
    return f"{name} •••• {last4}" if last4 else name


def payment_row(row: PaymentFacts) -> PaymentRow:
    """One payment of a list."""
    return PaymentRow(
        reference=encode("pay", row.id),
        url=place("backoffice_payment", row.id),
        customer_name=row.customer_name,
        customer_url=place("backoffice_customer", row.customer_id),
        at=row.created_at,  # the list is in this order
        amount=Money(row.amount_minor, row.currency),
        pill=attempt_pill(row.status, row.failure_code, is_contested=row.contested_minor > 0),
        story_url=place("backoffice_payment_timeline", row.id),
        method=method_words(row.instrument_kind, row.instrument_brand, row.instrument_last4),
        invoices=tuple(
            Link(part["number"], place("backoffice_invoice", UUID(part["invoice"])))
            for part in row.parts
        ),
        note=decline_reason(row.failure_code, row.instrument_kind) if row.state == "failed" else "",
    )


def mail_row(row: MessageRow, *, linked: bool = False) -> MailRow:
    """One mail of a list; `linked` to what it is about, where the page is about something else."""
    about = {"invoice": "backoffice_invoice", "payment": "backoffice_payment"}.get(row.about_kind)
    again = place("backoffice_mail_again", row.id) if row.state == "failed" else ""
    return MailRow(
        words=row.subject or mail_words(row.template),
        recipient=row.recipient,
        at=row.sent_at or row.created_at,
        pill=mail_pill(row.state),
        problem="" if row.state == "skipped" else row.problem,
        reason=skip_words(row.problem) if row.state == "skipped" else "",
        about_url=reverse(about, args=[row.about_id]) if about and linked else "",
        again_url=again,
    )


def book_entries(lines: Iterable[BookLine]) -> tuple[BookEntry, ...]:
    """Journal entries with their postings, in the order of the books."""
    entries: dict[object, tuple[BookLine, list[BookPosting]]] = {}
    for line in lines:
        posting = BookPosting(
            debit=account_words(line.debit_kind, line.debit_party),
            credit=account_words(line.credit_kind, line.credit_party),
            amount=Money(line.amount_minor, line.currency),
        )
        entries.setdefault(line.entry_id, (line, []))[1].append(posting)
    return tuple(
        BookEntry(entry_words(head.kind), head.occurred_at, head.memo, tuple(postings))
        for head, postings in entries.values()
    )


def people_names(members: Iterable[MemberRow]) -> Mapping[str, str]:
    """Names of staff by the id that history keeps."""
    return {str(one.user_id): one.name or one.email for one in members}
