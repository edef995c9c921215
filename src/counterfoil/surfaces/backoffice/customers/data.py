"""Personal data of a customer and its people: copies, and being forgotten."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import ContactRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.privacy import queries
from counterfoil.domain.privacy.operations import COPY_LIFE, TooManyCopies
from counterfoil.domain.privacy.rows import CopyRow, ErasureRow, OpenMoney, Subject
from counterfoil.domain.privacy.words import table_words
from counterfoil.flows.people.privacy import erase, export
from counterfoil.flows.people.privacy.erase import MoneyOpen
from counterfoil.flows.people.privacy.export import CopyExpired, CopyNotReady
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.customers.data_pages import (
    Copy,
    DataPage,
    ErasePage,
    Erasure,
    Figure,
)
from counterfoil.surfaces.backoffice.forms import form_key, texts
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.rows import people_names
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.ui.files.answers import zip_answer
from counterfoil.surfaces.ui.shell import Choice
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import Pill, problem_words

DAYS_IN_A_MONTH = 30


@staff(Right.SEE)
@require_safe
def customer_data(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Copies and erasures around a customer, and what can be asked for."""
    business_id = request.business.id
    with reading(business_id):
        row = customers.customer(business_id, customer_id)
        people = customers.contacts(business_id, [customer_id])
        copies = queries.copies_of(Subject(business_id, customer_id))
        erasures = queries.erasures_of(business_id, customer_id)
        names = _names(request, people)
    whose = {one.id: one.name or one.email for one in people}
    page = DataPage(
        customer=row.name,
        back_url=reverse("backoffice_customer", args=[customer_id]),
        whom=(
            Choice("", _("The whole customer")),
            *(Choice(str(one.id), one.name or one.email) for one in people),
        ),
        copies=tuple(
            _copy(request, one, whose, names)
            for one in copies
            if one.removed_at is None or one.removed_at > request.at - COPY_LIFE
        ),
        erasures=tuple(_erasure(one, whose, names) for one in erasures),
        copy_url=reverse("backoffice_customer_copy", args=[customer_id]),
        erase_url=reverse("backoffice_customer_erase", args=[customer_id]),
        form_key=form_key(),
    )
    return render(request, "backoffice/customers/data.html", section="customers", page=page)


@staff(Right.SEE)
@require_safe
def waiting_erasures(request: StaffRequest) -> HttpResponse:
    """To the customer whose request to be forgotten has waited longest."""
    with reading(request.business.id):
        row = queries.oldest_wish(request.business.id)
    if row is None:
        return HttpResponseRedirect(reverse("backoffice_work"))
    return HttpResponseRedirect(reverse("backoffice_customer_data", args=[row.customer_id]))


@staff(Right.EXPORT)
@require_POST
@step_up(gettext_lazy("A copy of somebody's data"))
def customer_copy(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Has a copy made, of a person or of the whole customer; some a day are enough."""
    subject = _subject(request, customer_id)
    try:
        export.ask(subject, at=request.at, by=request.actor)
        messages.success(request, _("The copy is being put together. This takes a minute or two."))
    except TooManyCopies as problem:
        messages.warning(request, problem_words(problem))
    return HttpResponseRedirect(reverse("backoffice_customer_data", args=[customer_id]))


@staff(Right.EXPORT)
@require_safe
@step_up(gettext_lazy("A copy of somebody's data"), also_looking=True)
def customer_copy_file(request: StaffRequest, customer_id: UUID, copy_id: UUID) -> HttpResponse:
    """The file of a copy."""
    business_id = request.business.id
    with reading(business_id):
        row = queries.copy(business_id, copy_id)
    if row.customer_id != customer_id:
        raise NotFound
    try:
        content = export.content_of(business_id, row, at=request.at)
    except (CopyExpired, CopyNotReady) as problem:
        messages.warning(request, problem_words(problem))
        return HttpResponseRedirect(reverse("backoffice_customer_data", args=[customer_id]))
    return zip_answer(content, f"personal-data-{row.asked_at:%Y-%m-%d}")


@staff(Right.EDIT_CUSTOMERS)
@require_POST
def customer_erase(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Somebody is to be forgotten: to the page that shows what would go."""
    subject = _subject(request, customer_id)
    erasure_id = erase.ask(subject, at=request.at, by=request.actor)
    return HttpResponseRedirect(_decision_url(customer_id, erasure_id))


@staff(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up(gettext_lazy("Erasing somebody's data"))
def customer_erasure(request: StaffRequest, customer_id: UUID, erasure_id: UUID) -> HttpResponse:
    """Shows what goes and what stays; then does it. It can't be undone."""
    with reading(request.business.id):
        row = queries.erasure(request.business.id, erasure_id)
    if row.customer_id != customer_id:
        raise NotFound
    back = reverse("backoffice_customer_data", args=[customer_id])
    if not row.is_open:
        return HttpResponseRedirect(back)
    if request.method != "POST":
        return _review(request, customer_id, row)
    if "decline" in request.POST:
        reason = texts(request.POST, ["reason"])["reason"]
        erase.decline(
            request.business.id, erasure_id, reason=reason, at=request.at, by=request.actor
        )
        messages.success(request, _("Declined. Whoever asked sees it, with the reason."))
        return HttpResponseRedirect(back)
    try:
        erase.confirm(request.business.id, erasure_id, at=request.at, by=request.actor)
    except MoneyOpen as problem:
        return _review(request, customer_id, row, problem=problem_words(problem))
    messages.success(request, _("Erased. What the law wants kept is still there."))
    return HttpResponseRedirect(back)


def _review(
    request: StaffRequest, customer_id: UUID, row: ErasureRow, *, problem: str = ""
) -> HttpResponse:
    business_id = request.business.id
    found = erase.review(business_id, row.id, at=request.at)
    with reading(business_id):
        customer = customers.customer(business_id, customer_id)
        people = customers.contacts(business_id, [customer_id])
        names = _names(request, people)
    whose = {one.id: one.name or one.email for one in people}
    url = _decision_url(customer_id, row.id)
    page = ErasePage(
        whose=_of_wish(row, whose) if row.contact_id else customer.name,
        is_whole=row.contact_id is None,
        asked_at=row.asked_at,
        asked_by=actor_words(row.asked_by, names),
        reasons=tuple(_reasons(found.money)) if found.money else (),
        goes=tuple(Figure(table_words(table), count) for table, count in found.goes.items()),
        trail_values=found.trail_values,
        sign_ins=found.sign_ins,
        methods=found.methods,
        mandates=found.mandates,
        mandate_months=found.mandate_days // DAYS_IN_A_MONTH,
        events_that_wait=found.events_that_wait,
        books_until=found.books_until,
        confirm_url=url,
        decline_url=url,
        back_url=reverse("backoffice_customer_data", args=[customer_id]),
        problem=problem,
    )
    status = 409 if problem else 200
    template = "backoffice/customers/erase.html"
    return render(request, template, section="customers", status=status, page=page)


def _reasons(money: OpenMoney) -> list[str]:
    """What has to be seen to first, in words."""
    words = {
        "open_invoices": _("Invoices are open: have them paid, credited or written off."),
        "unapplied_credits": _("There is credit left: apply it or give it back."),
        "open_payments": _("Payments are under way: their outcome is not known yet."),
        "open_refunds": _("Refunds are under way."),
        "open_chargebacks": _("Chargebacks are not decided."),
        "planned_payments": _("Payments are planned: cancel them, or wait for their day."),
        "drafts": _("There are drafts of invoices: delete or issue them."),
        "waiting_mandates": _("A mandate is still being set up."),
        "waiting_approvals": _("Something waits for the word of a second person."),
    }
    return [words[name] for name in money.reasons]


def _decision_url(customer_id: UUID, erasure_id: UUID) -> str:
    return reverse("backoffice_customer_erasure", args=[customer_id, erasure_id])


def _subject(request: StaffRequest, customer_id: UUID) -> Subject:
    """Of whom the form speaks: one of the customer's people, or all of it."""
    with reading(request.business.id):
        customers.customer(request.business.id, customer_id)
        people = customers.contacts(request.business.id, [customer_id])
    wanted = request.POST.get("whom", "")
    known = {str(one.id): one.id for one in people}
    if wanted and wanted not in known:
        raise NotFound
    return Subject(request.business.id, customer_id, known.get(wanted))


def _names(request: StaffRequest, people: list[ContactRow]) -> Mapping[str, str]:
    staff_names = people_names(identity.colleagues(request.business.id))
    return {**staff_names, **{str(one.id): one.name or one.email for one in people}}


def _copy(
    request: StaffRequest, row: CopyRow, whose: Mapping[UUID, str], names: Mapping[str, str]
) -> Copy:
    is_there = row.removed_at is None and row.expires_at is not None and row.expires_at > request.at
    if row.removed_at is not None:
        pill = Pill(_("Not made"), "warn") if row.made_at is None else Pill(_("Erased"), "neutral")
    elif row.expires_at is None:
        pill = Pill(_("Being made"), "neutral")
    else:
        pill = Pill(_("Ready"), "good") if is_there else Pill(_("Expired"), "neutral")
    args = [row.customer_id, row.id]
    return Copy(
        whose=_of(row.contact_id, whose),
        asked_at=row.asked_at,
        asked_by=actor_words(row.asked_by, names),
        pill=pill,
        expires_at=row.expires_at,
        file_url=reverse("backoffice_customer_copy_file", args=args) if is_there else "",
    )


def _erasure(row: ErasureRow, whose: Mapping[UUID, str], names: Mapping[str, str]) -> Erasure:
    pill = Pill(_("Waits for a decision"), "warn")
    if row.erased_at is not None:
        pill = Pill(_("Erased"), "neutral")
    elif row.declined_at is not None:
        pill = Pill(_("Declined"), "neutral")
    return Erasure(
        whose=_of_wish(row, whose),
        asked_at=row.asked_at,
        asked_by=actor_words(row.asked_by, names),
        pill=pill,
        note=row.reason,
        url=_decision_url(row.customer_id, row.id) if row.is_open else "",
    )


def _of_wish(row: ErasureRow, whose: Mapping[UUID, str]) -> str:
    if row.erased_at is None and row.contact_id is not None:
        return whose.get(row.contact_id) or _("A person who was taken out")
    return _of(row.contact_id, whose)


def _of(contact_id: UUID | None, whose: Mapping[UUID, str]) -> str:
    if contact_id is None:
        return _("The whole customer")
    return whose.get(contact_id) or _("A person who is erased")
