"""The people of one customer, for staff: the same as the customer's own people can do, no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import (
    RIGHTS,
    ContactRight,
    Preset,
    givable,
    preset_of,
    presets_of,
    read,
)
from counterfoil.domain.customers.rows import ContactChange, ContactRow, CustomerRow, HeldLink
from counterfoil.domain.customers.writing.invitations import InvitationOver
from counterfoil.domain.customers.writing.people import LastManager, NothingAllowed, one_of
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.flows.aftermath import card_testing
from counterfoil.flows.people import guest_links, manage, sign_out
from counterfoil.flows.people.manage import Manager, PlansUndecided
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.words import signed_out_words
from counterfoil.surfaces.entrance.agents import agent_words
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import problem_words

_FIELDS = ("preset", "gets_invoices", "gets_receipts")
_WAYS = ("GET", "HEAD", "POST")
changing = step_up(gettext_lazy("Changing who has access"))
LIVES = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person; `form` has preset, gets_invoices, gets_receipts. `planned` is what they have
    planned, which is asked about before they are taken out."""

    customer_name: str
    name: str
    email: str
    form: FormState
    save_url: str
    remove_url: str
    back_url: str
    planned: tuple[ScheduleRow, ...] = ()
    error: str = ""
    presets: tuple[str, ...] = tuple(Preset)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link with the ways to end it."""

    held: HeldLink
    revoke_url: str
    life_url: str
    unlock_url: str = ""  # where nobody can pay by it


@dataclass(frozen=True, slots=True)
class LinksPage:
    """Every link of one customer that works."""

    customer_name: str
    rows: tuple[LinkRow, ...]
    back_url: str
    devices: Mapping[str, str]  # in words, by what a browser calls itself
    lives: tuple[int, ...] = LIVES


def rights_of(preset: str) -> frozenset[ContactRight]:
    """What a choice of the form means; nothing, for a word that is none of them."""
    return RIGHTS[Preset(preset)] if preset in set(Preset) else frozenset()


def by_staff(request: StaffRequest) -> Manager:
    """The reader, who gives no more than their role lets them."""
    return Manager(request.actor, None, staff=request.member.rights)


def _find(
    request: StaffRequest, customer_id: UUID, contact_id: UUID
) -> tuple[CustomerRow, ContactRow, list[ScheduleRow]]:
    with reading(request.business.id):
        customer = customers.customer(request.business.id, customer_id)
        everybody = customers.contacts(request.business.id, [customer_id])
        one = one_of(everybody, contact_id)
        planned = manage.planned_by(request.business.id, customer_id, contact_id)
    return customer, one, planned


@staff(Right.EDIT_CUSTOMERS)
@require_http_methods(_WAYS)
@changing
def person(request: StaffRequest, customer_id: UUID, contact_id: UUID) -> HttpResponse:
    """What one person of a customer may do, and which mails they get."""
    found = _find(request, customer_id, contact_id)
    one = found[1]
    if request.method != "POST":
        values = {
            "preset": preset_of(read(one.rights)),
            "gets_invoices": "on" if one.gets_invoices else "",
            "gets_receipts": "on" if one.gets_receipts else "",
        }
        return _page(request, found, FormState(values))
    if request.POST.get("do") == "sign_out":
        sign_out.contact(request.business.id, customer_id, contact_id, at=request.at)
        messages.success(request, signed_out_words(one.name or one.email))
        return HttpResponseRedirect(reverse("backoffice_contact", args=[customer_id, contact_id]))
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    command = ContactChange(
        rights_of(typed["preset"]), bool(typed["gets_invoices"]), bool(typed["gets_receipts"])
    )
    try:
        manage.change(
            request.business.id,
            customer_id,
            contact_id,
            command,
            by=by_staff(request),
            at=request.at,
        )
    except (LastManager, NothingAllowed) as problem:
        form = FormState(typed, {"preset": [problem_words(problem)]})
        return _page(request, found, form, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))


@staff(Right.EDIT_CUSTOMERS)
@require_POST
@changing
def person_remove(request: StaffRequest, customer_id: UUID, contact_id: UUID) -> HttpResponse:
    """Takes a person out; what they have planned is kept or cancelled, as was said."""
    found = _find(request, customer_id, contact_id)
    one = found[1]
    decided = {"keep": True, "cancel": False}.get(request.POST.get("planned", ""))
    try:
        manage.remove(
            request.business.id, customer_id, contact_id, decided=decided,
            by=by_staff(request), at=request.at,
        )  # fmt: skip
    except (LastManager, PlansUndecided) as problem:
        values = {"preset": preset_of(read(one.rights))}
        words = problem_words(problem)
        return _page(request, found, FormState(values), error=words, status=422)
    words = _("%(name)s has no access any more.") % {"name": one.name or one.email}
    messages.success(request, words)
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))


def _page(
    request: StaffRequest,
    found: tuple[CustomerRow, ContactRow, list[ScheduleRow]],
    form: FormState,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    customer, one, planned = found
    page = PersonPage(
        customer_name=customer.name,
        name=one.name or one.email,
        email=one.email,
        form=form,
        save_url=reverse("backoffice_contact", args=[customer.id, one.id]),
        remove_url=reverse("backoffice_contact_remove", args=[customer.id, one.id]),
        back_url=reverse("backoffice_customer", args=[customer.id]),
        planned=tuple(planned),
        error=error,
        presets=presets_of(givable(request.member.rights), preset_of(read(one.rights))),
    )
    template = "backoffice/customers/person.html"
    return render(request, template, section="customers", status=status, page=page)


@staff(Right.EDIT_CUSTOMERS)
@require_POST
@changing
def invited_again(request: StaffRequest, customer_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Sends an invitation anew."""
    try:
        row = manage.send_again(
            request.business.id, customer_id, invitation_id, by=by_staff(request), at=request.at
        )
    except InvitationOver:
        messages.warning(request, _("This invitation was answered or withdrawn meanwhile."))
    else:
        words = _("The invitation is on its way to %(email)s again. The link before works no more.")
        messages.success(request, words % {"email": row.email})
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))


@staff(Right.EDIT_CUSTOMERS)
@require_POST
@changing
def invited_withdraw(request: StaffRequest, customer_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Takes an invitation back."""
    try:
        row = manage.withdraw(request.business.id, customer_id, invitation_id, at=request.at)
    except InvitationOver:
        messages.warning(request, _("This invitation was answered or withdrawn meanwhile."))
    else:
        words = _("The invitation of %(email)s is withdrawn: its link opens nothing any more.")
        messages.success(request, words % {"email": row.email})
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))


@staff(Right.SEE)
@require_safe
def links(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Every link to this customer's invoices that works: who has it, and who used it."""
    with reading(request.business.id):
        customer = customers.customer(request.business.id, customer_id)
        found = guest_links.held(request.business.id, customer_id, at=request.at)
    page = LinksPage(
        customer_name=customer.name,
        rows=tuple(_row(customer_id, one) for one in found),
        back_url=reverse("backoffice_customer", args=[customer_id]),
        devices={use.device: agent_words(use.device) for one in found for use in one.uses},
    )
    return render(request, "backoffice/customers/links.html", section="customers", page=page)


def _row(customer_id: UUID, held: HeldLink) -> LinkRow:
    return LinkRow(
        held,
        revoke_url=reverse("backoffice_link_end", args=[customer_id, held.link.id]),
        life_url=reverse("backoffice_link_life", args=[customer_id, held.link.id]),
        unlock_url=reverse("backoffice_link_unlock", args=[customer_id, held.link.id])
        if held.link.pay_locked_at
        else "",
    )


@staff(Right.EDIT_INVOICES)
@require_POST
def link_end(request: StaffRequest, customer_id: UUID, link_id: UUID) -> HttpResponse:
    """A link opens nothing any more."""
    if not identity.revoke_customer_link(
        request.business.id, link_id, customer_id=customer_id, at=request.at
    ):
        raise NotFound
    messages.success(request, _("The link was taken back. It does not open anything any more."))
    return HttpResponseRedirect(reverse("backoffice_links", args=[customer_id]))


@staff(Right.EDIT_INVOICES)
@require_POST
def link_life(request: StaffRequest, customer_id: UUID, link_id: UUID) -> HttpResponse:
    """A link works until another day."""
    days = request.POST.get("days", "")
    if days not in {str(one) for one in LIVES}:
        raise NotFound
    expires_at = request.at + timedelta(days=int(days))
    if not identity.change_link_life(
        request.business.id, link_id, customer_id=customer_id, expires_at=expires_at
    ):
        raise NotFound
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_links", args=[customer_id]))


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def link_unlock(request: StaffRequest, customer_id: UUID, link_id: UUID) -> HttpResponse:
    """People can pay by a link again that took no payments after too many declines."""
    if not card_testing.unlock(
        request.business.id, link_id, customer_id=customer_id, at=request.at, by=request.actor
    ):
        raise NotFound
    messages.success(request, _("People can pay by this link again."))
    return HttpResponseRedirect(reverse("backoffice_links", args=[customer_id]))
