"""People at both doors of Harrow Water, and the mailbox that their codes come to.

Django is loaded after this file is read, so what needs it is imported in the fixtures.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HOST = "harrow.example"
PASSWORD = "a password for tests"
CODE = re.compile(r"^([0-9A-Z]{4}-[0-9A-Z]{4})$", re.MULTILINE)


@dataclass
class Door:
    """A browser before one of the doors; paths are those behind it."""

    client: Any
    root: str
    host: str = HOST

    def get(self, path: str = "", **more: Any) -> Any:
        return self.client.get(self.root + path, secure=True, headers=self._headers(more), **more)

    def post(self, path: str = "", data: Any = None, **more: Any) -> Any:
        headers = self._headers(more)
        return self.client.post(self.root + path, data or {}, secure=True, headers=headers, **more)

    def go_on(self, response: Any) -> Any:
        """The page that a redirect leads to."""
        return self.get(response["Location"].removeprefix(self.root))

    def _headers(self, more: dict[str, Any]) -> dict[str, str]:
        return {"host": self.host, "accept-language": "en"} | more.pop("headers", {})

    @property
    def sign_in_path(self) -> str:
        return "sign-in" if self.root.startswith("/backoffice") else "sign-in/"

    @property
    def is_inside(self) -> bool:
        """Whether the first page behind the door opens."""
        return bool(self.get().status_code == 200)

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> Any:
        return self.post(self.sign_in_path, {"login": email, "password": password, **more})


@pytest.fixture(params=["/", "/backoffice/"], ids=["portal", "backoffice"])
def root(request: Any) -> str:
    """Each door in turn."""
    return str(request.param)


@pytest.fixture
def door(business: Any, root: str, post: Any) -> Iterator[Callable[..., Door]]:
    """`door()`: a new browser before the door. Passwords are hashed cheaply."""
    from django.conf import settings
    from django.test import Client, override_settings

    from counterfoil.surfaces.ui.middleware import HOSTS

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    HOSTS.forget()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield lambda host=HOST, **options: Door(Client(**options), root, host)
    HOSTS.forget()


@pytest.fixture
def email(business: Any, customer: Any, root: str, door: Any) -> str:
    """Somebody who may come in by the door, with a password."""
    from counterfoil.domain.identity import operations as identity
    from counterfoil.domain.identity.roles import Role
    from factories.businesses import AT

    user_id = identity.make_user("alice@example.com", name="Alice", password=PASSWORD)
    if root != "/":
        identity.make_member(business, user_id, Role.OWNER, at=AT)
    return "alice@example.com"


@pytest.fixture
def user(email: str) -> Any:
    """The same as a row."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(email=email)


@pytest.fixture
def mails(tmp_path: Path) -> Callable[[], list[Any]]:
    """What was mailed so far."""
    from factories.mails import mailbox

    return lambda: mailbox(tmp_path / "mail")


@pytest.fixture
def code(mails: Callable[[], list[Any]]) -> Callable[[], str]:
    """The code in the newest mail."""
    from factories.mails import text_of

    def newest() -> str:
        found = CODE.search(text_of(mails()[-1]))
        assert found is not None, text_of(mails()[-1])
        return found[1]

    return newest


@pytest.fixture
def app() -> Callable[[Any], Callable[[int], str]]:
    """`app(user)`: gives a person an authenticator app; what it shows, `steps` of 30 s from now."""
    import time

    from allauth.mfa.totp.internal import auth

    def set_up(user: Any) -> Callable[[int], str]:
        secret = auth.generate_totp_secret()
        auth.TOTP.activate(user, secret)
        return lambda steps=0: auth.format_hotp_value(
            auth.hotp_value(secret, int(time.time()) // 30 + steps)
        )

    return set_up
