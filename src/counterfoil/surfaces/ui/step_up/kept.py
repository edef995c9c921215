"""What was typed into a form that could not be sent yet: kept on the server, sealed, for minutes.

Passwords, codes, keys and what a gateway gave for a card are never kept. Files are not kept either:
they are chosen again.
"""

import json
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from counterfoil.infra.secrets.box import SealBroken, open_text, seal_text
from counterfoil.surfaces.ui.chosen import bare
from counterfoil.surfaces.ui.files.uploads import has_files
from counterfoil.surfaces.ui.middleware import safe_path
from counterfoil.surfaces.ui.step_up.devices import last_person

LIFE_SECONDS = 30 * 60
_KEPT = "kept_form"
_LARGEST = 100_000
_PLACE = "identity_session:session_data:kept"
_SECRET = re.compile(
    r"password|secret|token|credential|card|cvc|iban|^source$|^code$|(?<!form_)key", re.IGNORECASE
)

Fields = list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was not sent: where to, and from which page."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool


def sealed_fields(request: HttpRequest) -> str:
    """What was typed, sealed; empty if there is nothing, or more than is kept."""
    fields = [(name, values) for name, values in request.POST.lists() if not _SECRET.search(name)]
    text = json.dumps(fields)
    return seal_text(text, _PLACE) if fields and len(text) <= _LARGEST else ""


def opened_fields(sealed: str) -> Fields:
    """What was typed; nothing, if it was sealed with a key that is gone."""
    try:
        return [(name, values) for name, values in json.loads(open_text(sealed, _PLACE))]
    except SealBroken:
        return []


def page_of(request: HttpRequest) -> str:
    """The page that the form stands on: the one that sent it, if it is one of ours."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("Referer", ""))
    if sent_from.netloc != request.get_host():
        return request.get_full_path()
    path = f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path
    return safe_path(request, path)


def keep_form(request: HttpRequest) -> str:
    """Keeps a form whose session has ended, for the person who was signed in last with this
    device; returns the page to come back to after signing in."""
    page, owner = page_of(request), last_person(request)
    sealed = sealed_fields(request) if request.method == "POST" and owner else ""
    if sealed:
        request.session[_KEPT] = {
            "owner": owner,
            "path": request.get_full_path(),
            "page": page,
            "fields": sealed,
            "had_files": has_files(request),
            "at": time.time(),
        }
    return page


def given_back(request: HttpRequest) -> KeptForm | None:
    """What was kept for the reader of this page, once; anybody else's is thrown away."""
    session = getattr(request, "session", None)
    if session is None or not session.accessed or not session.get(_KEPT):
        return None
    if not request.user.is_authenticated:
        return None
    kept: dict[str, Any] = session[_KEPT]
    is_theirs = kept["owner"] == str(request.user.pk)
    is_fresh = time.time() - kept["at"] < LIFE_SECONDS
    if is_theirs and is_fresh and kept["page"] != request.get_full_path():
        return None
    del session[_KEPT]
    if not (is_theirs and is_fresh):
        return None
    flat = tuple((name, one) for name, all_ in opened_fields(kept["fields"]) for one in all_)
    return KeptForm(kept["path"], kept["page"], flat, kept["had_files"])


def as_sent(request: HttpRequest, path: str, sealed: str) -> HttpRequest:
    """The request as it was when the form was sent, in the place of this one."""
    parts = urlsplit(path)
    post = QueryDict(mutable=True)
    for name, values in opened_fields(sealed):
        post.setlist(name, values)
    request.method = "POST"
    request.path, request.path_info = parts.path, bare(parts.path)
    request.META["QUERY_STRING"] = parts.query
    request.GET = QueryDict(parts.query)
    request.POST = post  # type: ignore[assignment]  # its setter takes one
    request._files = MultiValueDict()  # type: ignore[attr-defined]
    return request
