"""Every address of the product, side by side."""

from django.urls import include, path

from counterfoil.surfaces.hooks.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("hooks/", include("counterfoil.surfaces.hooks.urls")),
    path("backoffice/", include("counterfoil.surfaces.backoffice.urls")),
    path("api/v1/", include("counterfoil.surfaces.api.urls")),
    path("", include("counterfoil.surfaces.portal.urls")),
]

handler400 = "counterfoil.surfaces.ui.problems.bad_request"
handler404 = "counterfoil.surfaces.ui.problems.not_found"
handler500 = "counterfoil.surfaces.ui.problems.server_error"
