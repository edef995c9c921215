"""Customers: the list, one customer with everything about them, adding and changing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.customers import operations as customer_operations
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers import tags as tagging
from counterfoil.domain.customers.rights import givable
from counterfoil.domain.customers.rows import NewContact, NewInvitation
from counterfoil.domain.customers.writing.invitations import InvitedAlready
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights import work
from counterfoil.flows.people import manage
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, is_first_time, staff
from counterfoil.surfaces.backoffice.customers import forms
from counterfoil.surfaces.backoffice.customers.pages import (
    CustomerFormPage,
    CustomerListPage,
    CustomerRow,
)
from counterfoil.surfaces.backoffice.customers.people import by_staff, changing
from counterfoil.surfaces.backoffice.customers.reading import customer_page
from counterfoil.surfaces.backoffice.forms import form_key, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.paging import ROWS_A_PAGE, cursor, paged
from counterfoil.surfaces.ui.lists import search_words
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import ask, fresh
from counterfoil.surfaces.ui.words import problem_words

TAGS_TYPED_MAX = 1000


@staff(Right.SEE)
@require_safe
def customer_list(request: StaffRequest) -> HttpResponse:
    """Customers by name, found by a part of name or mail, or by their whole reference."""
    page = list_page(request, "backoffice_customer")
    template = "backoffice/customers/list.html"
    return render(request, template, section="customers", block="results", page=page)


def list_page(request: StaffRequest, row_link: str, *, is_choice: bool = False) -> CustomerListPage:
    """One page of customers, each leading to `row_link`."""
    business_id, q = request.business.id, search_words(request)
    with reading(business_id):
        last = _last(request)
        found = customers.page(
            business_id, q=q, after=last, limit=ROWS_A_PAGE + 1, tags=request.member.tags
        )
        shown, paging = paged(request, found, lambda row: row.id)
        ids = [row.id for row in shown]
        totals = work.customer_totals(business_id, ids, today=request.today)
    rows = []
    for row in shown:
        owed = totals.get(row.id, [])
        late = [one for one in owed if one.overdue_minor]
        rows.append(
            CustomerRow(
                name=row.name,
                url=reverse(row_link, args=[row.id]),
                email=row.email,
                external_ref=row.external_ref,
                open=tuple(Money(one.open_minor, one.currency) for one in owed),
                overdue=tuple(Money(one.overdue_minor, one.currency) for one in late),
            )
        )
    new_url = reverse("backoffice_customer_new")
    return CustomerListPage(tuple(rows), request.path, paging, new_url, q, is_choice)


def _last(request: StaffRequest) -> tuple[str, UUID] | None:
    """Name and id of the last row of the page before, if there was one."""
    after = cursor(request)
    row = customers.customers(request.business.id, [after]).get(after) if after else None
    return (row.name, row.id) if row else None


@staff(Right.SEE)
@require_safe
def customer(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Everything about one customer on one page."""
    page = customer_page(request, customer_id, FormState(values=forms.NEW_CONTACT))
    return render(request, "backoffice/customers/page.html", section="customers", page=page)


@staff(Right.EDIT_CUSTOMERS)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_new(request: StaffRequest) -> HttpResponse:
    """Adds a customer; bad fields come back with what is wrong beside them."""
    if request.method != "POST":
        return _form(request, FormState(values=forms.defaults(request.business)))
    values = forms.read(request.POST) | {"tags": request.POST.get("tags", "")[:TAGS_TYPED_MAX]}
    try:
        new, tags = forms.new_customer(values), _tags(request)
        if not is_first_time(request):
            messages.warning(request, _("This form was sent already. Nothing was added again."))
            return HttpResponseRedirect(reverse("backoffice_customers"))
        first = givable(request.member.rights)
        ids = customer_operations.add(request.business.id, [new], at=request.at, first=first)
        if tags:
            tagging.set_tags(request.business.id, ids[0], tags)
    except Refused as problem:
        return _form(request, with_problem(values, problem), status=422)
    except customer_operations.CustomerRefTaken as problem:
        return _form(request, forms.ref_taken(values, problem), status=422)
    messages.success(request, _("%(name)s was added.") % {"name": new.name})
    return HttpResponseRedirect(reverse("backoffice_customer", args=ids))


@staff(Right.EDIT_CUSTOMERS)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_edit(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Changes a customer; documents that were issued keep the particulars of their day."""
    with reading(request.business.id):
        row = customers.customer(request.business.id, customer_id)
        known = tagging.tags_of(request.business.id, customer_id)
        has_people = bool(customers.contacts(request.business.id, [customer_id]))
    if request.method != "POST":
        shown = forms.values_of(row) | {"tags": ", ".join(known)}
        return _form(request, FormState(values=shown), customer_id)
    values = forms.read(request.POST) | {"tags": request.POST.get("tags", "")[:TAGS_TYPED_MAX]}
    if values["email"] and not has_people and not fresh(request):
        return ask(request, _("Changing who has access"))  # the address becomes a contact
    try:
        fields, tags = forms.changes(values), _tags(request)
        first = givable(request.member.rights)
        customer_operations.change(request.business.id, row, fields, at=request.at, first=first)
        if "tags" in request.POST and tags != known:
            tagging.set_tags(request.business.id, customer_id, tags)
    except Refused as problem:
        return _form(request, with_problem(values, problem), customer_id, status=422)
    except customer_operations.CustomerRefTaken as problem:
        return _form(request, forms.ref_taken(values, problem), customer_id, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))


def _tags(request: StaffRequest) -> list[str]:
    """The tags that were typed; who sees some customers only can't put one out of their sight."""
    typed = tagging.cleaned(request.POST.get("tags", "")[:TAGS_TYPED_MAX].split(","))
    own = request.member.tags
    return sorted(typed if not own or set(typed) & set(own) else {*typed, *own})


def _form(
    request: StaffRequest, form: FormState, customer_id: UUID | None = None, *, status: int = 200
) -> HttpResponse:
    if customer_id is None:
        save_url, back_url = reverse("backoffice_customer_new"), reverse("backoffice_customers")
    else:
        save_url = reverse("backoffice_customer_edit", args=[customer_id])
        back_url = reverse("backoffice_customer", args=[customer_id])
    page = CustomerFormPage(
        form=form,
        save_url=save_url,
        back_url=back_url,
        form_key=form_key(),
        is_new=customer_id is None,
        locales=forms.locales(),
        timezones=forms.timezones(),
    )
    template = "backoffice/customers/form.html"
    return render(request, template, section="customers", status=status, page=page)


def _invite(request: StaffRequest, customer_id: UUID, new: NewContact) -> HttpResponse:
    asked = NewInvitation(
        customer_id=customer_id,
        name=new.name,
        email=new.email,
        locale=new.locale,
        rights=new.rights,
        gets_invoices=new.gets_invoices,
        gets_receipts=new.gets_receipts,
    )
    try:
        manage.invite(request.business.id, asked, by=by_staff(request), at=request.at)
    except InvitedAlready as problem:
        messages.warning(request, problem_words(problem))
    else:
        words = _("An invitation is on its way to %(email)s.") % {"email": new.email}
        messages.success(request, words)
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))


@staff(Right.EDIT_CUSTOMERS)
@require_POST
@changing
def contact_add(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Adds a person at the customer, who gets the mails that were chosen."""
    business_id = request.business.id
    values = forms.read_contact(request.POST)
    with reading(business_id):
        row = customers.customers(business_id, [customer_id]).get(customer_id)
        people = customers.contacts(business_id, [customer_id])
    if row is None:
        raise NotFound
    try:
        new = forms.new_contact(values, row, people)
    except Refused as problem:
        page = customer_page(request, customer_id, with_problem(values, problem))
        template = "backoffice/customers/page.html"
        return render(request, template, section="customers", status=422, page=page)
    if values["contact.invite"]:
        return _invite(request, customer_id, new)
    manage.add(business_id, customer_id, new, by=by_staff(request), at=request.at)
    messages.success(request, _("%(email)s was added.") % {"email": new.email})
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))
