"""Members of staff of Harrow Water, signed in by the page.

Django is loaded after this file is read, so what needs it is imported in the fixtures.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def visitor(database: None) -> Iterator[Callable[..., Any]]:
    """Somebody who has not signed in. Passwords are hashed cheaply: many are tried here."""
    from django.test import override_settings

    from counterfoil.surfaces.ui.middleware import HOSTS
    from factories.staff import HOST, Desk, client

    HOSTS.forget()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield lambda host=HOST, **options: Desk(client(**options), host)


@pytest.fixture
def desk(business: Any, visitor: Callable[..., Any]) -> Callable[..., Any]:
    """`desk(Role.FINANCE)`: a member of Harrow Water who has signed in; else the owner."""
    from counterfoil.domain.identity.roles import Role
    from factories.staff import hire, sign_in

    def sit_down(role: Role = Role.OWNER) -> Any:
        return sign_in(visitor(), hire(business, role))

    return sit_down


@pytest.fixture
def owner(desk: Callable[..., Any]) -> Any:
    """The owner of Harrow Water, signed in."""
    return desk()
