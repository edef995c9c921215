"""SAML 2.0 at our doors: what we ask, where the answer comes in, and how it reaches its browser.

The answer is posted from the provider's page, without our session's cookie. It is checked then and
there; what holds is put aside for a minute, and the browser comes for it with its session.
"""

import secrets
from dataclasses import asdict
from typing import Any

from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from counterfoil.domain.identity.sign_on.rows import SignOnRow
from counterfoil.flows.people.sign_on import providers
from counterfoil.kernel import clock
from counterfoil.kernel.ports.sign_on import Claims, SamlSelf, SignOnRefused, Why
from counterfoil.surfaces.entrance.sign_on.openid import subject_of

ANSWER_MAX = 200_000
KEPT_SECONDS = 60
TRIAL_SECONDS = 600


def self_of(request: HttpRequest, connection: SignOnRow) -> SamlSelf:
    """Who we are to the provider of this connection."""
    return SamlSelf(
        entity_id=_address(request, "sign_on_metadata", connection),
        url=_address(request, "sign_on_acs", connection),
        certificate=connection.secrets.get("certificate", ""),
        private_key=connection.secrets.get("private_key", ""),
    )


def _address(request: HttpRequest, name: str, connection: SignOnRow) -> str:
    return request.build_absolute_uri(reverse(name, args=[connection.id]))


class SamlProvider(SAMLProvider):  # type: ignore[misc]  # allauth is untyped
    """One connection, as allauth knows providers."""

    def redirect(
        self,
        request: HttpRequest,
        process: Any,
        next_url: Any = None,
        data: Any = None,
        **more: Any,
    ) -> HttpResponse:
        """To the provider, with a question whose id its answer has to name."""
        connection: SignOnRow = self.app.connection
        provider = providers.saml_provider_of(connection, at=clock.now())
        own = self_of(request, connection)
        url, request_id = providers.saml_asked(provider, own, connection.strong_contexts)
        self.stash_redirect_state(request, process, next_url, data, state_id=request_id, **more)
        if more.get("trial"):
            cache.set(trial_place(request_id), 1, TRIAL_SECONDS)
        return HttpResponseRedirect(url)

    def extract_uid(self, data: Any) -> str:
        """What the provider never gives to anybody else."""
        return subject_of(data.subject)

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Nothing of it is kept."""
        return {}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        """Nothing is taken over unseen."""
        return {}


def take_in(request: HttpRequest, connection: SignOnRow) -> HttpResponse:
    """Checks an answer and sends the browser to come for it with its session."""
    text = request.POST.get("SAMLResponse", "")
    if not text or len(text) > ANSWER_MAX:
        raise SignOnRefused(Why.UNREADABLE, "The answer is empty or too long.")
    own = self_of(request, connection)
    answer = providers.saml_answered(connection, own, text, at=clock.now())
    if not answer.request_id and not connection.allows_unasked:
        raise SignOnRefused(Why.NOT_BEGUN_HERE, "Nobody asked for this answer.")
    mark = secrets.token_urlsafe(32)
    kept = {"request_id": answer.request_id, "claims": asdict(answer.claims)}
    cache.set(_place(connection, mark), kept, KEPT_SECONDS)
    url = reverse("sign_on_finish", args=[connection.id])
    response = HttpResponseRedirect(url)
    response.status_code = 303
    response.set_cookie(
        _cookie(),
        mark,
        max_age=KEPT_SECONDS,
        path=url,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def finish(request: HttpRequest, provider: SamlProvider) -> HttpResponse:
    """The browser comes for its answer: only the one that asked gets it, and once."""
    connection: SignOnRow = provider.app.connection
    place = _place(connection, request.COOKIES.get(_cookie(), ""))
    kept = cache.get(place)
    if kept is None or not cache.delete(place):
        raise SignOnRefused(Why.NOT_BEGUN_HERE)
    state: dict[str, Any] | None = {"process": AuthProcess.LOGIN}
    if kept["request_id"]:
        state = statekit.unstash_state(
            request, provider_id=provider.sub_id, state_id=kept["request_id"]
        )
    if state is None:
        raise SignOnRefused(Why.NOT_BEGUN_HERE)
    claims = Claims(**kept["claims"])
    login = provider.sociallogin_from_response(request, claims)
    login.claims, login.state = claims, state
    response: HttpResponse = complete_social_login(request, login)
    response.delete_cookie(_cookie(), path=request.path)
    return response


def trial_place(request_id: str) -> str:
    """Where it stands that a question was asked to try the connection out: its answer comes without
    the session that knows."""
    return f"saml-trial:{request_id[:80]}"


def _place(connection: SignOnRow, mark: str) -> str:
    return f"saml:{connection.id}:{mark[:80]}"


def _cookie() -> str:
    return "saml" if settings.INSECURE_LOOPBACK else "__Secure-saml"
