"""Where browsers report what a page's policy refused: an alarm for staff, once for what is the
same, and never more than a few hundred."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.infra.db import run
from counterfoil.infra.limits import REPORTS, knock
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.ui.callers import caller_network

BODY_MAX_BYTES = 16_000
AT_ONCE_MAX = 5
_TEXT_MAX = 120
_SPOKEN = ("application/csp-report", "application/reports+json", "application/json")
_OF_BROWSERS = ("chrome", "moz", "safari", "webkit", "ms-browser", "edge", "about", "resource")


@csrf_exempt
@require_POST
def refused_on_page(request: HttpRequest) -> HttpResponse:
    """Takes a report of either shape; whatever it says, it is never shown but as plain text."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length[:20]) > BODY_MAX_BYTES:
        return HttpResponse(status=413)
    if request.content_type not in _SPOKEN:
        return HttpResponse(status=415)
    at = clock.now()
    told = knock(REPORTS, caller_network(request), at=at)
    if told.wait is not None:
        return HttpResponse(status=429, headers={"Retry-After": str(told.wait)})
    try:
        reports = _reports(json.loads(request.body))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    business_id: BusinessId = request.business.id  # type: ignore[attr-defined]
    host = request.get_host().lower()
    found = [one for one in (_told(report, host) for report in reports) if one]

    def work() -> None:
        for subject, place in found:
            alarms.sound(business_id, AlarmKind.PAGE, subject, detail=place, at=at)

    if found:
        run(business_id, work)
    return HttpResponse(status=204)


def _reports(sent: Any) -> list[dict[str, Any]]:
    """The bodies in a report, as old and new browsers send them."""
    rows = sent if isinstance(sent, list) else [sent]
    bodies = [row.get("csp-report", row.get("body")) for row in rows if isinstance(row, dict)]
    return [body for body in bodies if isinstance(body, dict)][:AT_ONCE_MAX]


def _told(report: dict[str, Any], host: str) -> tuple[str, str] | None:
    """What was refused, and the name of the page; None for what is no page of ours, or what a
    browser's own extension did."""
    page = _text(report, "documentURL", "document-uri")
    blocked = _text(report, "blockedURL", "blocked-uri")
    source = _text(report, "sourceFile", "source-file")
    rule = _text(report, "effectiveDirective", "effective-directive", "violated-directive")
    parts = _split(page)
    if parts is None or parts.netloc.lower() != host or not rule:
        return None
    if any(one.startswith(_OF_BROWSERS) for one in (blocked, source)):
        return None
    return f"{rule.partition(' ')[0]} {_origin(blocked)}"[:_TEXT_MAX], _place(parts.path)


def _text(report: dict[str, Any], *names: str) -> str:
    found = next((report[name] for name in names if isinstance(report.get(name), str)), "")
    return "".join(letter for letter in found if letter.isprintable())[:1000]


def _split(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _origin(blocked: str) -> str:
    """`inline`, `eval`, or where it came from, without what might be secret in its address."""
    parts = _split(blocked)
    if parts is None or not parts.netloc:
        return blocked.partition(":")[0]
    return f"{parts.scheme}://{parts.netloc}"


def _place(path: str) -> str:
    """The name of the page; its address may hold the secret of a link."""
    try:
        return str(resolve(path).url_name)
    except Resolver404:
        return "no page of ours"
