"""The gateways' door: reads bytes, hands them on, answers at once."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from counterfoil.domain.business import queries as businesses
from counterfoil.flows import receive_event
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import decode

BODY_MAX_BYTES = 256_000


@csrf_exempt
@require_POST
def gateway_event(request: HttpRequest, slug: str, account: str) -> HttpResponse:
    """Takes an event of one gateway account: 200 only after it is stored; 400 for a forged one."""
    if int(request.headers.get("Content-Length") or 0) > BODY_MAX_BYTES:
        return JsonResponse({"code": "too_large"}, status=413)
    try:
        business = businesses.by_slug(slug)
        is_new = receive_event.receive(
            business.id,
            decode("gwa", account),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body,
            at=clock.now(),
        )
    except NotFound:
        return JsonResponse({"code": "not_found"}, status=404)
    except receive_event.Forged as forged:
        return JsonResponse({"code": forged.code}, status=400)
    except Unavailable:
        return JsonResponse({"code": "unavailable"}, status=503)
    return JsonResponse({"received": True, "new": is_new})
