"""Every address of the product, side by side."""

from django.urls import include, path, re_path

from counterfoil.surfaces.api.urls import elsewhere as api_elsewhere
from counterfoil.surfaces.hooks.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("hooks/", include("counterfoil.surfaces.hooks.urls")),
    path("backoffice/", include("counterfoil.surfaces.backoffice.urls")),
    path("api/v1/", include("counterfoil.surfaces.api.urls")),
    re_path("^(api(?:/.*)?)$", api_elsewhere),
    path("", include("counterfoil.surfaces.portal.urls")),
]

handler400 = "counterfoil.surfaces.ui.problems.bad_request"
handler404 = "counterfoil.surfaces.ui.problems.not_found"
handler500 = "counterfoil.surfaces.ui.problems.server_error"
