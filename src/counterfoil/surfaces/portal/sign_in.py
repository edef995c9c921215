"""How allauth is told about us: who may sign in here, and where they go."""

from email.utils import formataddr
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from counterfoil.domain.notifications.rendering import clean
from counterfoil.flows.addresses import base_url
from counterfoil.flows.people import admit_contact
from counterfoil.surfaces.ui.callers import caller_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Contacts sign in, nobody signs up by themselves; a session belongs to one business."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the business's own contacts."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Signs in, and notes the business that the session is for."""
        super().login(request, user)
        request.session["business"] = str(request.business.id)  # type: ignore[attr-defined]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted."""
        return caller_address(request)

    def get_from_email(self) -> str:
        """The business writes, from the installation's address."""
        request = context.request
        name = clean(request.business.name) if request is not None else ""
        return formataddr((name, settings.MAIL_FROM))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail leads to the business's own host, whatever host was asked."""
        uid, _, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[uid, secret])
        return base_url(context.request.business.id) + path

    def format_email_subject(self, subject: str) -> str:
        """The subject as the template has it: the business is named there."""
        return subject


def _admit(email: str) -> None:
    """A contact's first visit makes their sign-in; others get allauth's same answer."""
    request = context.request
    if request is not None:
        admit_contact.admit(request.business.id, email)


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth is untyped
    """Asks for a code by mail."""

    email = forms.EmailField(max_length=254)

    def clean_email(self) -> Any:
        """Admits a contact first, then goes on as allauth does."""
        _admit(self.cleaned_data["email"])
        return super().clean_email()


class PasswordForm(ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    """Asks for a new password by mail."""

    def clean_email(self) -> Any:
        """Admits a contact first, then goes on as allauth does."""
        _admit(self.cleaned_data["email"])
        return super().clean_email()
