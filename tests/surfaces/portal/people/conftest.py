"""People of one customer with different rights, each in a browser of their own."""

import time
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def signed_in_as(portal: Callable[[], Any]) -> Callable[..., Any]:
    """`signed_in_as(email)`: a browser in which that person has just signed in."""
    from django.contrib.auth import get_user_model

    from counterfoil.domain.identity import operations as identity

    def make(email: str, name: str = "") -> Any:
        user_id = identity.make_user(email, name=name)
        browser = portal()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        browser.force_login(get_user_model().objects.get(id=user_id), backend=backend)
        session = browser.session
        session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user_id)
        session.save()
        return browser

    return make


@pytest.fixture
def owner(customer: Any, signed_in_as: Callable[..., Any]) -> Any:
    """Alice's browser: she has every right for Alice."""
    return signed_in_as("alice@example.com", "Alice")


@pytest.fixture
def colleague(
    business: Any, customer: Any, signed_in_as: Callable[..., Any]
) -> Callable[..., tuple[Any, Any]]:
    """`colleague("sees")`: a contact of Alice with these rights, and their browser."""
    from counterfoil.domain.customers import operations as customers
    from counterfoil.domain.customers import queries
    from counterfoil.domain.customers.rights import RIGHTS, Preset
    from counterfoil.domain.customers.rows import NewContact
    from counterfoil.infra.db import reading
    from factories.businesses import AT

    def make(preset: str, email: str = "", owner: Any = None) -> tuple[Any, Any]:
        address = email or f"{preset}@example.com"
        rights = RIGHTS[Preset(preset)]
        new = NewContact(preset.title(), address, rights=rights)
        customers.add_contacts(business, owner or customer, [new], at=AT)
        with reading(business):
            everybody = queries.contacts(business, [owner or customer])
        made = next(one for one in everybody if one.email == address)
        return made.id, signed_in_as(address, preset.title())

    return make
