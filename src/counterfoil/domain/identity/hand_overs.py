"""From one business to another with one sign-in: where a person is known, and the secret that
carries them over, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.identity.models import HandOver, Presence
from counterfoil.domain.identity.secrets import hashed, new_secret
from counterfoil.infra.db import execute
from counterfoil.kernel.ids import BusinessId, new_id

LIFE = timedelta(seconds=60)
BUSINESSES_MAX = 20
_SEEN = """
INSERT INTO identity_presence (id, user_id, business_id, seen_at)
VALUES (%(id)s::uuid, %(user)s::uuid, %(business)s::uuid, %(at)s::timestamptz)
ON CONFLICT (user_id, business_id) DO UPDATE SET seen_at = excluded.seen_at
"""
_BEGIN = """
INSERT INTO identity_handover (id, token_hash, user_id, to_business_id, origin, expires_at)
VALUES (%(id)s::uuid, %(hash)s::text, %(user)s::uuid, %(business)s::uuid, %(origin)s::text,
  %(expires)s::timestamptz)
"""
_TAKE = """
UPDATE identity_handover SET used_at = %(at)s::timestamptz
WHERE token_hash = %(hash)s::text AND to_business_id = %(business)s::uuid AND used_at IS NULL
  AND expires_at > %(at)s::timestamptz
RETURNING user_id, origin
"""


@dataclass(frozen=True, slots=True)
class Carried:
    """Who comes over, and the address of the page that sent them."""

    user_id: UUID
    origin: str


def note_presence(user_id: UUID, business_id: BusinessId, *, at: datetime) -> None:
    """Notes that this person has signed in at this business."""
    told = {"id": new_id(), "user": user_id, "business": business_id, "at": at}
    execute(_SEEN, told)


def known_at(user_id: UUID) -> list[BusinessId]:
    """The businesses at which this person has signed in, the newest first."""
    rows = Presence.objects.filter(user_id=user_id).order_by("-seen_at", "id")
    found = rows.values_list("business_id", flat=True)[:BUSINESSES_MAX]
    return [BusinessId(one) for one in found]


def begin(user_id: UUID, to_business: BusinessId, *, origin: str, at: datetime) -> str:
    """The secret that carries this person to that business, within a minute; `origin` is the page
    that is to send it."""
    token = new_secret()
    HandOver.objects.filter(expires_at__lt=at - LIFE).delete()
    told = {
        "id": new_id(),
        "hash": hashed(token),
        "user": user_id,
        "business": to_business,
        "origin": origin[:300],
        "expires": at + LIFE,
    }
    execute(_BEGIN, told)
    return token


def take(token: str, business_id: BusinessId, *, at: datetime) -> Carried | None:
    """Uses the secret up; None for one that is unknown, used, too old or for another business."""
    found = execute(_TAKE, {"hash": hashed(token), "business": business_id, "at": at})
    return Carried(*found[0]) if found else None
