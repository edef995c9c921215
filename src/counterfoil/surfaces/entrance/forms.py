"""Forms that ask for a mail: a code, or a new password; and which one a new password may not be:
little more than our own name, or stolen elsewhere."""

import logging
import re
from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm, ResetPasswordForm
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _

from counterfoil.flows.addresses import base_url
from counterfoil.flows.people import admit_contact
from counterfoil.infra.secrets.breached import BadHashes, is_breached
from counterfoil.surfaces.entrance.doors import entrant_of
from counterfoil.surfaces.entrance.mails import texts
from counterfoil.surfaces.ui.step_up.devices import at_staff_door
from counterfoil.surfaces.ui.words import wait_words

_PASSWORD_MAX = 1000
_REST_MIN = 8  # so much of a password has to be the person's own
_WORD_MIN = 4  # "and" or "ltd" is nobody's name
_SIGNS = re.compile(r"[\W_]+")
PRODUCT = "counterfoil"
_log = logging.getLogger("counterfoil.passwords")


class NotOurName:
    """A validator of passwords: those that are little more than the name of the business, or of
    its host, or this program's, are guessed first."""

    def validate(self, password: str, _user: Any = None) -> None:
        """Refuses (`ValidationError`) a password of which, without these words, too little is
        left."""
        rest = _SIGNS.sub("", password.casefold())
        before = rest
        for word in sorted(_words_of_here(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != before and len(rest) < _REST_MIN:
            raise ValidationError(self.get_help_text(), code="password_of_our_name")

    def get_help_text(self) -> str:
        """What is asked of a password."""
        return _("This password is little more than the name of this business. Choose another one.")


def _words_of_here() -> set[str]:
    request = context.request
    business = getattr(request, "business", None)
    names = [PRODUCT]
    if business is not None:
        names += [business.name, business.legal_name, request.get_host().partition(":")[0]]
    words = {word for name in names for word in _SIGNS.split(name.casefold())}
    whole = {_SIGNS.sub("", name.casefold()) for name in names}
    return {word for word in words | whole if len(word) >= _WORD_MIN}


class NotBreached:
    """A validator of passwords: none that stands in the operator's list; without a list, any."""

    def validate(self, password: str, _user: Any = None) -> None:
        """Refuses (`ValidationError`) a password that stands in the list, and every one while the
        list can't be read."""
        if settings.BREACHED_PASSWORDS is None:
            return
        try:
            is_known = is_breached(password, settings.BREACHED_PASSWORDS)
        except (BadHashes, OSError) as trouble:
            _log.error("a password was refused without a look for it: %s", trouble)
            words = _(
                "Passwords can’t be checked at the moment, so this one was not taken. Please try "
                "again later."
            )
            raise ValidationError(words, code="password_unchecked") from None
        if is_known:
            raise ValidationError(self.get_help_text(), code="password_breached")

    def get_help_text(self) -> str:
        """What is asked of a password."""
        return _(
            "This password stands in a list of passwords that were stolen from other sites, so "
            "strangers may try it. It is not your fault, and nothing of yours was opened here. "
            "Choose one that you use nowhere else."
        )


def _admit(email: str) -> None:
    """A contact's first visit makes their sign-in; others get allauth's same answer."""
    request = context.request
    if request is not None and not at_staff_door(request):
        admit_contact.admit(request.business.id, email)


def _check_texts(email: str) -> None:
    """Whoever wants a text message may not want too many of them; they are counted by what was
    typed, so nobody learns who is known, or has a number."""
    request = context.request
    if not texts.is_offered(request):
        return
    wait = texts.seconds_to_wait(request, email)
    if wait is not None:
        request.wait_seconds = wait
        raise ValidationError(wait_words(wait))
    if spent := texts.spent_words():
        raise ValidationError(spent)


def _may_enter(user: Any) -> bool:
    return user is not None and entrant_of(context.request, user) is not None


def _look_as_for_somebody(email: str) -> None:
    """The same look-ups as for somebody who may come in: the clock tells nobody who is known."""
    request = context.request
    users = get_user_model()
    if not at_staff_door(request):
        users.objects.filter(email=email.lower()).first()
    entrant_of(request, users(email=email))
    filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    base_url(request.business.id)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth is untyped
    """By mail address and password; how long the password is costs nobody time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(MaxLengthValidator(_PASSWORD_MAX))


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth is untyped
    """Asks for a code by mail."""

    email = forms.EmailField(max_length=254)

    def clean_email(self) -> Any:
        """Admits a contact first, then goes on as allauth does; whoever may not come in by this
        door counts as unknown."""
        email = self.cleaned_data["email"]
        _admit(email)
        context.request.knock = ("request_login_code", email.lower())
        cleaned = super().clean_email()
        _check_texts(email)
        found = self.__dict__["_user"]
        self._user = found if _may_enter(found) else None
        if self._user is None:
            _look_as_for_somebody(email)
        return cleaned


class PasswordForm(ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    """Asks for a new password by mail."""

    def clean_email(self) -> Any:
        """The same for a new password."""
        _admit(self.cleaned_data["email"])
        cleaned = super().clean_email()
        found = self.__dict__["users"]
        self.users = [user for user in found if _may_enter(user)]
        if not self.users:
            _look_as_for_somebody(self.cleaned_data["email"])
        return cleaned
