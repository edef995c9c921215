"""OpenID Connect as allauth speaks it, with what it leaves out: a nonce, and tokens that are
believed for their signature only."""

import hashlib
import secrets
from dataclasses import asdict
from typing import Any

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

from counterfoil.domain.identity.sign_on.checks import BY_METHOD
from counterfoil.domain.identity.sign_on.rows import SignOnRow
from counterfoil.flows.people.sign_on import providers
from counterfoil.kernel.ports.sign_on import Claims, SignOnRefused, Why

SUBJECT_MAX = 191  # what allauth's table holds
_OF_THE_TOKEN = frozenset(
    {"aud", "at_hash", "auth_time", "azp", "c_hash", "exp", "iat", "jti", "nbf", "nonce", "sub"}
)

_OF_THIS_SIGN_IN = frozenset({"acr", "amr"})
"""Believed of the signed token alone: user info speaks of a person, not of how they came."""


def subject_of(text: str) -> str:
    """The provider's own name of a person, as it is kept: one that is too long by its hash."""
    if not text:
        raise SignOnRefused(Why.NO_SUBJECT)
    if len(text) <= SUBJECT_MAX:
        return text
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class OpenIdAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth is untyped
    """Talks to the provider of one connection."""

    state: dict[str, Any]

    @property
    def connection(self) -> SignOnRow:
        """Whose provider it is."""
        found: SignOnRow = self.get_provider().app.connection
        return found

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's description, remembered for a while."""
        return asdict(providers.description_of(self.connection))

    @property
    def basic_auth(self) -> bool:
        """How the provider wants our secret."""
        return bool(self.openid_config["token_auth"] == "client_secret_basic")  # noqa: S105

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where people come back to, at the door that they went away from."""
        return callback_url(request, self.connection)

    def complete_login(
        self, request: HttpRequest, app: Any, token: Any, response: Any = None, **_more: Any
    ) -> Any:
        """Who came, as the signed token says; what it leaves out is asked for."""
        signed = response.get("id_token")
        if not isinstance(signed, str):
            raise SignOnRefused(Why.UNREADABLE, "The provider sent no ID token.")
        told = providers.claims_of(self.connection, signed, nonce=self.state["nonce"])
        if not told.get("email") and self.openid_config["userinfo_endpoint"]:
            more = self._fetch_user_info(token.token)
            if more.get("sub") != told["sub"]:
                raise SignOnRefused(Why.SIGNATURE, "Token and user info name two people.")
            told = {name: more[name] for name in more.keys() - _OF_THIS_SIGN_IN} | told
        return self.get_provider().sociallogin_from_response(request, told)


class OpenIdProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """One connection; nothing that stands in our own address is handed on to the provider."""

    oauth2_adapter_class = OpenIdAdapter
    pkce_enabled_default = True

    def redirect(
        self,
        request: HttpRequest,
        process: Any,
        next_url: Any = None,
        data: Any = None,
        **more: Any,
    ) -> Any:
        """To the provider, with a nonce that comes back inside the signed token."""
        nonce = secrets.token_urlsafe(24)
        named: tuple[str, ...] = self.app.connection.strong_contexts
        classes = " ".join(one for one in named if not one.startswith(BY_METHOD))
        wanted = {"acr_values": classes} if classes else {}
        params = {"nonce": nonce} | wanted | more.pop("auth_params", {})
        more |= {"nonce": nonce, "auth_params": params}
        return super().redirect(request, process, next_url, data, **more)

    def extract_uid(self, data: Any) -> str:
        """What the provider never gives to anybody else."""
        return subject_of(str(data.get("sub") or ""))

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Nothing of it is kept."""
        return {}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        """Nothing is taken over unseen."""
        return {}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        """Nothing is taken over unseen."""
        return []

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Any:
        """The sign-in, with what the provider claims beside it."""
        login = super().sociallogin_from_response(request, response)
        login.claims = Claims(
            subject=login.account.uid,
            email=str(response.get("email") or ""),
            is_verified=_truth(response.get("email_verified")),
            name=str(response.get("name") or "").strip(),
            told={
                name: str(value) for name, value in response.items() if name not in _OF_THE_TOKEN
            },
            contexts=_contexts(response),
        )
        return login


def _contexts(told: Any) -> tuple[str, ...]:
    """How the person proved themselves, as the token says: its class, and each of its methods."""
    acr, amr = told.get("acr"), told.get("amr")
    methods = [one for one in amr if isinstance(one, str)] if isinstance(amr, list) else []
    classes = [acr] if isinstance(acr, str) and acr else []
    return (*classes, *(BY_METHOD + one for one in methods))


def _truth(told: Any) -> bool | None:
    """Some providers write it as text."""
    return None if told is None else str(told).lower() == "true"


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """The way back: the state is of this browser, for this connection, and good once."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state
        issuer = self.adapter.openid_config["issuer"]
        if request.GET.get("iss", issuer) != issuer:  # RFC 9207
            raise SignOnRefused(Why.ISSUER, "The answer came from another provider.")
        return state, response


def callback_url(request: HttpRequest, connection: SignOnRow) -> str:
    """What is registered at the provider."""
    return request.build_absolute_uri(reverse("sign_on_callback", args=[connection.id]))
