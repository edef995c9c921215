"""Lists what Django and allauth say on our pages, so that our catalogues hold it in our own words.

Their catalogues are not complete in every language, and some address the reader too familiarly.
Our catalogues win over theirs (`LOCALE_PATHS`); the messages stand here to be found by
`tools/messages`, since nothing else in our source names them.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

BORROWED = (
    # Django: fields and passwords.
    _("This field is required."),
    _("Enter a valid email address."),
    _("This password is too common."),
    _("This password is entirely numeric."),
    _("The password is too similar to the %(verbose_name)s."),
    # allauth: signing in.
    _("The email address and/or password you specified are not correct."),
    _("Too many failed login attempts. Try again later."),
    _("Be patient, you are sending too many requests."),
    _("This account is currently inactive."),
    _("The email address is not assigned to any user account."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Invalid login."),
    _("Invalid or expired key."),
    _("The password reset token was invalid."),
    _("Please type your current password."),
    _("You must type the same password each time."),
)
TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
