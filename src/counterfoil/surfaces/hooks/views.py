"""The gateways' door: reads bytes, hands them on, answers at once."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from counterfoil.domain.business import queries as businesses
from counterfoil.flows import receive_event
from counterfoil.infra.limits import FORGED_EVENTS, Doorkeeper
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import decode
from counterfoil.surfaces.ui.callers import caller_network

BODY_MAX_BYTES = 256_000
FORGERS = Doorkeeper(FORGED_EVENTS)


@csrf_exempt
@require_POST
def gateway_event(request: HttpRequest, slug: str, account: str) -> HttpResponse:
    """Takes an event of one gateway account: 200 only after it is stored; 400 for a forged one."""
    at, network = clock.now(), caller_network(request)
    # A gateway calls for every business from the same network: one wrong secret stops one account.
    forger = f"{network}:{slug}:{account}" if network else ""
    wait = FORGERS.wait(forger, at=at)
    if wait is not None:
        return _too_many(wait)
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length[:20]) > BODY_MAX_BYTES:
        return JsonResponse({"code": "too_large"}, status=413)
    try:
        business = businesses.by_slug(slug)
        is_new = receive_event.receive(
            business.id,
            decode("gwa", account),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body,
            at=at,
        )
    except NotFound:
        return _nowhere(network, at)
    except receive_event.Forged as forged:
        FORGERS.wrong(forger, at=at)
        return JsonResponse({"code": forged.code}, status=400)
    except Unavailable:
        return JsonResponse({"code": "unavailable"}, status=503)
    return JsonResponse({"received": True, "new": is_new})


def _nowhere(network: str, at: datetime) -> JsonResponse:
    """An address that is none: who tries many is shut out of those, and of no account."""
    wait = FORGERS.wait(network, at=at)
    if wait is not None:
        return _too_many(wait)
    FORGERS.wrong(network, at=at)
    return JsonResponse({"code": "not_found"}, status=404)


def _too_many(wait: int) -> JsonResponse:
    headers = {"Retry-After": str(wait)}
    return JsonResponse({"code": "too_many_requests"}, status=429, headers=headers)
