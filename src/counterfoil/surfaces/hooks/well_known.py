"""`/.well-known/security.txt` (RFC 9116): whom to tell of a weakness of this installation."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from counterfoil.kernel import clock

GOOD_FOR = timedelta(days=180)
PLAIN = "text/plain; charset=utf-8"


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Contact and expiry, from the settings; 404 while the operator names no contact."""
    if not settings.SECURITY_CONTACT:
        return HttpResponse("Nothing here.", status=404, content_type=PLAIN)
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACT),
        f"Expires: {midnight + GOOD_FOR:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _ in settings.LANGUAGES)}",
        f"Canonical: {request.scheme}://{request.get_host()}/.well-known/security.txt",
    ]
    body = "".join(f"{line}\n" for line in lines)
    return HttpResponse(body, content_type=PLAIN)
