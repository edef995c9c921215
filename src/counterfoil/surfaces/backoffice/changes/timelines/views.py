"""The timeline of an invoice, a payment, a customer, a contact and a member of staff."""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import ContactRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights import timelines
from counterfoil.domain.insights.story_rows import TimelineRow
from counterfoil.domain.insights.timelines import About
from counterfoil.domain.payments import queries as payments
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Forbidden, NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, may, staff
from counterfoil.surfaces.backoffice.changes.places import contact_places, places_of
from counterfoil.surfaces.backoffice.changes.reading import names_in
from counterfoil.surfaces.backoffice.changes.timelines.pages import TimelinePage
from counterfoil.surfaces.backoffice.changes.timelines.reading import happening, record_of
from counterfoil.surfaces.backoffice.frame import Section, render
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.backoffice.paging import ROWS_A_PAGE, cursor, paged
from counterfoil.surfaces.backoffice.rows import people_names
from counterfoil.surfaces.ui.formatting import money
from counterfoil.surfaces.ui.spreadsheet import Echo, harmless

_COLUMNS = ("at", "what", "who", "from", "about", "details")


@dataclass(frozen=True, slots=True)
class _Told:
    """Whose timeline: as `timelines` looks for it, and as the page names it."""

    about: About
    words: str
    url: str
    subject: str
    customer_id: UUID | None
    section: Section = "customers"


Read = Callable[[BusinessId, UUID], _Told]


def _invoice(business_id: BusinessId, invoice_id: UUID) -> _Told:
    head = billing.invoice(business_id, invoice_id)
    return _Told(
        timelines.about_invoice(business_id, invoice_id),
        head.number or _("Draft"),
        reverse("backoffice_invoice", args=[invoice_id]),
        f"timeline:invoice:{invoice_id}",
        head.customer_id,
        "invoices",
    )


def _payment(business_id: BusinessId, attempt_id: UUID) -> _Told:
    row = payments.attempt(business_id, attempt_id)
    amount = money(Money(row.amount_minor, row.currency))
    return _Told(
        timelines.about_payment(business_id, attempt_id),
        _("Payment of %(amount)s") % {"amount": amount},
        reverse("backoffice_payment", args=[attempt_id]),
        f"timeline:payment:{attempt_id}",
        row.customer_id,
        "payments",
    )


def _customer(business_id: BusinessId, customer_id: UUID) -> _Told:
    row = customers.customer(business_id, customer_id)
    return _Told(
        timelines.about_customer(customer_id),
        row.name,
        reverse("backoffice_customer", args=[customer_id]),
        f"timeline:customer:{customer_id}",
        customer_id,
    )


def _member(business_id: BusinessId, user_id: UUID) -> _Told:
    names = people_names(identity.colleagues(business_id))
    if str(user_id) not in names:
        raise NotFound
    return _Told(
        timelines.about_member(user_id),
        names[str(user_id)],
        reverse("backoffice_people"),
        f"timeline:staff:{user_id}",
        None,
        "settings",
    )


def _contact_of(customer_id: UUID) -> Read:
    def read(business_id: BusinessId, contact_id: UUID) -> _Told:
        found = customers.contacts(business_id, [customer_id])
        person = next((one for one in found if one.id == contact_id), None)
        if person is None:
            raise NotFound
        return _Told(
            timelines.about_contact(contact_id, customer_id, person.user_id, person.email),
            person.name or person.email,
            reverse("backoffice_customer", args=[customer_id]),
            f"timeline:contact:{contact_id}",
            customer_id,
        )

    return read


@staff(Right.SEE)
@require_safe
def of_invoice(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Everything that happened to an invoice."""
    return _answer(request, _invoice, invoice_id)


@staff(Right.SEE)
@require_safe
def of_payment(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """Everything that happened to a payment."""
    return _answer(request, _payment, payment_id)


@staff(Right.SEE)
@require_safe
def of_customer(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Everything that happened around a customer."""
    return _answer(request, _customer, customer_id)


@staff(Right.SEE)
@require_safe
def of_contact(request: StaffRequest, customer_id: UUID, contact_id: UUID) -> HttpResponse:
    """What a person at a customer did and got, and what was done to their access."""
    return _answer(request, _contact_of(customer_id), contact_id)


@staff(Right.TRAIL)
@require_safe
def of_member(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """What a member of staff did here."""
    return _answer(request, _member, user_id)


def _answer(request: StaffRequest, read: Read, one: UUID) -> HttpResponse:
    if request.GET.get("as") != "csv":
        return _page(request, read, one)
    if not may(request.member, Right.EXPORT):
        raise Forbidden
    return _csv(request, read, one)


def _page(request: StaffRequest, read: Read, one: UUID) -> HttpResponse:
    business_id = request.business.id
    with reading(business_id):
        told = read(business_id, one)
        found = timelines.timeline(
            business_id, told.about, before=cursor(request), limit=ROWS_A_PAGE + 1
        )
        people = _people(business_id, told.customer_id)
        names = _names(business_id, people, found)
    rows, paging = paged(request, found, lambda row: row.id)
    places = places_of(request, names)
    places |= contact_places(told.customer_id, [one.id for one in people])
    places = {label: url for label, url in places.items() if url != request.path}
    page = TimelinePage(
        title=told.words,
        back=Link(told.words, told.url),
        happenings=tuple(happening(row, names, places) for row in rows),
        paging=paging,
        csv_url=f"{request.path}?as=csv" if may(request.member, Right.EXPORT) else "",
    )
    return render(request, "backoffice/timeline.html", section=told.section, page=page)


def _csv(request: StaffRequest, read: Read, one: UUID) -> HttpResponse:
    business_id = request.business.id
    with reading(business_id):
        told = read(business_id, one)
        rows = timelines.timeline(business_id, told.about)
        names = _names(business_id, _people(business_id, told.customer_id), rows)
    audit.note(
        business_id,
        NoteKind.EXPORTED,
        subject=told.subject,
        customer_id=told.customer_id,
        at=request.at,
    )
    writer = csv.writer(Echo())
    lines = [_COLUMNS, *(_line(happening(row, names, {})) for row in rows)]
    content = "".join(writer.writerow(line) for line in lines)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="timeline.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _line(one: Happening) -> tuple[str, ...]:
    details = "; ".join(filter(None, (one.note, one.detail, *one.lines)))
    texts = (one.words, one.actor, one.origin, one.link.words if one.link else "", details)
    told = (harmless(text.replace("\u2068", "").replace("\u2069", "")) for text in texts)
    return (one.at.isoformat(timespec="milliseconds"), *told)


def _people(business_id: BusinessId, customer_id: UUID | None) -> list[ContactRow]:
    return customers.contacts(business_id, [customer_id]) if customer_id else []


def _names(
    business_id: BusinessId, people: Iterable[ContactRow], rows: Iterable[TimelineRow]
) -> Mapping[str, str]:
    """Names of staff and of the customer's people, and of what the changes are about."""
    changes = [record_of(one) for one in rows if one.sort == "change"]
    contacts = {str(one.id): one.name or one.email for one in people}
    return {**names_in(business_id, changes), **contacts}
