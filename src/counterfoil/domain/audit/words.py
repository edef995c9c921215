"""What was noted, in words."""

from django.utils.translation import gettext as _

from counterfoil.domain.audit.kinds import NoteKind


def note_words(kind: str) -> str:
    """What was noted."""
    return {
        NoteKind.SIGNED_IN: _("Signed in"),
        NoteKind.SIGNED_OUT: _("Signed out"),
        NoteKind.SIGN_IN_FAILED: _("Sign-in failed"),
        NoteKind.SSO_SIGNED_IN: _("Signed in by single sign-on"),
        NoteKind.SSO_REFUSED: _("Single sign-on was refused"),
        NoteKind.NEW_DEVICE: _("Signed in on a new device"),
        NoteKind.SESSION_ENDED: _("A session was ended"),
        NoteKind.FACTOR_ADDED: _("A way to sign in was added"),
        NoteKind.FACTOR_REMOVED: _("A way to sign in was removed"),
        NoteKind.FACTOR_FAILED: _("A second step of signing in failed"),
        NoteKind.RECOVERY_USED: _("A recovery code was used"),
        NoteKind.STEPPED_UP: _("Proved again who they are"),
        NoteKind.PASSWORD_CHANGED: _("The password was changed"),
        NoteKind.INVITED: _("Invited"),
        NoteKind.JOINED: _("Joined"),
        NoteKind.LEFT: _("Left"),
        NoteKind.SEEN_AS_CUSTOMER: _("The portal was seen as the customer sees it"),
        NoteKind.LOOKED: _("Looked at"),
        NoteKind.DOWNLOADED: _("Downloaded"),
        NoteKind.EXPORTED: _("Exported"),
        NoteKind.REFUSED: _("Refused: no right to do this"),
        NoteKind.KEY_USED_FIRST: _("An API key was used for the first time"),
        NoteKind.ERASED: _("Erasure of personal data"),
        NoteKind.SEALS_SENT: _("The seals were mailed to the owners"),
    }.get(NoteKind(kind), kind.replace("_", " ").capitalize())
