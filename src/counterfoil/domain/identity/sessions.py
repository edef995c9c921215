"""Sessions in the database: they can be ended, every process sees them, and the user comes along
with one prepared query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from counterfoil.domain.identity.models import Session, User
from counterfoil.infra.sql import Statement
from counterfoil.kernel import clock


@dataclass(frozen=True, slots=True)
class Loaded:
    """A session's data and the user beside it, if it is signed in."""

    session_data: str
    id: UUID | None
    email: str | None
    password: str | None
    name: str | None
    locale: str | None
    is_active: bool | None
    last_login: datetime | None
    date_joined: datetime | None
    last_seen_at: datetime | None

    def user(self) -> User | None:
        """The user as Django knows it."""
        if self.id is None:
            return None
        names = [field.attname for field in User._meta.concrete_fields]
        return User.from_db("default", names, [getattr(self, name) for name in names])


OPENED = "opened"
"""Where in the data of a signed-in session it says what these columns say."""
COLUMNS = ("door", "business_id", "device_id", "origin", "agent", "opened_at")
LIFE_MAX = timedelta(days=30)
"""After so long a sign-in is over, however much it is used."""
SEEN_EVERY = timedelta(minutes=10)
"""How exactly a session's last use is known."""
LOAD = Statement(__package__, "session", Loaded)


class SessionStore(DatabaseStore):
    """Django's store over our table."""

    loaded_user: User | None = None
    last_seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        """Our rows."""
        return Session

    def load(self) -> dict[str, Any]:
        """The session's data; its user is kept for `user_of`."""
        found = LOAD.first(key=self.session_key, at=clock.now()) if self.session_key else None
        if found is None:
            self._session_key = None
            return {}
        self.loaded_user = found.user()
        self.last_seen_at = found.last_seen_at
        data: dict[str, Any] = self.decode(found.session_data)
        return data

    @property
    def was_just_used(self) -> bool:
        """Whether somebody who is signed in was here a moment ago: what lives on by being used was
        renewed then."""
        seen = self.last_seen_at
        return seen is not None and clock.now() - seen <= SEEN_EVERY

    def get_expiry_date(self, **more: Any) -> datetime:
        """When it ends if nobody uses it, by the same clock as everything else."""
        return super().get_expiry_date(**{"modification": clock.now()} | more)

    def create_model_instance(self, data: Mapping[str, Any]) -> Any:
        """The row to save, with the user that the data names and where the session was opened."""
        row: Any = super().create_model_instance(data)  # type: ignore[arg-type]
        row.user_id = data.get(SESSION_KEY)
        row.last_seen_at = clock.now() if row.user_id else None
        opened = data.get(OPENED) or {}
        for name in COLUMNS:
            if name in opened:
                setattr(row, name, opened[name])
        if "opened_at" in opened:
            over = datetime.fromisoformat(opened["opened_at"]) + LIFE_MAX
            row.expire_date = min(row.expire_date, over)
        return row


def user_of(request: HttpRequest) -> Any:
    """The session's user if its password is still the one it signed in with; else nobody.

    The same check as Django's own `get_user`, which is asked where the user was not loaded along
    (a session that has just been made, or an older secret key).
    """
    session = request.session
    user_id = session.get(SESSION_KEY)
    if not user_id:
        return AnonymousUser()
    user = getattr(session, "loaded_user", None)
    if user is None or str(user.pk) != str(user_id) or not user.is_active:
        return get_user(request)
    proof = session.get(HASH_SESSION_KEY, "")
    if not constant_time_compare(proof, user.get_session_auth_hash()):
        return get_user(request)
    return user
