"""API keys after they were made: a new secret for one, and when it was last used."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from counterfoil.domain.identity.models import ApiKey
from counterfoil.domain.identity.operations import HINT_LENGTH
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.identity.scopes import scopes_of
from counterfoil.domain.identity.secrets import KEY_PREFIX, hashed, new_secret
from counterfoil.domain.identity.staffing.giving import check_gives_scopes
from counterfoil.infra.db import operation
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId

USE_NOTED_AFTER = timedelta(minutes=5)
OVERLAP_MAX = timedelta(days=30)


class RotatedAlready(Conflict):
    """Two old secrets would work beside the new one."""

    code = "rotated_already"
    message = "The old secret of this key still works. Wait until it ends, or take the key back."


@operation
def rotate_api_key(
    business_id: BusinessId,
    key_id: UUID,
    *,
    old_until: datetime,
    at: datetime,
    by: MemberRow | None = None,
) -> str:
    """A new secret for a key, returned once; the old one works until `old_until`, at most 30 days.

    Refuses (`RotatedAlready`) while an older one still works, `BeyondYou` where the key reaches
    further than the member who would hold the secret; `NotFound` for a key that does not work
    itself.
    """
    rows = ApiKey.objects.select_for_update().filter(business_id=business_id, id=key_id)
    row = rows.filter(revoked_at__isnull=True).exclude(expires_at__lte=at).first()
    if row is None:
        raise NotFound
    if by is not None:
        check_gives_scopes(by, scopes_of(row.scopes))
    if row.old_until is not None and row.old_until > at:
        raise RotatedAlready
    key = KEY_PREFIX + new_secret()
    until = min(old_until, at + OVERLAP_MAX)
    is_over = until <= at
    rows.update(
        key_hash=hashed(key),
        hint=key[:HINT_LENGTH],
        old_hash=None if is_over else row.key_hash,
        old_until=None if is_over else until,
    )
    return key


def note_key_used(
    key_id: UUID, *, last_used_at: datetime | None, at: datetime, business_id: BusinessId
) -> None:
    """The key is in use: written once in five minutes, whoever is first."""
    if last_used_at is not None and at - last_used_at < USE_NOTED_AFTER:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USE_NOTED_AFTER)
    keys = ApiKey.objects.filter(stale, business_id=business_id, id=key_id)
    keys.update(last_used_at=at)
