"""Second factors and passkeys: how allauth keeps them, and what it checks besides its own."""

import struct
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import UnsupportedAlgorithm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.infra.secrets.box import open_text, seal_text
from counterfoil.surfaces.entrance import trail
from counterfoil.surfaces.entrance.agents import agent_words

SEALED_AT = "mfa_authenticator:data"
_TOTP_SECONDS = 120  # longer than any code of an app is good for


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Secrets are sealed at rest; what is shown names the business."""

    def encrypt(self, text: str) -> str:
        """Sealed like every other secret."""
        return seal_text(text, SEALED_AT)

    def decrypt(self, encrypted_text: str) -> str:
        """Opened."""
        return open_text(encrypted_text, SEALED_AT)

    def get_totp_issuer(self) -> str:
        """What the app shows above the code."""
        return str(context.request.business.name)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whose passkey it is: the host's, under the business's name."""
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": str(context.request.business.name)}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  as it calls
        """The device that it was made on."""
        return agent_words(context.request.headers.get("User-Agent", ""))


class _Credential(forms.JSONField):
    """What a browser says a device said; nesting without end is no JSON either."""

    def __init__(self, kind: Any) -> None:
        super().__init__(widget=forms.HiddenInput)
        self._kind = kind

    def to_python(self, value: Any) -> Any:
        """The same, if it can be read as a whole: the libraries stumble over what can't."""
        try:
            told = super().to_python(value)
            self._kind.from_dict(told)
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
            struct.error,
            UnsupportedAlgorithm,
        ) as problem:
            raise ValidationError(_not_accepted()) from problem
        return told


def _not_accepted() -> str:
    return _("This passkey was not accepted. Try again, or sign in another way.")


def _is_here(origin: str) -> bool:
    request: Any = context.request
    return bool(origin == f"{request.scheme}://{request.get_host()}")


class _Careful(forms.Form):
    """A passkey is refused that was made to sign for another address, and one whose counter ran
    backwards: then there is a copy of it."""

    credential = _Credential(AuthenticationResponse)

    def clean_credential(self) -> Authenticator:
        """The authenticator that signed."""
        try:
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
            self._check(authenticator)
        except ValidationError as problem:
            trail.note(context.request, NoteKind.FACTOR_FAILED, getattr(self, "user", None))
            if getattr(context.request, "wait_seconds", None):
                raise
            raise ValidationError(_not_accepted()) from problem
        return authenticator

    def _check(self, authenticator: Authenticator) -> None:
        sent: Any = AuthenticationResponse.from_dict(self.cleaned_data["credential"])  # type: ignore[attr-defined]
        answer = sent.response
        if not _is_here(answer.client_data.origin):
            raise ValidationError("origin")
        count, last = answer.authenticator_data.counter, authenticator.data.get("counter", 0)
        if (count or last) and count <= last:
            raise ValidationError("counter")
        authenticator.data["counter"] = count
        Authenticator.objects.filter(pk=authenticator.pk).update(data=authenticator.data)


class PasskeyLogin(_Careful, LoginWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """A passkey instead of a password: it proves the person as well, so it counts for both."""


class PasskeyFactor(_Careful, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class PasskeyAgain(_Careful, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey of somebody who is asked again."""


class PasskeyNew(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that is added: made for this very address."""

    credential = _Credential(RegistrationResponse)

    def clean(self) -> dict[str, Any]:
        """What was said, if it was said here and just now."""
        said: dict[str, Any] = super().clean()
        if told := said.get("credential"):
            made: Any = RegistrationResponse.from_dict(told)
            if not _is_here(made.response.client_data.origin):
                raise ValidationError(_not_accepted())
        return said


class _Once:
    """A code is good once, and what fails is noted."""

    authenticator: Authenticator
    user: Any

    def clean_code(self) -> str:
        """The code, if it is right."""
        request = context.request
        request.knock = ("login_failed", f"mfa-auth-user-{self.user.pk}")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            trail.note(request, NoteKind.FACTOR_FAILED, self.user)
            raise
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            trail.note(request, NoteKind.RECOVERY_USED, self.user)
        elif not cache.add(f"totp-used:{self.user.pk}:{code.strip()}", 1, timeout=_TOTP_SECONDS):
            raise ValidationError(_("This code was used already. Wait for the next one."))
        return code


class FactorCode(_Once, AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """A code of an app, or a recovery code, after the password."""

    @property
    def hint(self) -> str:
        """Where this person's codes come from; empty for one who has none."""
        return code_hint(factors_of(self.user))


class FactorCodeAgain(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The same of somebody who is asked again."""


def factors_of(user: Any) -> frozenset[str]:
    """The kinds of factors that a person has: totp, webauthn, recovery_codes."""
    mine = Authenticator.objects.filter(user_id=user.pk)
    return frozenset(mine.values_list("type", flat=True))


def code_hint(mine: frozenset[str]) -> str:
    """Where the codes of somebody with these factors come from; empty if none of them has codes."""
    if mine >= {"totp", "recovery_codes"}:
        return _("From your authenticator app, or one of your recovery codes.")
    if "totp" in mine:
        return _("From your authenticator app.")
    return _("One of your recovery codes.") if "recovery_codes" in mine else ""
