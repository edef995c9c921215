"""Members of staff at their desks: real sign-ins and real pages, as a browser asks for them."""

import re
from dataclasses import dataclass
from typing import Any

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.kernel.ids import BusinessId
from factories.businesses import AT

PASSWORD = "a password for tests"
HOST = "harrow.example"
_KEY = re.compile(r'name="form_key" value="([^"]+)"')


@dataclass
class Desk:
    """A browser at one host; https, as everywhere but on loopback."""

    client: Any
    host: str = HOST

    def get(self, path: str = "", **more: Any) -> Any:
        """A page of the backoffice."""
        return self.client.get(
            f"/backoffice/{path}", secure=True, headers=self._headers(more), **more
        )

    def post(self, path: str = "", data: dict[str, Any] | None = None, **more: Any) -> Any:
        """A form of the backoffice, sent."""
        headers = self._headers(more)
        return self.client.post(
            f"/backoffice/{path}", data or {}, secure=True, headers=headers, **more
        )

    def _headers(self, more: dict[str, Any]) -> dict[str, str]:
        return {"host": self.host} | more.pop("headers", {})

    def form_key(self, path: str) -> str:
        """The key that was born with the form on this page."""
        found = _KEY.search(self.get(path).content.decode())
        assert found is not None
        return found[1]


def client(**options: Any) -> Any:
    from django.conf import settings
    from django.test import Client

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # where whitenoise looks
    return Client(**options)


def hire(business_id: BusinessId, role: Role, email: str = "") -> str:
    """Gives the business a member; returns the mail address that signs in."""
    email = email or f"{role}@{business_id.hex[-8:]}.example"
    user_id = identity.make_user(email, name=role.title(), password=PASSWORD)
    identity.make_member(business_id, user_id, role, at=AT)
    return email


def sign_in(at: Desk, email: str) -> Desk:
    """Signs in by the page."""
    response = at.post("sign-in", {"email": email, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()[-2000:]
    return at
