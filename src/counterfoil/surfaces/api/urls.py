"""The API's addresses, to be included at `/api/v1/`; what is none of them is a problem too."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from counterfoil.surfaces.api import openapi, problems
from counterfoil.surfaces.api.door import guarded
from counterfoil.surfaces.api.v1 import API


def described(request: HttpRequest) -> HttpResponse:
    """The description of this API (OpenAPI 3.1); no key is needed to read it."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    return HttpResponse(openapi.TEXT, content_type="application/json")


def unknown(_request: HttpRequest, _rest: str = "") -> HttpResponse:
    """An address that is none of ours."""
    return problems.no_route()


elsewhere = guarded(unknown)


def _endpoints() -> list[URLPattern]:
    """The framework's patterns behind our door, without its root page."""
    patterns, _, _ = API.urls
    return [
        path(str(pattern.pattern), guarded(pattern.callback), name=f"api_{pattern.name}")
        for pattern in patterns
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]


urlpatterns = [
    path("openapi.json", guarded(described), name="api_openapi"),
    *_endpoints(),
    re_path("^(.*)$", elsewhere, name="api_unknown"),
]
