"""What every page template gets: the shell of the business whose page it is."""

import time
from functools import cache
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

from counterfoil.domain.business.rows import BusinessRow
from counterfoil.infra.http.form_proof import FormProof
from counterfoil.kernel.addresses import address_lines
from counterfoil.surfaces.ui.chosen import place
from counterfoil.surfaces.ui.shell import Brand, Choice, Flash, LookBanner, Nav, Shell
from counterfoil.surfaces.ui.step_up.devices import at_staff_door
from counterfoil.surfaces.ui.step_up.kept import given_back
from counterfoil.surfaces.ui.step_up.looking import Looking

_TONES: dict[str, Literal["neutral", "good", "warn", "bad"]] = {
    "success": "good",
    "warning": "warn",
    "error": "bad",
}
_LATEST_SECONDS = 60


@cache
def _place(name: str) -> str:
    return place(name)


@cache
def _languages() -> tuple[Choice, ...]:
    return tuple(Choice(code, words) for code, words in settings.LANGUAGES)


def brand_of(business: BusinessRow) -> Brand:
    """The brand as pages draw it."""
    version = business.brand_version
    logo = f"{_place('brand_logo')}?v={version}" if business.logo_type else ""
    return Brand(
        name=business.name,
        css_url=f"{_place('brand_css')}?v={version}",
        logo_url=logo,
        legal_name=business.legal_name,
        address=lines_of(business.address),
        email=business.email,
    )


def lines_of(address: dict[str, Any]) -> tuple[str, ...]:
    """An address as lines, in the active language."""
    return address_lines(address, (get_language() or "en").partition("-")[0])


def warn_at(request: HttpRequest, url: str, words: str) -> None:
    """Words for this page alone, within a minute: another tab, which is just then on its way to
    the page of what it did, does not say them of itself."""
    messages.warning(request, words, extra_tags=f"{time.time():.0f} {urlsplit(url).path}")


def _flashes(request: HttpRequest) -> tuple[Flash, ...]:
    kept = getattr(request, "_messages", None)
    if kept is None:
        return ()
    shown = []
    for one in list(kept):
        at, _, path = (one.extra_tags or "").partition(" ")
        if not path or path == request.path:
            shown.append(Flash(str(one), _TONES.get(one.level_tag, "neutral")))
        elif time.time() - float(at) < _LATEST_SECONDS:
            messages.add_message(request, one.level, one.message, extra_tags=one.extra_tags)
    return tuple(shown)


def _look(request: HttpRequest) -> LookBanner | None:
    looked: Looking | None = getattr(request, "looking", None)
    if looked is None:
        return None
    return LookBanner(looked.name, looked.until, _place("leave_look"))


def shell_of(request: HttpRequest) -> Shell | None:
    """The frame of the page; None where no business was found."""
    business: BusinessRow | None = getattr(request, "business", None)
    if business is None:
        return None
    nav: Nav | None = getattr(request, "nav", None)
    look = _look(request)
    is_known: bool = getattr(request, "is_known", False)  # signed in, on a page without a nav
    return Shell(
        brand=brand_of(business),
        locale=get_language() or "en",
        direction="rtl" if get_language_bidi() else "ltr",
        languages=_languages(),
        language_url=_place("language"),
        here=request.get_full_path(),
        nav=nav,
        sign_in_url="" if nav or is_known or look else place("account_login"),  # one at each door
        sign_out_url=reverse("account_logout") if (nav or is_known) and not look else "",
        flashes=_flashes(request),
        is_sandbox=settings.INSECURE_LOOPBACK,
        at_staff=at_staff_door(request),
        look=look,
    )


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    was_just_here = getattr(getattr(request, "session", None), "was_just_used", False)
    proof = FormProof(request, was_just_here=was_just_here)
    return {"shell": shell_of(request), "csrf_input": proof, "kept": given_back(request)}
