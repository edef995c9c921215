"""Who fits a mail address and a password: only somebody who may come in by the door they are at."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context

from counterfoil.surfaces.entrance.doors import entrant_of


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """Everybody else gets the answer of a wrong password, after the same work."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the right password opens this door."""
        request = context.request
        if request is None or getattr(request, "business", None) is None:
            return bool(super().user_can_authenticate(user))
        return entrant_of(request, user) is not None

    @classmethod
    def _stash_user(cls, user: Any) -> None:
        """Keeps nobody, for whom allauth would have a page that says the password was right."""
