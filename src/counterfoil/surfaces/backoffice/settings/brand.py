"""The brand: name, particulars, logo and accent colour, with what will be readable."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.business import operations as business_operations
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.colours import brand_colours, contrast
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers.checks import ADDRESS_FIELDS
from counterfoil.domain.identity.roles import Right
from counterfoil.kernel.errors import FieldProblem, Refused, Unavailable
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.customers.forms import locales, timezones
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.settings.checks import checked
from counterfoil.surfaces.backoffice.settings.logo import BYTES_MAX, MEDIA_TYPE, repainted
from counterfoil.surfaces.backoffice.settings.pages import BrandPage, Swatch
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.ui.files.uploads import status_of_refusal, taken
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.words import problem_words

PLAIN = (
    "name", "legal_name", "email", "tax_id", "accent", "locale", "timezone",
)  # fmt: skip
ADDRESS = tuple(f"address.{part}" for part in ADDRESS_FIELDS)
TEMPLATE = "backoffice/settings/brand.html"


@staff(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def brand(request: StaffRequest) -> HttpResponse:
    """Name, particulars and colour of the business; the colour is corrected where unreadable."""
    if request.method != "POST":
        return _page(request, FormState(values=_values(businesses.by_id(request.business.id))))
    values = texts(request.POST, (*PLAIN, *ADDRESS))
    try:
        business_operations.change(request.business.id, checked(values))
    except Refused as problem:
        return _page(request, with_problem(values, problem), status=422)
    HOSTS.changed()
    messages.success(request, _("Saved. Every page shows the new brand from now on."))
    return HttpResponseRedirect(reverse("backoffice_brand"))


def _values(row: BusinessRow) -> dict[str, str]:
    address = {f"address.{part}": str(row.address.get(part, "")) for part in ADDRESS_FIELDS}
    return {name: getattr(row, name) for name in PLAIN} | address


def _page(
    request: StaffRequest,
    form: FormState,
    *,
    logo_errors: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    row = businesses.by_id(request.business.id)
    logo_url = f"{reverse('brand_logo')}?v={row.brand_version}" if row.logo_type else ""
    page = BrandPage(
        tabs=tabs("backoffice_brand"),
        form=form,
        swatch=swatch(form.value("accent")),
        locales=locales(),
        timezones=timezones(),
        logo_url=logo_url,
        logo_errors=logo_errors,
    )
    return render(request, TEMPLATE, section="settings", status=status, page=page)


def swatch(accent: str) -> Swatch | None:
    """How pages would look in this colour; None for what is no colour (yet)."""
    try:
        colours = brand_colours(accent)
    except Refused:
        return None
    asked = accent.strip().lower()
    asked = asked if asked.startswith("#") else f"#{asked}"
    query = urlencode({"accent": asked.removeprefix("#")})
    css_url = f"{reverse('backoffice_accent_css')}?{query}"
    ratio = f"{contrast(asked, '#ffffff'):.1f}"
    if colours.accent == asked:
        note = _("Readable on white as it is: a contrast of %(ratio)s to 1.") % {"ratio": ratio}
        return Swatch(css_url, note, is_corrected=False)
    note = _(
        "On white this colour has a contrast of %(ratio)s to 1, and text needs 4.5. Pages use "
        "%(accent)s of the same hue for text, and your own colour where it can be read."
    ) % {"ratio": ratio, "accent": colours.accent}
    return Swatch(css_url, note, is_corrected=True)


@staff(Right.SETTINGS)
@require_POST
def accent_preview(request: StaffRequest) -> HttpResponse:
    """The swatch of a colour that is being tried; nothing is saved."""
    found = swatch(request.POST.get("accent", "")[:20])
    return render(request, "backoffice/settings/swatch.html", block="swatch", swatch=found)


@staff(Right.SETTINGS)
@require_safe
def accent_css(request: StaffRequest) -> HttpResponse:
    """The colours of the swatch as a stylesheet, because pages hold no inline style."""
    colours = brand_colours(request.GET.get("accent", "")[:20])
    css = (
        f".swatch-light{{--accent:{colours.accent};--fill:{colours.fill};"
        f"--on-fill:{colours.on_fill};--wash:{colours.wash}}}"
        f".swatch-dark{{--accent:{colours.accent_dark};--fill:{colours.fill_dark};"
        f"--on-fill:{colours.on_fill_dark};--wash:{colours.wash_dark}}}\n"
    )
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@staff(Right.SETTINGS)
@require_POST
def logo(request: StaffRequest) -> HttpResponse:
    """Keeps an uploaded logo, painted anew; or takes the present one away."""
    fields: Mapping[str, object] = {"logo": None, "logo_type": ""}
    if request.POST.get("do") != "remove":
        try:
            fields = {"logo": _uploaded(request), "logo_type": MEDIA_TYPE}
        except (FieldProblem, Unavailable) as problem:
            form = FormState(values=_values(businesses.by_id(request.business.id)))
            told, status = (problem_words(problem),), status_of_refusal(problem)
            return _page(request, form, logo_errors=told, status=status)
    business_operations.change(request.business.id, fields)
    HOSTS.changed()
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_brand"))


def _uploaded(request: StaffRequest) -> bytes:
    sent = taken(request, "logo", bytes_max=BYTES_MAX, too_large="logo_too_large")
    return repainted(sent.content, sent.name)
