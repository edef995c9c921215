"""What is noted of signing in, in the business's trail."""

from typing import Any

from django.http import HttpRequest

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity.secrets import hashed
from counterfoil.kernel import clock
from counterfoil.surfaces.entrance.doors import door_of

_CHANGES = {
    "mfa/email/totp_activated": NoteKind.FACTOR_ADDED,
    "mfa/email/webauthn_added": NoteKind.FACTOR_ADDED,
    "mfa/email/recovery_codes_generated": NoteKind.FACTOR_ADDED,
    "mfa/email/totp_deactivated": NoteKind.FACTOR_REMOVED,
    "mfa/email/webauthn_removed": NoteKind.FACTOR_REMOVED,
    "account/email/password_changed": NoteKind.PASSWORD_CHANGED,
    "account/email/password_set": NoteKind.PASSWORD_CHANGED,
    "account/email/password_reset": NoteKind.PASSWORD_CHANGED,
    "account/email/number_added": NoteKind.FACTOR_ADDED,
    "account/email/number_removed": NoteKind.FACTOR_REMOVED,
    "account/email/new_device": NoteKind.NEW_DEVICE,
}


def note(request: HttpRequest, kind: NoteKind, user: Any, **facts: str) -> None:
    """Something that a person did with their own sign-in."""
    if not getattr(user, "pk", None):
        return
    audit.note(
        request.business.id,  # type: ignore[attr-defined]
        kind,
        subject=f"user:{user.pk}",
        facts={"door": door_of(request), "who": user.email, **facts},
        at=clock.now(),
    )


def note_failure(request: HttpRequest, email: str) -> None:
    """A sign-in that did not work. The address is a fact of its own, which can be erased; tries for
    one address within minutes are noted once."""
    address = email.strip().lower()
    audit.note(
        request.business.id,  # type: ignore[attr-defined]
        NoteKind.SIGN_IN_FAILED,
        subject=f"sign-in:{hashed(address)[:16]}",
        facts={"door": door_of(request), "who": address},
        at=clock.now(),
    )


def note_change(request: HttpRequest, mail: str, user: Any) -> None:
    """A change that a person is told of by this mail."""
    if kind := _CHANGES.get(mail):
        note(request, kind, user, what=mail.rpartition("/")[2])
