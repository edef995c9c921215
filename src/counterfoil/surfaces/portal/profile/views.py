"""The profile: the person's own details, the customer's billing details, who else is there."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.customers import queries
from counterfoil.domain.customers.checks import ADDRESS_FIELDS
from counterfoil.domain.customers.rights import ContactRight, preset_of, read
from counterfoil.domain.customers.rows import ContactRow, CustomerRow
from counterfoil.flows.people import change_profile
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import InvalidInput
from counterfoil.surfaces.portal.access import PortalRequest, may, signed_in
from counterfoil.surfaces.portal.pages import Person, ProfilePage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.formatting import alphabetical
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.words import problem_words

_BILLING = {name: f"address_{name}" if name.startswith("line") else name for name in ADDRESS_FIELDS}

_OWN = ("name", "locale")  # what is the person's own, and not the customer's
_NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@cache
def _timezones() -> tuple[Choice, ...]:
    names = sorted(name for name in available_timezones() if "/" in name and "Etc" not in name)
    return (Choice("UTC", "UTC"), *(Choice(name, name.replace("_", " ")) for name in names))


@cache
def _countries(language: str) -> tuple[Choice, ...]:
    territories = Locale.parse(language).territories
    named = [
        Choice(code, words)
        for code, words in territories.items()
        if len(code) == 2 and code not in _NO_COUNTRY  # noqa: PLR2004  two letters
    ]
    return (Choice("", ""), *sorted(named, key=lambda one: alphabetical(one.words)))


@require_http_methods(["GET", "POST"])
@signed_in("profile")
def profile(request: PortalRequest) -> HttpResponse:
    """Shows and saves the profile; what can't be saved stays typed, with the reason beside it."""
    scope, person = request.scope, request.person
    if person is None:
        return HttpResponseRedirect(reverse("account_login"))
    with reading(scope.business_id):
        customer = queries.customer(scope.business_id, scope.customer_id)
        contacts = queries.contacts(scope.business_id, [scope.customer_id])
    me = next(contact for contact in contacts if contact.id == person.contact_id)
    if request.method == "GET":
        form = FormState(values=_values(me, customer))
        return _page(request, form, customer, contacts)
    values = _values(me, customer)
    theirs = values if may(request, ContactRight.PEOPLE) else _OWN
    typed = values | {name: request.POST.get(name, "") for name in theirs}
    try:
        change_profile.change(scope.business_id, customer, me, _command(typed), at=request.at)
    except InvalidInput as problem:
        errors = {_field(one.field): [problem_words(one)] for one in problem.problems}
        return _page(request, FormState(typed, errors), customer, contacts, status=422)
    messages.success(request, _("Your changes are saved."))
    response = HttpResponseRedirect(reverse("profile"))
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def _values(me: ContactRow, customer: CustomerRow) -> dict[str, str]:
    values = {
        "name": me.name,
        "phone": customer.phone,
        "locale": me.locale or customer.locale,
        "timezone": customer.timezone,
        "tax_id": customer.tax_id,
    }
    return values | {_BILLING[name]: customer.address.get(name, "") for name in ADDRESS_FIELDS}


def _command(typed: dict[str, str]) -> change_profile.ProfileCommand:
    return change_profile.ProfileCommand(
        name=typed["name"],
        locale=typed["locale"],
        phone=typed["phone"],
        timezone=typed["timezone"],
        tax_id=typed["tax_id"],
        address={name: typed[_BILLING[name]] for name in ADDRESS_FIELDS},
    )


def _field(path: str) -> str:
    name = path.removeprefix("address.").removeprefix("contacts.0.")
    return _BILLING.get(name, name)


def _page(
    request: PortalRequest,
    form: FormState,
    customer: CustomerRow,
    contacts: list[ContactRow],
    *,
    status: int = 200,
) -> HttpResponse:
    person = request.person
    page = ProfilePage(
        form=form,
        save_url=reverse("profile"),
        email=person.email if person else "",
        customer_name=customer.name,
        locales=tuple(Choice(code, words) for code, words in settings.LANGUAGES),
        timezones=_timezones(),
        countries=_countries(get_language() or "en"),
        people=tuple(
            Person(
                one.name or one.email,
                one.email,
                is_self=bool(person and one.id == person.contact_id),
                preset=preset_of(read(one.rights)),
            )
            for one in contacts
            if one.may_sign_in
        ),
        people_url=reverse("people") if may(request, ContactRight.PEOPLE) else "",
        links_url=reverse("links"),
        can_edit_billing=may(request, ContactRight.PEOPLE),
        sign_out_url=reverse("account_logout"),
        data_url=reverse("data"),
        looks_url=reverse("looks"),
        methods_url=reverse("methods") if may(request, ContactRight.METHODS) else "",
        password_url=reverse("account_reset_password"),
    )
    return htmx.render(request, "portal/profile/page.html", status=status, page=page)
