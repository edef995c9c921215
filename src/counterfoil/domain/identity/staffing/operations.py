"""The only writer of who works here and what they may do: roles, limits, invitations, changes.

Nobody gives or takes what they lack themselves, nobody changes what they may do themselves, and a
business keeps an owner: each change is checked with everybody's membership under lock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.identity import devices, queries
from counterfoil.domain.identity.models import (
    OWN,
    Invitation,
    Membership,
    RoleLimit,
    StaffRole,
)
from counterfoil.domain.identity.roles import RIGHTS, Limit, Right, Role, loosens
from counterfoil.domain.identity.rows import InvitationRow, MemberRow, Post
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.domain.identity.staffing.giving import BeyondYou, check_gives, check_used, gives
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.kernel.errors import Conflict, FieldProblem, Forbidden, NotFound
from counterfoil.kernel.ids import BusinessId

INVITATION_LIFE = timedelta(days=7)
ROLES_MAX = 50
TAGS_MAX = 20


class NotYourself(Forbidden):
    """Nobody changes their own role."""

    code = "not_yourself"
    message = "Nobody changes their own role: ask another member of staff who may."


class LastOwner(Forbidden):
    """A business without an owner could never be set up again."""

    code = "last_owner"
    message = "This is the last owner of the business: make somebody else an owner first."


class MemberAlready(Conflict):
    """The address works here already."""

    code = "member_already"
    message = "Somebody with this mail address works here already."


@held_by("identity_invitation_open_once")
class InvitedAlready(Conflict):
    """One open invitation per address."""

    code = "asked_to_join_already"
    message = "This address is invited already: withdraw that invitation first."


@held_by("identity_role_once")
class RoleNamedAlready(Conflict):
    """Two roles of one name could not be told apart."""

    code = "role_named_already"
    message = "There is a role of this name already."


class RoleInUse(Conflict):
    """Somebody has the role, or is invited to it."""

    code = "role_in_use"
    message = "Somebody has this role, or is invited to it. Give them another one first."


class RulesChanged(Conflict):
    """What was to be loosened is not what it was."""

    code = "rules_changed"
    message = "The rules were changed meanwhile, and are as they were then. Ask again if needed."


def _locked(business_id: BusinessId) -> dict[UUID, MemberRow]:
    """Everyone who works here, all memberships under lock, so that two who change them at once
    come one after the other."""
    execute(
        "SELECT id FROM identity_membership WHERE business_id = %(business_id)s::uuid "
        "ORDER BY id FOR UPDATE",
        {"business_id": business_id},
    )
    return {one.user_id: one for one in queries.members(business_id)}


def _giver(here: dict[UUID, MemberRow], by: UUID) -> MemberRow:
    found = here.get(by)
    if found is None or Right.PEOPLE not in found.rights:
        raise Forbidden
    return found


def _check_post(business_id: BusinessId, giver: MemberRow, post: Post) -> None:
    roles = team.roles(business_id)
    meant = next(
        (one for one in roles if (one.role, one.id) == (post.role, post.own_role_id)), None
    )
    if meant is None:
        raise FieldProblem("role", "Choose among these.", code="unknown_role")
    if post.role == Role.OWNER and post.tags:
        message = "An owner sees every customer."
        raise FieldProblem("tags", message, code="owner_sees_all")
    if len(post.tags) > TAGS_MAX:
        raise FieldProblem("tags", f"At most {TAGS_MAX}.", code="too_many")
    check_gives(giver, meant.rights, meant.limits)


def _columns(post: Post) -> dict[str, object]:
    role = OWN if post.role is None else post.role.value
    return {"role": role, "own_role_id": post.own_role_id, "tags": list(post.tags)}


def _check_owner_left(here: dict[UUID, MemberRow], without: UUID) -> None:
    owners = {one.user_id for one in here.values() if one.role == Role.OWNER}
    if without in owners and owners == {without}:
        raise LastOwner


def _changed(here: dict[UUID, MemberRow], giver: MemberRow, user_id: UUID) -> MemberRow:
    """The member that somebody is about to change, if they may."""
    member = here.get(user_id)
    if member is None:
        raise NotFound
    _check_owner_left(here, user_id)
    if user_id == giver.user_id:
        raise NotYourself
    if not member.rights <= giver.rights:
        raise BeyondYou
    return member


def _withdraw_beyond(business_id: BusinessId, *, at: datetime) -> None:
    """Withdraws each invitation that whoever sent it could not send any more: they work here no
    more, or it gives more than they may give now."""
    here = {one.user_id: one for one in queries.members(business_id)}
    roles = {(one.role, one.id): one for one in team.roles(business_id)}
    stale = []
    for row in team.open_invitations(business_id):
        giver, role = here.get(row.inviter_id), roles[row.role, row.own_role_id]
        if giver is None or Right.PEOPLE not in giver.rights or not gives(giver, role):
            stale.append(row.id)
    rows = Invitation.objects.for_business(business_id).filter(id__in=stale)
    rows.update(withdrawn_at=at)


@operation
def change_post(
    business_id: BusinessId, user_id: UUID, post: Post, *, at: datetime, by: UUID
) -> None:
    """Gives a member another role, or other customers to see; whom they asked in beyond it may not
    come any more.

    Refuses: `NotYourself`, `BeyondYou`, `LastOwner`, a role that does not exist; `NotFound` for who
    does not work here.
    """
    here = _locked(business_id)
    giver = _giver(here, by)
    _changed(here, giver, user_id)
    _check_post(business_id, giver, post)
    rows = Membership.objects.for_business(business_id).filter(user_id=user_id)
    rows.update(**_columns(post))
    _withdraw_beyond(business_id, at=at)


@operation
def remove_member(business_id: BusinessId, user_id: UUID, *, at: datetime, by: UUID) -> None:
    """Somebody works here no more: none of their sessions opens anything from now on. What they did
    keeps their name; whom they asked in and who has not answered may not come any more. Refuses
    what `change_post` refuses."""
    here = _locked(business_id)
    _changed(here, _giver(here, by), user_id)
    rows = Membership.objects.for_business(business_id).filter(user_id=user_id)
    rows.update(ended_at=at)
    _withdraw_beyond(business_id, at=at)


@operation
def sign_out(business_id: BusinessId, user_id: UUID, *, by: UUID) -> int:
    """Ends every session of a member here, on whatever device; says how many. Refuses what
    `change_post` refuses."""
    here = _locked(business_id)
    member = _changed(here, _giver(here, by), user_id)
    return devices.end_sessions(business_id, member.email, "staff")


@operation
def invite(business_id: BusinessId, email: str, post: Post, *, at: datetime, by: UUID) -> UUID:
    """Asks somebody to work here, for seven days; returns the invitation's id.

    Refuses: `MemberAlready`, `InvitedAlready`, `BeyondYou`, a role that does not exist.
    """
    here = _locked(business_id)
    giver = _giver(here, by)
    address = email.strip().lower()
    if any(one.email.lower() == address for one in here.values()):
        raise MemberAlready
    _check_post(business_id, giver, post)
    stale = Invitation.objects.for_business(business_id).filter(
        email__iexact=address, taken_at__isnull=True, withdrawn_at__isnull=True, expires_at__lte=at
    )
    stale.update(withdrawn_at=at)
    made = Invitation.objects.create(
        business_id=business_id,
        email=address,
        inviter_id=giver.user_id,
        invited_by=giver.name or giver.email,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
        **_columns(post),
    )
    return made.id


@operation
def withdraw_invitation(
    business_id: BusinessId, invitation_id: UUID, *, at: datetime, by: UUID
) -> None:
    """Takes an invitation back: its link opens nothing. `NotFound` for one that was answered."""
    _giver(_locked(business_id), by)
    rows = Invitation.objects.for_business(business_id).filter(
        id=invitation_id, taken_at__isnull=True, withdrawn_at__isnull=True
    )
    if not rows.update(withdrawn_at=at):
        raise NotFound


@operation
def take_invitation(
    business_id: BusinessId, token: str, user_id: UUID, *, at: datetime
) -> InvitationRow:
    """Somebody takes the post that they were asked to: once. `NotFound` for a link that was taken,
    withdrawn or is too old; `MemberAlready` for who works here meanwhile."""
    here = _locked(business_id)
    found = team.invitation_of(business_id, token, at=at)
    if user_id in here:
        raise MemberAlready
    rows = Invitation.objects.for_business(business_id).filter(id=found.id, taken_at__isnull=True)
    rows.update(taken_at=at)
    post = Post(found.role, found.own_role_id, found.tags)
    new = Membership(business_id=business_id, user_id=user_id, created_at=at, **_columns(post))
    Membership.objects.bulk_create(
        [new],
        update_conflicts=True,
        unique_fields=["business", "user"],
        update_fields=["role", "own_role", "tags", "ended_at"],
    )
    return found


@operation
def save_role(  # noqa: PLR0913  which, what it gives, who says so
    business_id: BusinessId,
    role_id: UUID | None,
    name: str,
    rights: Iterable[Right],
    limits: Sequence[Limit],
    *,
    at: datetime,
    by: UUID,
) -> UUID:
    """Makes one of the business's own roles, or changes it for everyone who has it; what they asked
    for beyond it is withdrawn.

    Refuses: `BeyondYou`, `NotYourself` for one's own role, `RoleNamedAlready`; `NotFound`; a limit
    of what it may not do.
    """
    giver = _giver(_locked(business_id), by)
    given = frozenset(rights) | {Right.SEE}
    check_gives(giver, given, limits)
    check_used(given, limits)
    columns = {"name": name, "rights": sorted(given)}
    if role_id is None:
        if StaffRole.objects.for_business(business_id).count() >= ROLES_MAX:
            raise FieldProblem("name", f"At most {ROLES_MAX} roles.", code="too_many")
        row = StaffRole.objects.create(business_id=business_id, created_at=at, **columns)
        role_id = row.id
    else:
        if giver.own_role_id == role_id:
            raise NotYourself
        known = team.own_role(business_id, role_id)
        if not known.rights <= giver.rights:
            raise BeyondYou
        StaffRole.objects.for_business(business_id).filter(id=role_id).update(**columns)
    _write_limits(business_id, "", role_id, limits)
    _withdraw_beyond(business_id, at=at)
    return role_id


@operation
def limit_preset(
    business_id: BusinessId, role: Role, limits: Sequence[Limit], *, at: datetime, by: UUID
) -> None:
    """Up to how much the people of a preset do a thing alone; an owner has no limit of their own.
    Refuses what `save_role` refuses."""
    giver = _giver(_locked(business_id), by)
    if role == Role.OWNER:
        raise NotFound
    if giver.role == role:
        raise NotYourself
    check_gives(giver, RIGHTS[role], limits)
    check_used(RIGHTS[role], limits)
    _write_limits(business_id, role.value, None, limits)
    _withdraw_beyond(business_id, at=at)


@operation
def remove_role(business_id: BusinessId, role_id: UUID, *, by: UUID) -> None:
    """Takes one of the business's own roles away; refuses (`RoleInUse`) while it is anybody's."""
    giver = _giver(_locked(business_id), by)
    role = team.own_role(business_id, role_id)
    if not role.rights <= giver.rights:
        raise BeyondYou
    Membership.objects.for_business(business_id).filter(
        own_role_id=role_id, ended_at__isnull=False
    ).update(role=Role.READONLY.value, own_role_id=None)
    Invitation.objects.for_business(business_id).filter(own_role_id=role_id).exclude(
        taken_at__isnull=True, withdrawn_at__isnull=True
    ).update(role=Role.READONLY.value, own_role_id=None)
    invited = Invitation.objects.for_business(business_id).filter(own_role_id=role_id)
    if role.people or invited.exists():
        raise RoleInUse
    execute(
        """
        WITH gone AS (
          DELETE FROM identity_rolelimit l
          WHERE l.business_id = %(business_id)s::uuid AND l.own_role_id = %(id)s::uuid)
        DELETE FROM identity_staffrole r
        WHERE r.business_id = %(business_id)s::uuid AND r.id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": role_id},
    )


@operation
def tighten_limits_of_all(business_id: BusinessId, wanted: Sequence[Limit]) -> list[Limit] | None:
    """Writes up to how much anybody does a thing without a second person, unless that loosens a
    rule: then nothing is written, and the rules as they are now are returned. Who may say so is
    checked before."""
    _locked(business_id)
    known = team.limits_of_all(business_id)
    if loosens(known, wanted):
        return known
    _write_limits(business_id, "", None, wanted)
    return None


@operation
def write_limits_of_all(
    business_id: BusinessId, limits: Sequence[Limit], *, was: Sequence[Limit] | None = None
) -> None:
    """The same, looser ones too. Refuses (`RulesChanged`) if the rules are not `was` any more,
    where given."""
    _locked(business_id)
    if was is not None and set(team.limits_of_all(business_id)) != set(was):
        raise RulesChanged
    _write_limits(business_id, "", None, limits)


def _write_limits(
    business_id: BusinessId, preset: str, role_id: UUID | None, limits: Sequence[Limit]
) -> None:
    """Only what differs is written, so that the trail shows changes and nothing else."""
    rows = RoleLimit.objects.for_business(business_id).filter(preset=preset, own_role_id=role_id)
    wanted = {(one.act.value, one.currency): one.up_to_minor for one in limits}
    for row in rows:
        minor = wanted.pop((row.act, row.currency), None)
        if minor is None:
            execute(
                "DELETE FROM identity_rolelimit "
                "WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid",
                {"business_id": business_id, "id": row.id},
            )
        elif minor != row.up_to_minor:
            RoleLimit.objects.for_business(business_id).filter(id=row.id).update(up_to_minor=minor)
    RoleLimit.objects.bulk_create(
        RoleLimit(
            business_id=business_id,
            preset=preset,
            own_role_id=role_id,
            act=act,
            currency=currency,
            up_to_minor=minor,
        )
        for (act, currency), minor in wanted.items()
    )
