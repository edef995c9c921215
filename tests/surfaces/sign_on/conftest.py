"""Harrow Water with connections to providers that run as processes.

Django is loaded after this file is read, so what needs it is imported in the fixtures.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from factories.outside.providers import Liar, OpenId, Process, Saml, asked, path_of

HOST = "harrow.example"


@pytest.fixture(scope="session")
def openid_process(tmp_path_factory: Any) -> Iterator[OpenId]:
    """An OpenID provider that others wrote, running."""
    yield from _running(OpenId(tmp_path_factory.mktemp("openid")))


@pytest.fixture(scope="session")
def liar(tmp_path_factory: Any) -> Iterator[Liar]:
    """A provider of ours that can lie, running."""
    yield from _running(Liar(tmp_path_factory.mktemp("liar")))


@pytest.fixture(scope="session")
def saml_process(tmp_path_factory: Any) -> Iterator[Saml]:
    """A SAML provider that others wrote, running."""
    yield from _running(Saml(tmp_path_factory.mktemp("saml")))


@pytest.fixture(scope="session")
def own_key() -> dict[str, str]:
    """The key of our side, made once: it takes a while."""
    from counterfoil.flows.people.sign_on import providers
    from counterfoil.kernel import clock

    return providers.saml_key(at=clock.now())


def _running(process: Process) -> Iterator[Any]:
    yield process
    process.stop()


@pytest.fixture
def browser(business: Any) -> Iterator[Callable[..., Any]]:
    """Makes browsers at a host, always by https. Passwords are hashed cheaply."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client, override_settings

    from counterfoil.surfaces.ui.middleware import HOSTS

    class Browser(Client):
        """One browser with its cookies."""

        def generic(self, *args: Any, **options: Any) -> Any:
            return super().generic(*args, **{**options, "secure": True})

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # where whitenoise looks
    HOSTS.forget()
    cache.clear()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield lambda host=HOST: Browser(headers={"host": host, "accept-language": "en"})
    HOSTS.forget()


@dataclass
class Way:
    """One sign-in through a connection, step by step."""

    door: str
    connection_id: Any

    def at(self, rest: str = "") -> str:
        """An address of the connection."""
        return f"{self.door}sso/{self.connection_id}/{rest}"

    def away(self, browser: Any, **query: str) -> str:
        """To the provider: its address."""
        answer = browser.get(self.at(), query)
        assert answer.status_code == 302, answer.content.decode()[-2500:]
        return str(answer["Location"])

    def by_openid(self, browser: Any, provider: OpenId, subject: str, **query: str) -> Any:
        """All of it at an OpenID provider's own page."""
        back = provider.signs_in(self.away(browser, **query), subject)
        return browser.get(path_of(back))

    def by_liar(self, browser: Any, liar: Liar, **query: str) -> Any:
        """All of it at our OpenID provider."""
        answer = liar.http.get(self.away(browser, **query))
        return browser.get(path_of(answer.headers["location"]))

    def answer_of(self, browser: Any, provider: Liar | Saml, **query: str) -> dict[str, str]:
        """What the SAML provider's page would post."""
        return provider.answer(self.away(browser, **query))

    def posted(self, browser: Any, told: dict[str, str]) -> Any:
        """The provider's page posts its answer, without our session; the browser comes for it."""
        kept = browser.cookies.pop("session", None), browser.cookies.pop("staff", None)
        answer = browser.post(path_of(told["url"]), {"SAMLResponse": told["SAMLResponse"]})
        for name, cookie in zip(("session", "staff"), kept, strict=True):
            if cookie is not None:
                browser.cookies[name] = cookie.value
        if answer.status_code != 303:
            return answer
        return browser.get(answer["Location"])

    def by_saml(self, browser: Any, provider: Liar | Saml, **query: str) -> Any:
        """All of it at a SAML provider."""
        return self.posted(browser, self.answer_of(browser, provider, **query))


@pytest.fixture
def connected(business: Any, own_key: dict[str, str]) -> Callable[..., Way]:
    """`connected("oidc", url, customer_id=...)`: an active connection."""
    from counterfoil.domain.identity.sign_on import operations
    from counterfoil.domain.identity.sign_on.rows import SignOnForm, SignOnKind
    from counterfoil.flows.people.sign_on import providers
    from counterfoil.kernel import clock
    from counterfoil.kernel.ids import new_id
    from factories.businesses import AT

    def connect(
        kind: str, url: str, customer_id: Any = None, *, owner: Any = None, **more: Any
    ) -> Way:
        of, connection_id = owner or business, new_id()
        given = {"name": "Acme sign-in", "domains": ("acme.example",)}
        given |= {"role": "readonly"} if customer_id is None else {"rights": ("see", "pay")}
        form = SignOnForm(**given | {"vouches_for_mail": kind == "saml"} | more)
        operations.add(
            of, connection_id, SignOnKind(kind), customer_id, form, at=AT,
            secrets=own_key if kind == "saml" else {},
        )  # fmt: skip
        if kind == "oidc":
            settings: dict[str, Any] = {"issuer": url, "client_id": "counterfoil"}
        else:
            told = providers.saml_provider(url=f"{url}/metadata", xml="", at=clock.now())
            settings = {
                "entity_id": told.entity_id, "url": told.url, "metadata_url": "",
                "certificates": list(told.certificates), "ends_at": told.ends_at.isoformat(),
            }  # fmt: skip
        operations.connect(of, connection_id, settings, {"client_secret": "a secret"})
        operations.switch(of, connection_id, is_active=True)
        return Way("/backoffice/" if customer_id is None else "/", connection_id)

    return connect


@pytest.fixture
def notes(business: Any) -> Callable[[], list[tuple[str, str, dict[str, Any]]]]:
    """What the trail holds of single sign-on: kind, subject, facts."""
    from counterfoil.infra.db import execute, reading

    def read() -> list[tuple[str, str, dict[str, Any]]]:
        with reading(business):
            rows = execute(
                "SELECT n.kind, n.subject, v.after::text FROM audit_note n"
                " LEFT JOIN audit_recordvalues v ON v.business_id = n.business_id AND v.id = n.id"
                " WHERE n.business_id = %(id)s::uuid AND n.kind LIKE 'sso%%' ORDER BY n.id",
                {"id": business},
            )
        return [(kind, subject, json.loads(facts or "{}")) for kind, subject, facts in rows]

    return read


__all__ = ["asked", "path_of"]
