"""The devices and sessions of a sign-in: noted, listed, ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY

from counterfoil.domain.identity.models import Device, Session
from counterfoil.domain.identity.queries import is_of
from counterfoil.domain.identity.secrets import hashed
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A browser that somebody signed in with; `is_new` if it was just now for the first time, and
    `is_first` if it is the only one that they ever used."""

    id: UUID
    proved_at: datetime | None
    is_new: bool = False
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its owner sees it; `id` names it without being it."""

    id: str
    door: str
    origin: str
    agent: str
    opened_at: datetime
    last_seen_at: datetime
    is_this: bool


def note_device(user_id: UUID, cookie_id: UUID, *, at: datetime) -> DeviceRow:
    """The device of a sign-in, made at the first time."""
    is_first = not Device.objects.filter(user_id=user_id).exists()
    row, is_new = Device.objects.get_or_create(
        user_id=user_id, mark=_mark(cookie_id), defaults={"first_seen_at": at}
    )
    return DeviceRow(row.id, row.proved_at, is_new, is_new and is_first)


def device(user_id: UUID, cookie_id: UUID) -> DeviceRow | None:
    """The device, if this person signed in with it before."""
    row = Device.objects.filter(user_id=user_id, mark=_mark(cookie_id)).first()
    return DeviceRow(row.id, row.proved_at) if row else None


def prove_device(user_id: UUID, cookie_id: UUID, *, at: datetime) -> None:
    """More than a password was shown on this device."""
    unproved = Device.objects.filter(user_id=user_id, mark=_mark(cookie_id), proved_at=None)
    unproved.update(proved_at=at)


def _mark(cookie_id: UUID) -> str:
    return hashed(cookie_id.hex)


def touch(session_key: str, *, at: datetime) -> None:
    """The session was used; nothing else of its row changes."""
    Session.objects.filter(session_key=session_key).update(last_seen_at=at)


def sessions(
    user_id: UUID, business_id: BusinessId, *, this: str, at: datetime
) -> list[SessionRow]:
    """The open sessions of a person at one business, used last first."""
    rows = Session.objects.filter(
        user_id=user_id, business_id=business_id, expire_date__gt=at, opened_at__isnull=False
    )
    return [
        SessionRow(
            id=name_of(row.session_key),
            door=row.door,
            origin=row.origin,
            agent=row.agent,
            opened_at=row.opened_at,
            last_seen_at=row.last_seen_at or row.opened_at,
            is_this=row.session_key == this,
        )
        for row in rows.order_by("-last_seen_at", "-opened_at")
        if row.opened_at is not None
    ]


def end_session(user_id: UUID, name: str, *, business_id: BusinessId) -> bool:
    """Ends one session of a person at a business; False if there is none of that name."""
    mine = Session.objects.filter(user_id=user_id, business_id=business_id)
    keys = [key for key in mine.values_list("session_key", flat=True) if name_of(key) == name]
    return bool(keys) and mine.filter(session_key__in=keys).delete()[0] > 0


def end_other_sessions(user_id: UUID, *, this: str, business_id: BusinessId | None = None) -> int:
    """Ends all sessions of a person but this one, at one business or (None) wherever they are; says
    how many."""
    mine = Session.objects.filter(user_id=user_id)
    if business_id is not None:
        mine = mine.filter(business_id=business_id)
    return mine.exclude(session_key=this).delete()[0]


def end_sessions(business_id: BusinessId, email: str, door: str) -> int:
    """Ends every session that the person of this address has at one door of a business; says how
    many."""
    theirs = Session.objects.filter(user__email=email.lower(), business_id=business_id, door=door)
    return theirs.delete()[0]


def is_open(user_id: UUID, name: str, *, at: datetime) -> bool:
    """Whether a person's session of this name is open still: it ends with the password, too."""
    mine = Session.objects.filter(user_id=user_id, expire_date__gt=at).select_related("user")
    found = next((one for one in mine if name_of(one.session_key) == name), None)
    if found is None or found.user is None:
        return False
    return is_of(found.user, found.get_decoded().get(HASH_SESSION_KEY, ""))


def name_of(session_key: str) -> str:
    """What a session is told by on a page: from it nobody gets the key."""
    return hashed(session_key)[:24]
