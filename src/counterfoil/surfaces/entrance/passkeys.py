"""Passkeys: signing in by one alone, and adding one that can."""

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.internal import auth, flows
from django.http import HttpResponse


class SignIn(views.LoginWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Signs in, and goes on to where the person was on the way to."""

    def form_valid(self, form: Any) -> HttpResponse:
        """By the passkey alone: it asked for a finger, a face or a PIN."""
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = flows.perform_passwordless_login(
            self.request, authenticator, login
        )
        return response


class Add(views.AddWebAuthnView):  # type: ignore[misc]
    """Adds a passkey that the device finds by itself and that asks for its person."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the browser needs to make one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context


sign_in = SignIn.as_view()
add = Add.as_view()
