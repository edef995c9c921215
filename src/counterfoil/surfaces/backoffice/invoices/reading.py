"""Turns what is known of one invoice into the values of its page."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.billing.rows import InvoiceHead, LineRow, TaxRow
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.identity.rows import GuestLinkRow
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest
from counterfoil.surfaces.backoffice.forms import form_key
from counterfoil.surfaces.backoffice.invoices.facts import Facts, facts_of
from counterfoil.surfaces.backoffice.invoices.life import happenings
from counterfoil.surfaces.backoffice.invoices.pages import (
    GuestLink,
    InvoicePage,
    Line,
    PayingNow,
    Tax,
    Totals,
)
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.backoffice.rows import book_entries, mail_row, people_names
from counterfoil.surfaces.backoffice.words import attempt_pill, document_pill
from counterfoil.surfaces.ui.context import lines_of
from counterfoil.surfaces.ui.words import Pill


def invoice_page(request: StaffRequest, invoice_id: UUID) -> InvoicePage:
    """The page of one invoice, drafts included."""
    facts = facts_of(request.business.id, invoice_id)
    head, item, currency = facts.head, facts.item, facts.head.currency
    open_minor = item.open_minor if item else 0
    paid_minor = item.paid_minor if item else 0
    credited_minor = item.credited_minor if item else 0
    party = head.party or {"name": facts.customer.name, "address": facts.customer.address}
    return InvoicePage(
        url=reverse("backoffice_invoice", args=[invoice_id]),
        title=_("Invoice %(number)s") % {"number": head.number} if head.number else _("Draft"),
        number=head.number,
        pill=document_pill(
            head.state,
            open_minor=open_minor,
            covered_minor=paid_minor + credited_minor,
            written_off_minor=item.written_off_minor if item else 0,
            due_date=head.due_date,
            today=request.today,
            attempt_state=item.attempt_state if item else None,
        ),
        customer=Link(str(party["name"]), reverse("backoffice_customer", args=[head.customer_id])),
        customer_address=lines_of(party.get("address") or {}),
        issued_date=head.issue_date,
        due_date=head.due_date,
        terms_days=head.terms_days,
        external_ref=head.external_ref,
        notes=head.notes,
        lines=tuple(_line(row, currency) for row in facts.lines),
        line_count=head.line_count,
        totals=_totals(head, facts.taxes),
        amount_due=Money(item.due_minor if item else 0, currency),
        paid=Money(paid_minor, currency),
        credited=Money(credited_minor, currency),
        written_off=Money(item.written_off_minor if item else 0, currency),
        pdf_url=reverse("backoffice_invoice_pdf", args=[invoice_id]),
        happenings=happenings(facts, people_names(facts.members)),
        timeline_url=reverse("backoffice_invoice_timeline", args=[facts.head.id]),
        mails=tuple(mail_row(row) for row in reversed(facts.mails)),
        books=book_entries(facts.books),
        guest_links=(
            *(_guest_link(request, row) for row in facts.links),
            *([_unopened(facts)] if facts.is_own_address_unopened else []),
        ),
        paying=_paying(facts),
        taken_back=_taken_back(facts),
        form_key=form_key(),
        **_actions(facts),
    )


def _line(row: LineRow, currency: str) -> Line:
    return Line(
        description=row.description,
        quantity=row.quantity.normalize(),
        unit_price=row.unit_price.normalize(),
        net=Money(row.net_minor, currency),
        tax_rate=row.tax_rate.normalize(),
        discount_percent=row.discount_percent.normalize() if row.discount_percent else None,
    )


def _totals(head: InvoiceHead, taxes: list[TaxRow]) -> Totals:
    currency = head.currency
    return Totals(
        subtotal=Money(head.subtotal_minor, currency),
        taxes=tuple(
            Tax(
                row.rate.normalize(),
                Money(row.base_minor, currency),
                Money(row.tax_minor, currency),
            )
            for row in taxes
            if row.rate
        ),
        total=Money(head.total_minor, currency),
        discount=Money(head.discount_minor, currency) if head.discount_minor else None,
        discount_percent=head.discount_percent.normalize() if head.discount_minor else None,
    )


def _guest_link(request: StaffRequest, row: GuestLinkRow) -> GuestLink:
    return GuestLink(
        sent_to=row.sent_to,
        sent_at=row.created_at,
        expires_at=row.expires_at,
        opened_at=row.last_opened_at,
        is_expired=row.expires_at <= request.at,
        revoke_url=reverse("backoffice_link_revoke", args=[row.invoice_id, row.id]),
    )


def _unopened(facts: Facts) -> GuestLink:
    url = reverse("backoffice_own_address_revoke", args=[facts.head.id])
    return GuestLink("", None, None, None, is_expired=False, revoke_url=url)


def _taken_back(facts: Facts) -> Pill | None:
    """Whether a payer's bank contests a payment of it, or took one back and it is owed again."""
    if any(one.contested_minor for one in facts.payments):
        return attempt_pill("charged_back", is_contested=True)
    if facts.item is None or not facts.item.due_minor:
        return None
    if any(one.charged_back_minor for one in facts.payments):
        return attempt_pill("charged_back")
    is_returned = any(one.state == "returned" for one in facts.payments)
    return attempt_pill("returned") if is_returned else None


def _paying(facts: Facts) -> PayingNow | None:
    claim = facts.claim
    if claim is None:
        return None
    attempt = next((one for one in facts.payments if one.id == claim.attempt_id), None)
    return PayingNow(
        payer=claim.taken_by,
        since=claim.taken_at,
        amount=Money(claim.amount_minor, facts.head.currency),
        url=reverse("backoffice_payment", args=[claim.attempt_id]),
        pill=attempt_pill(attempt.state if attempt else "submitted"),
    )


def _actions(facts: Facts) -> dict[str, str]:
    """Where the next steps lead, as far as the state allows them."""
    head, args = facts.head, [facts.head.id]
    found = {"preview_url": reverse("backoffice_invoice_preview", args=args)}
    if head.state == DocumentState.DRAFT:
        found["edit_url"] = reverse("backoffice_invoice_edit", args=args)
        found["issue_url"] = reverse("backoffice_invoice_issue", args=args)
        found["delete_url"] = reverse("backoffice_invoice_delete", args=args)
    if head.state != DocumentState.ISSUED or facts.item is None:
        return found
    found["send_url"] = reverse("backoffice_invoice_send", args=args)
    if facts.item.due_minor == head.total_minor and facts.claim is None:
        found["void_url"] = reverse("backoffice_invoice_void", args=args)
    if sum(note.total_minor for note in facts.notes) < head.total_minor:
        found["credit_url"] = reverse("backoffice_invoice_credit", args=args)
    if facts.item.written_off_minor:
        found["write_off_back_url"] = reverse("backoffice_invoice_write_off_back", args=args)
    if facts.item.due_minor and facts.claim is None:
        found["write_off_url"] = reverse("backoffice_invoice_write_off", args=args)
    return found
