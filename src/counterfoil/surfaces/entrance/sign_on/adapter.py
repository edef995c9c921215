"""How allauth is told about connections: only this business's, at the door they are for."""

from typing import Any
from uuid import UUID

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest
from requests import RequestException, Session

from counterfoil.domain.identity.sign_on import queries
from counterfoil.domain.identity.sign_on.rows import SignOnKind, SignOnRow
from counterfoil.infra.db import reading
from counterfoil.infra.http.session import outgoing_session
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ports.sign_on import SignOnRefused, Why
from counterfoil.surfaces.entrance.sign_on import finishing
from counterfoil.surfaces.ui.step_up.devices import at_staff_door

_PROVIDERS = {SignOnKind.OIDC: "openid_connect", SignOnKind.SAML: "saml"}


def connection_of(request: HttpRequest, connection_id: UUID) -> SignOnRow:
    """A connection of this business that is for this door; `NotFound` for every other."""
    business_id = request.business.id  # type: ignore[attr-defined]
    with reading(business_id):
        found = queries.connection(business_id, connection_id)
    if found.for_staff != at_staff_door(request):
        raise NotFound
    return found


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Providers are rows of the business; whoever comes is admitted by our own rules alone."""

    def list_apps(
        self, request: HttpRequest, provider: Any = None, client_id: Any = None
    ) -> list[SocialApp]:
        """The one connection that is asked for, if it is this business's and at this door."""
        try:
            connection = connection_of(request, UUID(str(client_id or provider)))
        except (NotFound, ValueError):
            return []
        return [app_of(connection)]

    def get_requests_session(self) -> Session:
        """Calls go where calls may go."""
        return outgoing_session()

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """The person is made when they are admitted, not before."""
        return sociallogin.user

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """Never by the address alone."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The provider has vouched for somebody: our rules say what follows."""
        raise ImmediateHttpResponse(finishing.finish(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Every failure of allauth's becomes a refusal of ours."""
        if error == AuthError.CANCELLED:
            raise SignOnRefused(Why.CANCELLED)
        if isinstance(exception, RequestException):
            raise SignOnRefused(Why.UNREACHABLE, str(exception)[:300]) from exception
        if exception is not None:
            raise SignOnRefused(Why.REFUSED_THERE, str(exception)[:300]) from exception
        if "error" in request.GET:
            told = f"{request.GET['error']} {request.GET.get('error_description', '')}"
            raise SignOnRefused(Why.REFUSED_THERE, told.strip()[:300])
        raise SignOnRefused(Why.NOT_BEGUN_HERE)


def app_of(connection: SignOnRow) -> SocialApp:
    """A connection as allauth knows providers; it is never stored."""
    app = SocialApp(
        provider=_PROVIDERS[connection.kind],
        provider_id=str(connection.id),
        name=connection.name[:40],
        client_id=str(connection.settings.get("client_id", connection.id)),
        secret=connection.secrets.get("client_secret", ""),
        settings={},
    )
    app.connection = connection
    return app
