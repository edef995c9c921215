"""A page stands still for who looks at it as the customer sees it: what they may open leads on;
every other way is drawn as the customer has it, and does nothing."""

import re
from html import unescape
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from counterfoil.surfaces.ui.chosen import bare
from counterfoil.surfaces.ui.middleware import Next
from counterfoil.surfaces.ui.step_up import looking

OPEN = looking.SHOWN | {"leave_look", "language"}
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'>]+)"""
_TAG = re.compile(rf"<(/?)(a|form|button)\b((?:\s+[^\s=>]+(?:={_VALUE})?)*)\s*>")
_ADDRESS = re.compile(rf"\s+(?:href|action|formaction)=({_VALUE})")
_LOOK = re.compile(rf"\s+class={_VALUE}")  # all that stays of a form that can't be sent


def still(get_response: Next) -> Next:
    """Takes the address off links that are closed to a look and off forms that are closed to it,
    whose fields are switched off, and off buttons that lead an open form there; other requests pass
    as they are."""

    def drawn(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and hasattr(request, "looking") and not response.streaming:
            response.content = stilled(response.content.decode()).encode()
        return response

    return drawn


def stilled(page: str) -> str:
    """The page without a way that a look may not go."""
    is_closed = False  # the form that is being read

    def one(tag: re.Match[str]) -> str:
        nonlocal is_closed
        ends, name, attributes = tag.groups()
        if ends:
            return "</fieldset></form>" if name == "form" and is_closed else tag[0]
        leads = _ADDRESS.search(attributes)
        is_open = _is_open(unescape(leads[1].strip("\"'"))) if leads else name != "form"
        if name == "form":
            is_closed = not is_open
            kept = "".join(_LOOK.findall(attributes))
            return tag[0] if is_open else f'<form{kept}><fieldset class="still" disabled>'
        if is_open:
            return tag[0]
        if name == "button":
            return f"<button disabled{_ADDRESS.sub('', attributes)}>"
        return f'<a role="link" aria-disabled="true"{_ADDRESS.sub("", attributes)}>'

    return _TAG.sub(one, page)


def _is_open(address: str) -> bool:
    """Whether who looks may go there: a page that only shows, a place on this page, a mail."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return parts.scheme in ("mailto", "tel")
    if not parts.path:
        return True
    try:
        return resolve(bare(parts.path)).url_name in OPEN
    except Resolver404:
        return False
