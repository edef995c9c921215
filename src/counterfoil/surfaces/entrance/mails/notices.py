"""What a person is told by mail of changes to their own sign-in."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

Say = Callable[[Mapping[str, Any]], tuple[str, str]]


def _new_device(told: Mapping[str, Any]) -> tuple[str, str]:
    words = _("Somebody signed in with a device that you have not used here before: %(device)s.")
    return _("Sign-in from a new device"), words % {"device": told["device"]}


def _address(told: Mapping[str, Any]) -> tuple[str, str]:
    words = _("You sign in as %(new)s from now on, no longer as %(old)s.")
    return _("Your mail address was changed"), words % {"new": told["new"], "old": told["old"]}


_NOTICES: dict[str, Say] = {
    "account/email/new_device": _new_device,
    "account/email/email_changed": _address,
    "account/email/password_changed": lambda _told: (
        _("Your password was changed"),
        _("All other devices were signed out."),
    ),
    "account/email/password_set": lambda _told: (
        _("You have a password now"),
        _("A password was set for your sign-in."),
    ),
    "account/email/password_reset": lambda _told: (
        _("Your password was changed"),
        _("It was set anew by the link in an e-mail. All devices were signed out."),
    ),
    "account/email/number_added": lambda _told: (
        _("A mobile number was added"),
        _("From now on codes to sign in can go there as text messages."),
    ),
    "account/email/number_removed": lambda _told: (
        _("Your mobile number was removed"),
        _("Codes no longer go there."),
    ),
    "mfa/email/totp_activated": lambda _told: (
        _("An authenticator app was added"),
        _("From now on your sign-in asks for its codes."),
    ),
    "mfa/email/totp_deactivated": lambda _told: (
        _("The authenticator app was removed"),
        _("Your sign-in no longer asks for its codes."),
    ),
    "mfa/email/webauthn_added": lambda _told: (
        _("A passkey was added"),
        _("From now on it opens your sign-in."),
    ),
    "mfa/email/webauthn_removed": lambda _told: (
        _("A passkey was removed"),
        _("It no longer opens your sign-in."),
    ),
    "mfa/email/recovery_codes_generated": lambda _told: (
        _("New recovery codes were made"),
        _("The earlier ones no longer work."),
    ),
}


def notice(mail: str, told: Mapping[str, Any]) -> tuple[str, str]:
    """The heading and the words of a mail; one without words is a bug."""
    return _NOTICES[mail](told)


def code_words(purpose: str) -> tuple[str, str]:
    """The heading of a mail with a code, and what the code does."""
    if purpose == "new_address":
        return (
            _("Confirm your new address"),
            _("Somebody, probably you, wants to sign in with this address from now on."),
        )
    return (
        _("Your code to go on"),
        _("Something that matters is about to be done in your name. The code shows it is you."),
    )
