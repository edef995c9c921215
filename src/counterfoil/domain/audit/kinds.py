"""What is noted though it changes nothing that people keep: sign-ins, looks, refusals."""

from datetime import UTC, datetime
from enum import StrEnum


class NoteKind(StrEnum):
    """What happened; each has its words in `words`."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_FAILED = "sign_in_failed"
    SSO_SIGNED_IN = "sso_signed_in"
    SSO_REFUSED = "sso_refused"
    NEW_DEVICE = "new_device"
    SESSION_ENDED = "session_ended"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_FAILED = "factor_failed"
    RECOVERY_USED = "recovery_used"
    STEPPED_UP = "stepped_up"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  what happened to it
    INVITED = "invited"
    JOINED = "joined"
    LEFT = "left"
    SEEN_AS_CUSTOMER = "seen_as_customer"
    LOOKED = "looked"
    DOWNLOADED = "downloaded"
    EXPORTED = "exported"
    REFUSED = "refused"
    KEY_USED_FIRST = "key_used_first"
    ERASED = "erased"
    SEALS_SENT = "seals_sent"


_ONCE_A_DAY = frozenset(
    {
        NoteKind.SEEN_AS_CUSTOMER,
        NoteKind.LOOKED,
        NoteKind.DOWNLOADED,
        NoteKind.EXPORTED,
        NoteKind.REFUSED,
    }
)
_ONCE_IN_TEN_MINUTES = frozenset(
    {NoteKind.SIGN_IN_FAILED, NoteKind.FACTOR_FAILED, NoteKind.SSO_REFUSED}
)


def period(kind: NoteKind, at: datetime) -> str | None:
    """The time in which the same, by the same person about the same subject, is noted once: what
    anybody may repeat without end fills no disk. None: each time is noted."""
    told = at.astimezone(UTC).isoformat()
    if kind in _ONCE_A_DAY:
        return told[:10]
    return told[:15] if kind in _ONCE_IN_TEN_MINUTES else None
