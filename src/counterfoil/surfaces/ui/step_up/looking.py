"""A member of staff who looks at the portal as a customer sees it: kept in a signed cookie of their
own browser, for half an hour; nothing can be done meanwhile."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

LOOK_LIFE = timedelta(minutes=30)
SHOWN = frozenset(
    {
        "home",
        "invoices",
        "invoice",
        "invoice_pdf",
        "credit_note_pdf",
        "payments",
        "payment_receipt",
    }
)
"""The pages of the portal that only show: the others are closed to who looks."""
_SALT = "counterfoil.looking"
_NAME = "look" if settings.INSECURE_LOOPBACK else "__Host-look"


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks, as which customer, until when."""

    business_id: UUID
    customer_id: UUID
    user_id: UUID
    name: str
    until: datetime
    session: str  # by which name the staff session is known that it came from


def begin(response: HttpResponse, looks: Looking) -> None:
    """From now on this browser shows the portal as the customer sees it."""
    told = {
        "business": looks.business_id.hex,
        "customer": looks.customer_id.hex,
        "user": looks.user_id.hex,
        "name": looks.name,
        "session": looks.session,
        "until": looks.until.timestamp(),
    }
    response.set_cookie(
        _NAME,
        signing.dumps(told, salt=_SALT),
        max_age=int(LOOK_LIFE.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def looking_of(request: HttpRequest, *, at: datetime) -> Looking | None:
    """The look that this browser is in, at this business; None once its time is over."""
    cookie = request.COOKIES.get(_NAME)
    if not cookie:
        return None
    try:
        told = signing.loads(cookie, salt=_SALT)
    except signing.BadSignature:
        return None
    found = Looking(
        UUID(told["business"]),
        UUID(told["customer"]),
        UUID(told["user"]),
        told["name"],
        datetime.fromtimestamp(told["until"], UTC),
        told["session"],
    )
    is_here = found.business_id == request.business.id  # type: ignore[attr-defined]
    return found if is_here and found.until > at else None


def end(response: HttpResponse) -> None:
    """The browser looks no more."""
    response.delete_cookie(_NAME, samesite="Lax")
