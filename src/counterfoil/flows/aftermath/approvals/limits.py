"""The rules of two people, and how they change: tighter at once, looser with a second person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.approvals.deciders import LIMITS
from counterfoil.domain.approvals.rows import Wish
from counterfoil.domain.identity.roles import Limit, Role
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.flows.aftermath.approvals import commands
from counterfoil.flows.aftermath.approvals.asking import ask
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Forbidden
from counterfoil.kernel.ids import BusinessId, new_id


def change(
    business_id: BusinessId, wanted: Sequence[Limit], *, member: MemberRow, at: datetime, by: Actor
) -> UUID | None:
    """Changes what needs two people; what would loosen a rule is itself asked of a second person,
    and its request returned. Only an owner may. Refuses what `ask` refuses."""
    if member.role != Role.OWNER:
        raise Forbidden
    known = staffing.tighten_limits_of_all(business_id, wanted)
    if known is None:
        return None
    wish = Wish(
        act=LIMITS,
        about_kind="business",
        about_id=business_id,
        called="",
        command={"was": commands.kept_limits(known), "limits": commands.kept_limits(wanted)},
        form_key=f"limits:{new_id()}",
    )
    return ask(business_id, wish, member=member, at=at, by=by)
