"""Every address of the product, side by side."""

from django.urls import include, path, re_path

from counterfoil.surfaces.api.urls import elsewhere as api_elsewhere
from counterfoil.surfaces.hooks.health import healthz, readyz
from counterfoil.surfaces.hooks.reports import refused_on_page
from counterfoil.surfaces.hooks.well_known import security_txt
from counterfoil.surfaces.portal.urls import entrance

PLACES = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("csp-report", refused_on_page, name="csp_report"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("hooks/", include("counterfoil.surfaces.hooks.urls")),
    path("backoffice/", include("counterfoil.surfaces.backoffice.urls")),
    path("api/v1/", include("counterfoil.surfaces.api.urls")),
    re_path("^(api(?:/.*)?)$", api_elsewhere),
    path("", include("counterfoil.surfaces.portal.urls")),
]
# What is asked for most stands first: each place before it is tried for each page.
urlpatterns = [PLACES[-1], path("", include(entrance)), *PLACES[:-1]]

handler400 = "counterfoil.surfaces.ui.problems.bad_request"
handler404 = "counterfoil.surfaces.ui.problems.not_found"
handler429 = "counterfoil.surfaces.ui.problems.too_many"  # allauth asks for it
handler500 = "counterfoil.surfaces.ui.problems.server_error"
