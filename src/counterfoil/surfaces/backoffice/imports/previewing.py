"""Turns the plan of an import into the values of its page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.flows.importing.plans import CustomerPlan, Plan
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.imports.pages import Preview, Refused, Sample
from counterfoil.surfaces.backoffice.imports.words import import_words
from counterfoil.surfaces.ui.formatting import day
from counterfoil.surfaces.ui.lists import with_query

SAMPLES = 5
REFUSED_SHOWN = 100


def preview_of(kind: str, name: str, fingerprint: str, plan: Plan | CustomerPlan) -> Preview:
    """What the file holds, with the first refused lines and a few that are ready; what is wrong
    with the whole file is said once, and not line by line."""
    told = () if plan.problem else plan.refused
    refused = sorted(told, key=lambda one: (not one.is_cause, one.line))
    refused_url = reverse("backoffice_import_refused")
    return Preview(
        kind=kind,
        file_name=name,
        fingerprint=fingerprint,
        lines=plan.total_lines,
        ready=len(plan.ready),
        ready_lines=plan.ready_lines,
        already=len(plan.already),
        already_lines=plan.already_lines,
        refused_lines=plan.refused_lines,
        refused=tuple(
            Refused(one.line, _field(one.field), one.value, import_words(one.message), one.is_cause)
            for one in refused[:REFUSED_SHOWN]
        ),
        samples=_samples(plan),
        totals=_totals(plan),
        columns=tuple((header, _field(field)) for field, header in plan.headers.items()),
        problem=import_words(plan.problem) if plan.problem else "",
        refused_url=with_query(refused_url, kind=kind, fingerprint=fingerprint),
        hint=import_words(plan.hint) if plan.hint else "",
    )


def _samples(plan: Plan | CustomerPlan) -> tuple[Sample, ...]:
    if isinstance(plan, CustomerPlan):
        return tuple(
            Sample(one.new.name, one.new.email or one.new.external_ref)
            for one in plan.ready[:SAMPLES]
        )
    return tuple(
        Sample(
            one.number,
            f"\u2068{plan.customers[one.customer_ref].name}\u2069, \u2068{day(one.day)}\u2069",
            -one.total if one.kind == "credit_note" else one.total,
        )
        for one in plan.ready[:SAMPLES]
    )


def _totals(plan: Plan | CustomerPlan) -> tuple[Money, ...]:
    """What comes in by currency: invoices less credit notes."""
    if isinstance(plan, CustomerPlan):
        return ()
    found: dict[str, int] = {}
    for (kind, currency), minor in plan.totals().items():
        found[currency] = found.get(currency, 0) + (-minor if kind == "credit_note" else minor)
    return tuple(Money(minor, currency) for currency, minor in sorted(found.items()))


def _field(field: str) -> str:
    known = {
        "number": _("Number"),
        "customer_ref": _("Customer number"),
        "customer": _("Customer"),
        "customer_name": _("Customer"),
        "name": _("Name"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "email": _("Mail address"),
        "date": _("Date of issue"),
        "due_date": _("Due date"),
        "item": _("Item"),
        "description": _("Description"),
        "quantity": _("Quantity"),
        "unit_price": _("Unit price"),
        "discount_percent": _("Discount"),
        "tax_rate": _("Tax rate"),
        "tax_amount": _("Tax"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "country": _("Country"),
        "notes": _("Notes"),
        "phone": _("Phone"),
        "line1": _("Street and number"),
        "line2": _("Second line"),
        "city": _("City"),
        "region": _("Region"),
        "postal_code": _("Postal code"),
        "document": _("Document"),
        "file": _("File"),
    }
    return known.get(field, field.replace("_", " ").capitalize())
