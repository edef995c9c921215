"""Payouts: the list, one of them, the same as a file, and reading the gateways now."""

import csv
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights import stories
from counterfoil.domain.reconciliation import payouts
from counterfoil.domain.reconciliation.payout_rows import PayoutLineRow
from counterfoil.domain.reconciliation.payout_rows import PayoutRow as PayoutFacts
from counterfoil.flows.aftermath import read_payouts
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, noted, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.backoffice.paging import asked, list_page
from counterfoil.surfaces.backoffice.payments.payouts.pages import (
    MovementRow,
    PayoutPage,
    PayoutRow,
)
from counterfoil.surfaces.backoffice.payments.payouts.words import (
    movement_problem,
    movement_words,
    payout_explanation,
    payout_failure,
    payout_pill,
)
from counterfoil.surfaces.backoffice.rows import book_entries
from counterfoil.surfaces.ui.spreadsheet import Echo, harmless

_COLUMNS = ("occurred_at", "kind", "payment", "customer", "gateway_ref", "gross", "fee", "net",
            "currency", "unexplained", "problem")  # fmt: skip


@staff(Right.SEE)
@require_safe
def payout_list(request: StaffRequest) -> HttpResponse:
    """Payouts, the last read first."""

    def read(before: UUID | None, limit: int) -> list[PayoutFacts]:
        return payouts.payouts(request.business.id, before=before, limit=limit)

    states = {"": _("All")}
    page = list_page(request, asked(request, states), states, read, _row)
    template = "backoffice/payouts/list.html"
    return render(request, template, section="bank", block="results", page=page)


@staff(Right.SEE)
@require_safe
def payout(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """One payout: what it pays, its fees, where its money is, what nobody can explain."""
    business_id = request.business.id
    with reading(business_id):
        row = payouts.payout(business_id, payout_id)
        lines = payouts.payout_lines(business_id, payout_id)
        books = stories.book_lines(business_id, payout_id, *[one.id for one in lines])
    page = PayoutPage(
        row=_row(row),
        explanation=payout_explanation(row.state, is_taken=row.amount_minor < 0),
        reference=encode("po", row.id),
        gateway_ref=row.gateway_ref,
        failure=payout_failure(row.failure),
        difference=_some(row.difference_minor, row.currency),
        bank_line=_bank_line(row),
        movements=tuple(_movement(one, row.currency) for one in lines),
        books=book_entries(books),
        csv_url=reverse("backoffice_payout_csv", args=[payout_id]),
        read_url=reverse("backoffice_payouts_read"),
    )
    return render(request, "backoffice/payouts/page.html", section="bank", page=page)


@staff(Right.EXPORT)
@require_safe
@noted(NoteKind.EXPORTED, "payout", "payout_id")
def payout_csv(request: StaffRequest, payout_id: UUID) -> HttpResponse:
    """Everything that a payout pays, for a spreadsheet."""
    business_id = request.business.id
    with reading(business_id):
        row = payouts.payout(business_id, payout_id)
        lines = payouts.payout_lines(business_id, payout_id)
    writer = csv.writer(Echo())
    told = [_COLUMNS, *(_cells(one, row.currency) for one in lines)]
    content = "".join(writer.writerow(one) for one in told)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"payout-{encode('po', row.id)}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def payouts_read(request: StaffRequest) -> HttpResponse:
    """Reads the gateways' payouts now, instead of waiting for the next day."""
    new = read_payouts.read_all(request.business.id, at=request.at)
    told = ngettext("%(n)s new payout was read.", "%(n)s new payouts were read.", new)
    messages.success(request, told % {"n": new})
    return HttpResponseRedirect(reverse("backoffice_payouts"))


def _row(row: PayoutFacts) -> PayoutRow:
    return PayoutRow(
        url=reverse("backoffice_payout", args=[row.id]),
        gateway=row.gateway_name,
        made_at=row.made_at,
        arrival_date=row.arrival_date,
        descriptor=row.descriptor,
        amount=row.amount,
        fee=Money(row.fee_minor, row.currency),
        unexplained=_some(row.suspense_minor, row.currency),
        pill=payout_pill(row.state, has_suspense=row.suspense_minor != 0),
    )


def _movement(line: PayoutLineRow, currency: str) -> MovementRow:
    about = None
    if line.payment_id is not None:
        url = reverse("backoffice_payment", args=[line.payment_id])
        about = Link(line.customer_name or "", url)
    return MovementRow(
        at=line.occurred_at,
        what=movement_words(line.kind),
        about=about,
        ref=line.source or line.gateway_ref,
        gross=Money(line.gross_minor, currency),
        fee=Money(line.fee_minor, currency),
        net=Money(line.net_minor, currency),
        unexplained=_some(line.suspense_minor, currency),
        why=movement_problem(line.problem),
    )


def _bank_line(row: PayoutFacts) -> Link | None:
    if row.bank_line_id is None:
        return None
    return Link(_("Bank line"), reverse("backoffice_bank_line", args=[row.bank_line_id]))


def _some(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if minor else None


def _cells(line: PayoutLineRow, currency: str) -> tuple[str, ...]:
    amounts = (line.gross_minor, line.fee_minor, line.net_minor)
    gross, fee, net = (str(Money(minor, currency).decimal) for minor in amounts)
    payment = encode("pay", line.payment_id) if line.payment_id else ""
    unexplained = str(Money(line.suspense_minor, currency).decimal)
    return (
        line.occurred_at.isoformat(),
        line.kind,
        payment,
        harmless(line.customer_name or ""),
        harmless(line.source or line.gateway_ref),
        gross,
        fee,
        net,
        currency,
        unexplained,
        line.problem,
    )
