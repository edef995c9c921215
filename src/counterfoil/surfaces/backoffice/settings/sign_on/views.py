"""Connections to sign-in providers: listed, added, tried out, switched and removed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import givable, preset_of, read
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.sign_on import queries
from counterfoil.domain.identity.sign_on.rows import SignOnKind, SignOnRow
from counterfoil.flows.people.sign_on import connections
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Conflict, NotFound, Refused
from counterfoil.kernel.ids import decode, encode, new_id
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import texts
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.backoffice.settings.sign_on import forms
from counterfoil.surfaces.backoffice.settings.sign_on.pages import (
    Given,
    ListPage,
    NewPage,
    OnePage,
    Row,
)
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.entrance.sign_on.views import trial_of
from counterfoil.surfaces.ui.formatting import moment_day
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import Pill

WHAT = gettext_lazy("A change of how people sign in")
PROVIDER = ("issuer", "client_id", "client_secret", "metadata_url", "metadata")
_ROOM = "backoffice_sign_on"
_NEW_TICKED = ("makes_people", "covers_second_factor")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connection that is to be: for whom, how it speaks, and under which id."""

    for_staff: bool
    kind: SignOnKind
    id: UUID


@staff(Right.PEOPLE)
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """Every connection."""
    business_id = request.business.id
    with reading(business_id):
        found = queries.connections(business_id)
        owners = customers.customers(
            business_id, [one.customer_id for one in found if one.customer_id]
        )
    rows = tuple(
        Row(
            url=reverse("backoffice_sign_on_one", args=[one.id]),
            name=one.name,
            whose=_whose(one, {key: owner.name for key, owner in owners.items()}),
            facts=" · ".join((_kind_words(one.kind), ", ".join(one.domains))),
            pill=_pill(one),
        )
        for one in found
    )
    adds = tuple(
        Link(words, reverse("backoffice_sign_on_new", args=[whose, kind.value]))
        for whose, kind, words in (
            ("staff", SignOnKind.OIDC, _("For your staff, by OpenID Connect")),
            ("staff", SignOnKind.SAML, _("For your staff, by SAML")),
            ("customer", SignOnKind.OIDC, _("For a customer company, by OpenID Connect")),
            ("customer", SignOnKind.SAML, _("For a customer company, by SAML")),
        )
    )
    page = ListPage(tabs(_ROOM), rows, adds)
    template = "backoffice/settings/sign_on/list.html"
    return render(request, template, section="settings", page=page)


def _kind_words(kind: SignOnKind) -> str:
    return "SAML" if kind == SignOnKind.SAML else "OpenID Connect"


def _whose(one: SignOnRow, names: dict[UUID, str]) -> str:
    return names.get(one.customer_id, "") if one.customer_id else _("Your staff")


def _pill(one: SignOnRow) -> Pill:
    if not one.settings:
        return Pill(_("No provider yet"), "warn")
    return Pill(_("Active"), "good") if one.is_active else Pill(_("Switched off"), "neutral")


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, whose: str, kind: str) -> HttpResponse:
    """Adds a connection; its provider follows on its own page."""
    if whose not in ("staff", "customer") or kind not in set(SignOnKind):
        raise NotFound
    for_staff, spoken = whose == "staff", SignOnKind(kind)
    connections.check_may(request.member, for_staff=for_staff)
    if request.method != "POST":
        wanted = Wanted(for_staff, spoken, new_id())
        ticks = [*_NEW_TICKED, *(["vouches_for_mail"] if spoken == SignOnKind.SAML else [])]
        ticks += ["is_shown"] if for_staff else []
        form = FormState({"level": "readonly" if for_staff else "sees"})
        return _new_page(request, wanted, form, ticks)
    wanted = Wanted(for_staff, spoken, decode("sso", request.POST.get("form_key", "")))
    sent = forms.form_of(request.POST, for_staff=for_staff)
    try:
        is_new = connections.add(
            request.business.id,
            wanted.id,
            spoken,
            "" if for_staff else _customer(request),
            sent,
            at=request.at,
            by=request.member,
        )
    except (Refused, Conflict) as problem:
        shown = forms.with_trouble(texts(request.POST, forms.FIELDS), problem)
        ticks = [name for name in forms.BOXES if name in request.POST]
        return _new_page(request, wanted, shown, ticks, status=422)
    if not is_new:
        messages.warning(request, _("This form was sent already. No second connection was added."))
    else:
        messages.success(request, _("Added. Now say which provider it is."))
    return _back(wanted.id)


def _customer(request: StaffRequest) -> str:
    """The one customer that was meant: by id, or by a part of the name that fits no other."""
    typed = texts(request.POST, ("customer",))["customer"]
    if typed.startswith("cus_") or not typed:
        return typed or "cus_"
    with reading(request.business.id):
        found = customers.page(request.business.id, q=typed, limit=2)
    return encode("cus", found[0].id) if len(found) == 1 else "cus_"


def _new_page(
    request: StaffRequest, wanted: Wanted, form: FormState, ticks: list[str], *, status: int = 200
) -> HttpResponse:
    for_staff = wanted.for_staff
    page = NewPage(
        tabs=tabs(_ROOM),
        title=_("Sign-in of your staff") if for_staff else _("Sign-in of a customer company"),
        for_staff=for_staff,
        form=form,
        levels=forms.levels(for_staff=for_staff, within=givable(request.member.rights)),
        boxes=forms.boxes(ticks, wanted.kind, for_staff=for_staff),
        key=encode("sso", wanted.id),
        post_url=request.path,
    )
    template = "backoffice/settings/sign_on/new.html"
    return render(request, template, section="settings", status=status, page=page)


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """One connection; a POST changes whose people come and what they are."""
    found = _found(request, connection_id)
    if request.method != "POST":
        return _page(request, found)
    sent = forms.form_of(request.POST, for_staff=found.for_staff)
    try:
        connections.change(request.business.id, connection_id, sent, by=request.member)
    except (Refused, Conflict) as problem:
        shown = forms.with_trouble(texts(request.POST, forms.FIELDS), problem)
        ticks = [name for name in forms.BOXES if name in request.POST]
        return _page(request, found, form=shown, ticks=ticks, status=422)
    messages.success(request, _("Saved. It holds from the next sign-in."))
    return HttpResponseRedirect(request.path)


def _found(request: StaffRequest, connection_id: UUID) -> SignOnRow:
    with reading(request.business.id):
        return queries.connection(request.business.id, connection_id)


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_POST
def provider(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """Says which provider it is; the provider is asked at once, and what is wrong is told."""
    found = _found(request, connection_id)
    typed = texts(request.POST, [name for name in PROVIDER if name != "metadata"])
    typed["metadata"] = request.POST.get("metadata", "").strip()[: connections.XML_MAX + 1]
    try:
        connections.connect(request.business.id, found, typed, at=request.at, by=request.member)
    except Refused as problem:
        shown = forms.with_trouble(typed | {"client_secret": "", "metadata": ""}, problem)
        return _page(request, found, provider_form=shown, status=422)
    messages.success(
        request, _("The provider was asked and is known now. Try it before others do.")
    )
    return _back(connection_id)


def _back(connection_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("backoffice_sign_on_one", args=[connection_id]))


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_POST
def switch(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """Opens the connection to its people, or closes it at once."""
    is_active = request.POST.get("active") == "yes"
    try:
        connections.switch(
            request.business.id, connection_id, is_active=is_active, by=request.member
        )
    except connections.NoProviderYet:
        messages.warning(request, _("Say first which provider it is. Nothing was changed."))
        return _back(connection_id)
    messages.success(
        request,
        _("Active: its people can sign in.")
        if is_active
        else _("Switched off: nobody signs in through it. Sessions that are open stay open."),
    )
    return _back(connection_id)


@staff(Right.PEOPLE)
@require_safe
def try_it(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """Away to the provider, for a trial: what comes is shown, nobody is signed in."""
    found = _found(request, connection_id)
    token = trial_of(request.business.id, connection_id)
    return HttpResponseRedirect(f"{_at_its_door(found, 'sign_on')}?try={token}")


def _at_its_door(found: SignOnRow, name: str) -> str:
    """An address of the connection where its people come in, whichever door this page stands at."""
    conf = settings.STAFF_URLCONF if found.for_staff else settings.ROOT_URLCONF
    return reverse(name, urlconf=conf, args=[found.id])


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_POST
def forget(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """Forgets which of the provider's people were whom."""
    count = connections.forget_links(request.business.id, connection_id, by=request.member)
    messages.success(
        request,
        ngettext(
            "One person is known anew by their address when they come next.",
            "%(count)s people are known anew by their addresses when they come next.",
            count,
        )
        % {"count": count},
    )
    return _back(connection_id)


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_POST
def remove(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    """Removes a connection; people keep what they have."""
    connections.remove(request.business.id, connection_id, by=request.member)
    messages.success(request, _("Removed. People keep their access and sign in another way."))
    return HttpResponseRedirect(reverse(_ROOM))


def _page(
    request: StaffRequest,
    found: SignOnRow,
    *,
    form: FormState | None = None,
    ticks: list[str] | None = None,
    provider_form: FormState | None = None,
    status: int = 200,
) -> HttpResponse:
    args = [found.id]
    typed = {name: str(found.settings.get(name, "")) for name in PROVIDER}
    page = OnePage(
        tabs=tabs(_ROOM),
        name=found.name,
        whose=_whose(found, _names(request, found)),
        pill=_pill(found),
        is_active=found.is_active,
        is_saml=found.kind == SignOnKind.SAML,
        for_staff=found.for_staff,
        has_provider=bool(found.settings),
        facts=_facts(found),
        given=_given(request, found),
        provider_form=provider_form or FormState(typed),
        form=form or forms.state_of(found),
        levels=forms.levels(
            for_staff=found.for_staff,
            within=givable(request.member.rights),
            now="" if found.for_staff else preset_of(read(found.rights)),
        ),
        boxes=forms.boxes(
            forms.ticked(found) if ticks is None else ticks, found.kind, for_staff=found.for_staff
        ),
        linked=connections.link_count(found.id),
        post_url=reverse("backoffice_sign_on_one", args=args),
        provider_url=reverse("backoffice_sign_on_provider", args=args),
        switch_url=reverse("backoffice_sign_on_switch", args=args),
        try_url=reverse("backoffice_sign_on_try", args=args),
        forget_url=reverse("backoffice_sign_on_forget", args=args),
        remove_url=reverse("backoffice_sign_on_remove", args=args),
    )
    template = "backoffice/settings/sign_on/one.html"
    return render(request, template, section="settings", status=status, page=page)


def _names(request: StaffRequest, found: SignOnRow) -> dict[UUID, str]:
    if found.customer_id is None:
        return {}
    with reading(request.business.id):
        return {found.customer_id: customers.customer(request.business.id, found.customer_id).name}


def _facts(found: SignOnRow) -> tuple[Given, ...]:
    """What is known of the provider."""
    if not found.settings or found.kind == SignOnKind.OIDC:
        return ()
    ends = datetime.fromisoformat(found.settings["ends_at"])
    return (
        Given(_("Entity id of the provider"), found.settings["entity_id"]),
        Given(_("Its certificate ends"), moment_day(ends)),
    )


def _given(request: StaffRequest, found: SignOnRow) -> tuple[Given, ...]:
    """What has to be typed in at the provider."""
    places = {"sign_on_callback": _("Redirect URI")}
    if found.kind == SignOnKind.SAML:
        places = {
            "sign_on_metadata": _("Entity id, and the address of our metadata"),
            "sign_on_acs": _("Assertion consumer service (ACS) URL"),
        }
    given = [
        Given(words, request.build_absolute_uri(_at_its_door(found, name)))
        for name, words in places.items()
    ]
    if "certificate" in found.secrets:
        words = _("Certificate to encrypt assertions for (stands in our metadata too)")
        given.append(Given(words, found.secrets["certificate"]))
    return tuple(given)
