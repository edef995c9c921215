"""Invoices: the list, one invoice with its life, its PDF, its links and its mails."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights.work import late_since
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import DocumentFilter
from counterfoil.domain.receivables.rows import DocumentRow
from counterfoil.flows.letters import deliver_messages, render_document, send_messages
from counterfoil.flows.people import guest_links
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.surfaces.backoffice.access import StaffRequest, noted, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.invoices.reading import invoice_page
from counterfoil.surfaces.backoffice.paging import Asked, asked, list_page
from counterfoil.surfaces.backoffice.rows import invoice_row
from counterfoil.surfaces.ui.files.answers import pdf_answer

LATE = "late"


@staff(Right.SEE)
@require_safe
def invoice_list(request: StaffRequest) -> HttpResponse:
    """Invoices, newest first: by state, by words, of one customer."""
    states, today = _states(), request.today
    wanted = asked(request, states)

    def read(before: UUID | None, limit: int) -> list[DocumentRow]:
        looked_for = _looked_for(wanted, today)
        return receivables.documents(
            request.business.id, looked_for, today=today, before=before, limit=limit
        )

    page = list_page(request, wanted, states, read, lambda row: invoice_row(row, today))
    template = "backoffice/invoices/list.html"
    return render(request, template, section="invoices", block="results", page=page)


def _looked_for(wanted: Asked, today: date) -> DocumentFilter:
    if wanted.status == LATE:
        long_ago = late_since(today)
        return DocumentFilter(
            "overdue", wanted.q, wanted.customer_id, due_before=long_ago, tags=wanted.tags
        )
    return DocumentFilter(wanted.status, wanted.q, wanted.customer_id, tags=wanted.tags)


def _states() -> dict[str, str]:
    return {
        "": _("All"),
        "draft": _("Drafts"),
        "open": _("Open"),
        "part_paid": _("Partly paid"),
        "overdue": _("Overdue"),
        LATE: _("Over 30 days late"),
        "paid": _("Paid"),
        "void": _("Void"),
    }


@staff(Right.SEE)
@require_safe
def invoice(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice: what it says, how it stands, what happened to it."""
    page = invoice_page(request, invoice_id)
    return render(request, "backoffice/invoices/page.html", section="invoices", page=page)


@staff(Right.SEE)
@require_safe
def invoice_preview(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """The document as the customer will see it."""
    page = invoice_page(request, invoice_id)
    return render(request, "backoffice/invoices/preview.html", section="invoices", page=page)


@staff(Right.SEE)
@require_safe
@noted(NoteKind.DOWNLOADED, "invoice", "invoice_id")
def invoice_pdf(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """The PDF that the customer gets; of a draft, a preview of it."""
    content = render_document.invoice_pdf(request.business.id, invoice_id, at=request.at)
    return pdf_answer(content, "invoice", is_shown=True)


@staff(Right.EDIT_INVOICES)
@require_POST
def link_revoke(request: StaffRequest, invoice_id: UUID, link_id: UUID) -> HttpResponse:
    """Takes a guest link back: who holds it can't open the invoice any more."""
    revoked = identity.revoke_guest_link(
        request.business.id, link_id, invoice_id=invoice_id, at=request.at
    )
    if not revoked:
        raise NotFound
    messages.success(request, _("The link was taken back. It does not open anything any more."))
    return HttpResponseRedirect(reverse("backoffice_invoice", args=[invoice_id]) + "#links")


@staff(Right.EDIT_INVOICES)
@require_POST
def own_address_revoke(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Closes the address that the API names, before anybody has opened it."""
    if not guest_links.take_back_own_address(request.business.id, invoice_id, at=request.at):
        raise NotFound
    messages.success(request, _("The link was taken back. It does not open anything any more."))
    return HttpResponseRedirect(reverse("backoffice_invoice", args=[invoice_id]) + "#links")


@staff(Right.EDIT_INVOICES)
@require_POST
def invoice_send(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Mails an issued invoice once more to every contact that gets invoices."""
    key = request.POST.get("form_key", "")
    sent = send_messages.send_invoice(
        request.business.id, invoice_id, at=request.at, again=key or "again"
    )
    if sent:
        words = ngettext("%(n)s mail is on its way.", "%(n)s mails are on their way.", len(sent))
        messages.success(request, words % {"n": len(sent)})
    else:
        messages.warning(request, _("Nothing was sent: no contact of this customer gets invoices."))
    return HttpResponseRedirect(reverse("backoffice_invoice", args=[invoice_id]))


@staff(Right.EDIT_INVOICES)
@require_POST
def mail_again(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """Tries a mail again that was given up."""
    with reading(request.business.id):
        about = notifications.message(request.business.id, message_id)
    deliver_messages.send_again(request.business.id, message_id, at=request.at, by=request.actor)
    words = _("The mail to %(to)s is being tried again.") % {"to": about.recipient}
    messages.success(request, words)
    pages = {"invoice": "backoffice_invoice", "payment": "backoffice_payment"}
    name = pages.get(about.about_kind)
    if name is None:
        return HttpResponseRedirect(reverse("backoffice_customer", args=[about.customer_id]))
    return HttpResponseRedirect(reverse(name, args=[about.about_id]))
