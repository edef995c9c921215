"""People at the portal of Harrow Water: a guest with a link, and Alice signed in.

Django is loaded after this file is read, so what needs it is imported in the fixtures.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

HOST = "harrow.example"


@pytest.fixture
def portal(business: Any) -> Iterator[Callable[[], Any]]:
    """Makes browsers at Harrow Water's own address."""
    from django.conf import settings
    from django.test import Client

    from counterfoil.surfaces.ui.middleware import HOSTS

    class Browser(Client):
        """Always by https."""

        def generic(self, *args: Any, **options: Any) -> Any:
            return super().generic(*args, **{**options, "secure": True})

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # where whitenoise looks
    HOSTS.forget()
    yield lambda: Browser(headers={"host": HOST, "accept-language": "en"})
    HOSTS.forget()


@pytest.fixture
def alice(business: Any, customer: Any, portal: Callable[[], Any]) -> Any:
    """Alice's browser, signed in."""
    from django.contrib.auth import get_user_model

    from counterfoil.domain.identity import operations as identity
    from factories.outside.devices import show_proof, use_known_device

    user_id = identity.make_user("alice@example.com", name="Alice Archer", password=None)
    browser = portal()
    user = get_user_model().objects.get(id=user_id)
    browser.force_login(user)
    use_known_device(browser, user)
    show_proof(browser, user)
    return browser


@pytest.fixture
def link(business: Any) -> Callable[..., str]:
    """`link(invoice)`: the path of a guest link to it."""
    from datetime import timedelta

    from counterfoil.domain.identity import operations as identity
    from counterfoil.kernel import clock

    def make(invoice: Any, *, days: int = 90, owner: Any = None) -> str:
        token = identity.make_guest_link(
            owner or business,
            invoice.id,
            invoice.customer_id,
            sent_to="alice@example.com",
            at=clock.now(),
            life=timedelta(days=days),
        )
        return f"/i/{token}"

    return make
