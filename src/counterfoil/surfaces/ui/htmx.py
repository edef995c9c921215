"""Draws a page, or only its named block when htmx asks for the part that changes."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_token_lazy
from jinja2_fragments import render_block


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked; after "back" it wants the whole page again."""
    restores = request.META.get("HTTP_HX_HISTORY_RESTORE_REQUEST") == "true"
    return request.META.get("HTTP_HX_REQUEST") == "true" and not restores


def lead(request: HttpRequest, url: str) -> HttpResponse:
    """To another page, in the way that was asked: our own script and htmx are told where it is, so
    that neither takes what stands there for its answer; a browser is redirected."""
    if request.headers.get("Accept", "") == "application/json":
        return JsonResponse({"go": url})
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def render(
    request: HttpRequest, template_name: str, *, block: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """The page, or the block named `block` if htmx asked for it; the context is the same."""
    engine = engines["jinja2"]
    if not isinstance(engine, Jinja2):
        raise TypeError("the template engine named jinja2 is not Django's Jinja2")
    if block and wants_fragment(request):
        values = {"request": request, "csrf_token": csrf_token_lazy(request)}
        for processor in engine.template_context_processors:
            values.update(processor(request))
        body = render_block(engine.env, template_name, block, {**values, **context})
    else:
        body = engine.get_template(template_name).render(context, request)
    response = HttpResponse(body, status=status, charset="utf-8")
    if block:
        response.headers["Vary"] = "HX-Request"
    return response
