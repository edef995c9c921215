"""What every request passes: the front door, the business, session, user and language."""

import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.hosts import Answering, Door
from counterfoil.domain.identity import devices
from counterfoil.domain.identity.sessions import user_of
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel import clock
from counterfoil.kernel.actor import VISITOR
from counterfoil.kernel.errors import Problem
from counterfoil.surfaces.ui import problems as problem_pages
from counterfoil.surfaces.ui.callers import caller_address

Next = Callable[[HttpRequest], HttpResponse]

HOST_CACHE_SECONDS = 60.0
WITHOUT_BUSINESS = ("/healthz", "/readyz", "/api/", "/hooks/", "/static/")
STAFF_PATH = "/backoffice/"
_LOOPBACK = re.compile(r"^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$")
PLAIN = "text/plain; charset=utf-8"
LASTING = "max-age=31536000; includeSubDomains"
_ASKED = ("GET", "HEAD", "POST")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'refused="/csp-report"',
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(self)",
}


def front_door(get_response: Next) -> Next:
    """Refuses plain http away from loopback, gives the request its id, and dresses the answer."""

    def door(request: HttpRequest) -> HttpResponse:
        request.reference = secrets.token_hex(6)  # type: ignore[attr-defined]
        act_as(VISITOR, origin=caller_address(request))
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]  # none of ours, and nothing that a database could look for
        if not request.is_secure() and not _plain_is_fine(request):
            return HttpResponse("https is needed here", status=403, content_type=PLAIN)
        if request.method not in _ASKED and not request.path.startswith("/api/"):
            response: HttpResponse = HttpResponseNotAllowed(_ASKED)
        else:
            response = get_response(request)
        said = {name.lower() for name in response.headers}
        for name, value in _dress(request, response):
            if name.lower() not in said:
                response.headers[name] = value
        return response

    return door


def _dress(request: HttpRequest, response: HttpResponse) -> Iterator[tuple[str, str]]:
    """The headers that each answer has, unless it says otherwise itself."""
    yield from _HEADERS.items()
    yield "Content-Security-Policy", _policy(response)
    if not request.path.startswith("/static/"):
        yield "Cache-Control", "private, no-store"
    if request.is_secure():
        yield "Strict-Transport-Security", LASTING


def _plain_is_fine(request: HttpRequest) -> bool:
    host = request.META.get("HTTP_HOST", "")
    probe = request.path in ("/healthz", "/readyz")
    return probe or bool(settings.INSECURE_LOOPBACK and _LOOPBACK.match(host))


def _policy(response: HttpResponse) -> str:
    """Nothing from elsewhere; on a page with gateways' steps, the origins of their scripts too,
    and what else those talk to (the scripts stand before a bar)."""
    is_kept = response.get("Content-Disposition", "").startswith("attachment")
    return _policy_with(getattr(response, "gateway_url", ""), is_kept=is_kept)


@lru_cache(maxsize=256)
def _policy_with(gateway_url: str, *, is_kept: bool) -> str:
    scripts, _, others = gateway_url.partition("|")
    origin, more = _origins(scripts), _origins(others)
    frame = origin + more or " 'none'"
    kept = "; sandbox" if is_kept else ""  # a file to keep runs nothing, whatever opens it
    return (
        f"default-src 'none'; script-src 'self'{origin}; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'{more}; frame-src{frame}; form-action 'self'{origin}; "
        "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; "
        f"report-uri /csp-report; report-to refused{kept}"
    )


def _origins(urls: str) -> str:
    """The origins of addresses, each once and after a blank."""
    parts = [urlsplit(url) for url in urls.split()]
    found = dict.fromkeys(f" {part.scheme}://{part.netloc}" for part in parts)
    return "".join(found)


class HostDirectory:
    """Host to business, kept in the process for a minute, or until one of the processes that share
    our folder tells of a change: a file there says when, and looking at it is no query."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, int, Answering | None]] = {}
        self._lock = threading.Lock()
        self._told = str(settings.DATA / "hosts-changed")

    def find(self, host: str) -> Answering | None:
        """The business of a host, and who comes in there. On plain loopback, where nobody from
        elsewhere can come, a host that is nobody's is that of the only business."""
        now, told = time.monotonic(), self._told_at()  # before it is read: no change is missed
        with self._lock:
            kept = self._known.get(host)
            if kept and now - kept[0] < HOST_CACHE_SECONDS and kept[1] == told:
                return kept[2]
        found = businesses.by_host(host) or _alone(host)
        with self._lock:
            if len(self._known) > 10_000:  # noqa: PLR2004  hosts are the caller's to invent
                self._known.clear()
            self._known[host] = (now, told, found)
        return found

    def _told_at(self) -> int:
        try:
            return os.stat(self._told).st_mtime_ns  # noqa: PTH116  asked by every page
        except OSError:
            return 0

    def forget(self) -> None:
        """What this process knows may be old: look again."""
        with self._lock:
            self._known.clear()

    def changed(self) -> None:
        """Brand or host names changed, and that is committed: every process looks again. Where the
        folder can't be written, or is another machine's own, within a minute."""
        self.forget()
        now = time.time_ns()
        with suppress(OSError):
            Path(self._told).touch()
            os.utime(self._told, ns=(now, now))


def _alone(host: str) -> Answering | None:
    only = businesses.only() if settings.INSECURE_LOOPBACK and _LOOPBACK.match(host) else None
    return Answering(only, Door.BOTH) if only else None


HOSTS = HostDirectory()


def business(get_response: Next) -> Next:
    """Finds the business by host name; a host of nobody's is 404, and so is the backoffice at a
    host for customers alone."""

    def found(request: HttpRequest) -> HttpResponse:
        request.business = None  # type: ignore[attr-defined]
        is_staffs = request.path.startswith(STAFF_PATH)
        if not request.path.startswith(WITHOUT_BUSINESS):
            here = HOSTS.find(request.get_host().lower())
            if here is None or (is_staffs and here.door is Door.PORTAL):
                return HttpResponse("Nothing here.", status=404, content_type=PLAIN)
            request.business = here.business  # type: ignore[attr-defined]
            request.door = here.door  # type: ignore[attr-defined]
        if is_staffs:
            request.urlconf = settings.STAFF_URLCONF  # type: ignore[attr-defined]
        return get_response(request)

    return found


class SessionMiddleware(DjangoSessionMiddleware):
    """Two cookies, so that a member of staff and a customer in one browser stay apart; a session
    of another business counts as none."""

    def process_request(self, request: HttpRequest) -> None:
        """Loads the session of this side of the house."""
        name, _ = _cookie(request)
        request.session = self.SessionStore(request.COOKIES.get(name))
        here = getattr(request, "business", None)
        owner = request.session.get("business") if request.COOKIES.get(name) else None
        is_lost = bool(request.COOKIES.get(name)) and request.session.session_key is None
        request.session_is_lost = is_lost  # type: ignore[attr-defined]  # ended, but not from here
        door = request.session.get("door") if owner else None
        is_other = door is not None and (door == "staff") != request.path.startswith(STAFF_PATH)
        if owner and here and (owner != str(here.id) or is_other):
            request.session = self.SessionStore(None)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Saves a changed session under its own cookie and path."""
        name, path = _cookie(request)
        session = request.session
        if session.is_empty():
            # The cookie of a lost session stays until a page has said so.
            leads_on = request.session_is_lost and 300 <= response.status_code < 400  # type: ignore[attr-defined]  # noqa: PLR2004
            if name in request.COOKIES and not leads_on:
                response.delete_cookie(name, path=path, samesite="Lax")
            return response
        is_known = getattr(session, "last_seen_at", None) is not None
        if is_known and not session.modified and not session.was_just_used:  # type: ignore[attr-defined]
            devices.touch(session.session_key or "", at=clock.now())
        if session.modified and response.status_code < 500:  # noqa: PLR2004  server errors
            session.save()
            for_now = session.get_expire_at_browser_close()
            response.set_cookie(
                name,
                session.session_key or "",
                max_age=None if for_now else session.get_expiry_age(),
                path=path,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _cookie(request: HttpRequest) -> tuple[str, str]:
    if request.path.startswith(STAFF_PATH):
        return settings.STAFF_COOKIE_NAME, STAFF_PATH
    return settings.SESSION_COOKIE_NAME, "/"


def user(get_response: Next) -> Next:
    """`request.user`, read only when somebody asks for it."""

    def known(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]
        return get_response(request)

    return known


def language(get_response: Next) -> Next:
    """The language that was chosen (cookie), else the reader's own (signed in, or a guest's
    customer), else the browser's, else the business's."""

    def spoken(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _ in settings.LANGUAGES}
        code = chosen if chosen in known else _preferred(request, known)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            request.language_was_chosen = chosen in known  # type: ignore[attr-defined]
            return get_response(request)

    return spoken


def _preferred(request: HttpRequest, known: set[str]) -> str:
    wished: str = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    for part in wished.split(",")[:10]:
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in known:
            return code
    here = getattr(request, "business", None)
    return here.locale if here and here.locale in known else "en"


def storable(get_response: Next) -> Next:
    """Refuses text that no database can keep: a NUL in the address or in a form is 400. The API
    names the field itself."""

    def checked(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return get_response(request)
        texts = [request.path, *_texts(request.GET)]
        if request.method == "POST" and not request.path.startswith(WITHOUT_BUSINESS):
            texts += _texts(request.POST)
        if any("\x00" in text for text in texts):
            return problem_pages.error_page(request, 400)
        return get_response(request)

    return checked


def _texts(sent: QueryDict) -> list[str]:
    return [text for name, values in sent.lists() for text in (name, *map(str, values))]


def safe_path(request: HttpRequest, path: str, default: str = "/") -> str:
    """A path of our own to go on to; anything else becomes the default."""
    good = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/")
    return path if good else default


class problems:  # noqa: N801  a middleware, named like the functions beside it
    """Turns expected problems into pages; bugs go on to Django's 500."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on; an address that is not asked like this says so on a page."""
        response = self.get_response(request)
        is_bare = isinstance(response, HttpResponseNotAllowed) and not response.content
        if is_bare and not request.path.startswith(WITHOUT_BUSINESS):
            allowed = response["Allow"]
            response = problem_pages.error_page(request, 405)
            response["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of a problem, or None for a bug."""
        if isinstance(error, Problem) and not request.path.startswith("/api/"):
            return problem_pages.page_of(request, error)
        return None
