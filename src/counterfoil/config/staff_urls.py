"""The same addresses as seen from the backoffice: there the names of signing in lead to its own."""

from django.urls import include, path

from counterfoil.config import urls
from counterfoil.surfaces.backoffice.urls import entrance

urlpatterns = [path("backoffice/", include(entrance)), *urls.PLACES]

handler400 = urls.handler400
handler404 = urls.handler404
handler429 = urls.handler429
handler500 = urls.handler500
