"""Reads of roles, limits and invitations of a business's staff."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from counterfoil.domain.identity import queries
from counterfoil.domain.identity.models import Invitation, RoleLimit, StaffRole
from counterfoil.domain.identity.roles import RIGHTS, Act, Limit, Role, rights_of
from counterfoil.domain.identity.rows import InvitationRow, StaffRoleRow
from counterfoil.domain.identity.secrets import joining_of_secret
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId


def roles(business_id: BusinessId) -> list[StaffRoleRow]:
    """The presets, then the business's own roles by name, with their limits and how many have
    each."""
    people = Counter(one.own_role_id or one.role for one in queries.members(business_id))
    limits: dict[object, list[Limit]] = {}
    for one in RoleLimit.objects.for_business(business_id).order_by("act", "currency"):
        whose = one.own_role_id or one.preset
        limits.setdefault(whose, []).append(Limit(Act(one.act), one.currency, one.up_to_minor))
    presets = [
        StaffRoleRow(role, None, "", RIGHTS[role], tuple(limits.get(role.value, ())), people[role])
        for role in Role
    ]
    own = StaffRole.objects.for_business(business_id).order_by("name")
    return presets + [
        StaffRoleRow(
            role=None,
            id=row.id,
            name=row.name,
            rights=rights_of(row.rights),
            limits=tuple(limits.get(row.id, ())),
            people=people[row.id],
        )
        for row in own
    ]


def own_role(business_id: BusinessId, role_id: UUID) -> StaffRoleRow:
    """One of the business's own roles, or `NotFound`."""
    found = next((one for one in roles(business_id) if one.id == role_id), None)
    if found is None:
        raise NotFound
    return found


def limits_of_all(business_id: BusinessId) -> list[Limit]:
    """Up to how much anybody does a thing without a second person."""
    rows = RoleLimit.objects.for_business(business_id).filter(preset="", own_role__isnull=True)
    return [
        Limit(Act(one.act), one.currency, one.up_to_minor)
        for one in rows.order_by("act", "currency")
    ]


def open_invitations(business_id: BusinessId) -> list[InvitationRow]:
    """Who was asked and has not answered, the newest first; those whose time is over included."""
    rows = Invitation.objects.for_business(business_id).select_related("own_role")
    rows = rows.filter(taken_at__isnull=True, withdrawn_at__isnull=True)
    return [_invitation(row) for row in rows.order_by("-id")]


def invitation_of(business_id: BusinessId, token: str, *, at: datetime) -> InvitationRow:
    """The invitation of a link; `NotFound` for one that was taken, withdrawn or is too old."""
    return invitation(business_id, joining_of_secret(business_id, token), at=at)


def invitation(
    business_id: BusinessId, invitation_id: UUID | None, *, at: datetime
) -> InvitationRow:
    """An invitation that can still be taken, or `NotFound`."""
    rows = Invitation.objects.for_business(business_id).select_related("own_role")
    row = rows.filter(
        id=invitation_id, taken_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    ).first()
    if row is None:
        raise NotFound
    return _invitation(row)


def _invitation(row: Invitation) -> InvitationRow:
    return InvitationRow(
        id=row.id,
        email=row.email,
        role=None if row.own_role_id else Role(row.role),
        own_role_id=row.own_role_id,
        role_name=row.own_role.name if row.own_role_id else "",
        tags=tuple(row.tags),
        inviter_id=row.inviter_id,
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
