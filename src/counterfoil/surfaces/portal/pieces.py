"""Small public answers of every portal: the brand's colours and logo, the language switch."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.business import queries as businesses
from counterfoil.kernel.errors import NotFound
from counterfoil.surfaces.ui.brand import brand_css
from counterfoil.surfaces.ui.middleware import safe_path

YEAR_SECONDS = 31_536_000


@require_GET
def brand_colours(request: HttpRequest) -> HttpResponse:
    """The brand's colours, corrected where they could not be read."""
    css = brand_css(request.business.accent)  # type: ignore[attr-defined]
    return _kept(HttpResponse(css, content_type="text/css; charset=utf-8"), request)


@require_GET
def brand_logo(request: HttpRequest) -> HttpResponse:
    """The logo as it was re-encoded when it was saved."""
    found = businesses.logo(request.business.id)  # type: ignore[attr-defined]
    if found is None:
        raise NotFound
    return _kept(HttpResponse(found[0], content_type=found[1]), request)


def _kept(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """An address with a version never changes what it means."""
    lasting = f"public, max-age={YEAR_SECONDS}, immutable"
    response["Cache-Control"] = lasting if request.GET.get("v") else "public, max-age=300"
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language on this device and goes back to where the reader was."""
    response = HttpResponseRedirect(safe_path(request, request.POST.get("next", "/")))
    chosen = request.POST.get("language", "")
    if chosen in {code for code, _ in settings.LANGUAGES}:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
