"""Whoever asks whether a document is genuine is counted before anything that they sent is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from counterfoil.infra import limits
from counterfoil.kernel import clock
from counterfoil.surfaces.portal.genuine.views import FILE_BYTES_MAX, too_large
from counterfoil.surfaces.ui.callers import caller_network
from counterfoil.surfaces.ui.problems import error_page
from counterfoil.surfaces.ui.shell import FormState

_PLACE = "/genuine/"
_BESIDE_THE_FILE = 100_000  # bytes of a form: its other fields, and what stands between them

Next = Callable[[HttpRequest], HttpResponse]


def counted(get_response: Next) -> Next:
    """A middleware, for a form is read by those that come after it: 429 for one question too many
    from a network, and no reading of a form that says itself that it is too large. To look at the
    empty form costs nothing."""

    def asked(request: HttpRequest) -> HttpResponse:
        is_question = request.path_info != _PLACE or request.method == "POST"
        if not request.path_info.startswith(_PLACE) or not is_question:
            return get_response(request)
        told = limits.knock(limits.GENUINE_ASKED, caller_network(request), at=clock.now())
        if told.wait is not None:
            return error_page(request, 429, retry_after_seconds=told.wait)
        if _announced(request) > FILE_BYTES_MAX + _BESIDE_THE_FILE:
            return too_large(request, FormState({}, {}))
        return get_response(request)

    return asked


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
