"""Is it still you: what matters is done only by somebody who has just proved who they are.

`fresh(request)` tells; `step_up(_l("Change of bank details"))` around a view asks, and goes on to
where the person was with what they typed. Guards of a door stand outside of it:

    @signed_in("profile")
    @step_up(gettext_lazy("Changing who may pay"))
    def people(request): ...
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, resolve, reverse

from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.chosen import bare
from counterfoil.surfaces.ui.files.uploads import has_files
from counterfoil.surfaces.ui.middleware import safe_path
from counterfoil.surfaces.ui.step_up.kept import LIFE_SECONDS, as_sent, page_of, sealed_fields

View = Callable[..., Any]

FRESH_SECONDS = 15 * 60
ONE_FACTOR = "one_factor"  # in a proof: another way to sign in, no stronger than one
_ASKED = "step_up"
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for a proof: in words, the page it stands on, and whether a password is too little
    of a proof."""

    what: str
    page: str
    beyond_password: bool
    name: str


def fresh(
    request: HttpRequest, seconds: int = FRESH_SECONDS, *, beyond_password: bool = False
) -> bool:
    """Whether the reader proved who they are within the last `seconds`, by signing in or when they
    were asked again; with `beyond_password`, by more than a password alone."""
    if not request.user.is_authenticated:
        return False
    proofs = get_authentication_records(request, request.user)
    counted = [one["at"] for one in proofs if not beyond_password or beyond(one)]
    return bool(counted) and time.time() - max(counted) < seconds


def beyond(proof: Mapping[str, Any]) -> bool:
    """Whether a proof is more than a password."""
    return bool(proof["method"] != "password" and not proof.get(ONE_FACTOR))


def step_up(
    what: Any, *, seconds: int = FRESH_SECONDS, also_looking: bool = False
) -> Callable[[View], View]:
    """Asks again before a form of this view is carried out (`also_looking`: before it is shown).

    `what` says what is about to be done, in translated words: "Change of bank details".
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_free = request.method in _READING and not also_looking
            if is_free or fresh(request, seconds):
                answer: HttpResponseBase = view(request, *args, **kwargs)
                return answer
            return ask(request, str(what))

        return guarded

    return guard


def ask(request: HttpRequest, what: str, *, beyond_password: bool = False) -> HttpResponse:
    """To the page that asks for a proof; what was typed is kept meanwhile."""
    is_form = request.method == "POST"
    request.session[_ASKED] = {
        "what": what,
        "name": secrets.token_hex(8),
        "at": time.time(),
        "beyond_password": beyond_password,
        "path": request.get_full_path() if is_form and not has_files(request) else "",
        "page": page_of(request),
        "fields": sealed_fields(request) if is_form and not has_files(request) else "",
    }
    return htmx.lead(request, reverse("step_up"))


def asked_of(request: HttpRequest) -> Asked | None:
    """What the reader was asked to prove themselves for, if anything waits."""
    waiting = request.session.get(_ASKED)
    if not waiting:
        return None
    return Asked(waiting["what"], waiting["page"], waiting["beyond_password"], waiting["name"])


def go_on(request: HttpRequest, home: str) -> HttpResponseBase:
    """Goes on after the proof: a form that waited is carried out as it was sent; else the page is
    shown that the reader was on. It is carried out only if it is the one that the page spoke of
    (another tab may have asked since), and not after half an hour."""
    waiting = request.session.pop(_ASKED, None)
    if waiting is None:
        return HttpResponseRedirect(home)
    is_meant = request.POST.get("asked", "") == waiting["name"]
    is_late = time.time() - waiting["at"] > LIFE_SECONDS
    if not (waiting["fields"] and is_meant and _is_of_this_tab(waiting["path"])) or is_late:
        return HttpResponseRedirect(safe_path(request, waiting["page"], home))
    again = as_sent(request, waiting["path"], waiting["fields"])
    found = resolve(again.path_info, getattr(request, "urlconf", None))
    again.resolver_match = found
    answer: HttpResponseBase = found.func(again, *found.args, **found.kwargs)
    return answer


def _is_of_this_tab(path: str) -> bool:
    """Whether the form was sent for the customer whose tab this is."""
    prefix = get_script_prefix()
    return path.startswith(prefix) and not bare(path).startswith("/c/")
