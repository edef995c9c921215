"""At a host that is for staff alone: the backoffice, and the portal only to who looks at it as a
customer does."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from counterfoil.domain.business.hosts import Door
from counterfoil.kernel import clock
from counterfoil.surfaces.ui.middleware import PLAIN, STAFF_PATH, WITHOUT_BUSINESS, Next
from counterfoil.surfaces.ui.step_up import looking

SHARED = ("/brand.css", "/logo", "/language", "/csp-report", "/.well-known/")


def apart(get_response: Next) -> Next:
    """Leads the first page of such a host to the backoffice; the portal's other pages are 404."""

    def served(request: HttpRequest) -> HttpResponse:
        if getattr(request, "door", None) is not Door.STAFF or request.path.startswith(
            (STAFF_PATH, *WITHOUT_BUSINESS, *SHARED)
        ):
            return get_response(request)
        if looking.looking_of(request, at=clock.now()) is not None:
            return get_response(request)
        if request.path == "/":
            return HttpResponseRedirect(STAFF_PATH)
        return HttpResponse("Nothing here.", status=404, content_type=PLAIN)

    return served
