"""Answers that are held back until a moment that is the same for everybody, so that the clock tells
nobody what there was to do. Nothing sleeps: the doorway holds them, and no thread waits."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]

SECONDS = 0.08  # several times what the work takes on a machine of two cores
_KEY = "counterfoil.answer_after_seconds"


def unhurried(view: View) -> View:
    """Around a view: whoever sends its form is answered `SECONDS` after they came, or once the work
    is done, if that takes longer. Looking at the page takes what it takes."""

    @wraps(view)
    def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            request.META[_KEY] = SECONDS
        return view(request, *args, **kwargs)

    return held


def seconds_of(environ: Mapping[str, Any]) -> float:
    """How long after the request came its answer may go out."""
    return float(environ.get(_KEY, 0.0))
