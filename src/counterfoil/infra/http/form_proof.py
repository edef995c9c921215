"""The hidden field that shows that a form was ours: for Django's own check against forged requests,
made faster than by Django, which takes a random character at a time."""

import os
from functools import cached_property

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS as LETTERS
from django.template.backends.utils import csrf_input
from markupsafe import Markup

_FIELD = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">')
_COUNT = len(LETTERS)
_PLACES = {letter: place for place, letter in enumerate(LETTERS)}
_BYTES_EVENLY = 256 - 256 % _COUNT  # bytes below fall on each letter equally often


class FormProof:
    """Made when a form asks for it: every form of one page has the same, every page another. The
    cookie that it fits to is sent again, for another year, unless the caller was just here."""

    def __init__(self, request: HttpRequest, *, was_just_here: bool = False) -> None:
        self._request = request
        self._was_just_here = was_just_here

    @cached_property
    def _made(self) -> str:
        secret = self._request.META.get("CSRF_COOKIE")
        if secret is None:
            return csrf_input(self._request)
        if not self._was_just_here:
            self._request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
        return _FIELD.format(masked(secret))

    def __html__(self) -> str:
        """As it stands in a form."""
        return self._made


def masked(secret: str) -> str:
    """A secret as no two pages have it (against BREACH): a mask, then the secret moved on by it,
    letter for letter. The form is that of Django's `CsrfViewMiddleware`, which takes it back."""
    mask = _random_places(len(secret))
    moved = [LETTERS[(_PLACES[one] + by) % _COUNT] for one, by in zip(secret, mask, strict=True)]
    return "".join([*[LETTERS[place] for place in mask], *moved])


def _random_places(count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        found += [one % _COUNT for one in os.urandom(count + 16) if one < _BYTES_EVENLY]
    return found[:count]
