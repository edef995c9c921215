"""Who may be the second person: by right, within their own limit, never for themselves; and what
needs one (pure)."""

from collections.abc import Iterable

from counterfoil.domain.approvals.rows import ApprovalRow
from counterfoil.domain.identity.roles import RIGHT_OF, Act, Right, is_within
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.kernel.errors import Forbidden

LIMITS = "limits"
"""An act of its own: what needs two people is itself made looser."""


class NeedsSecondPerson(Forbidden):
    """Somebody asks alone for what needs two people."""

    code = "needs_second_person"
    message = (
        "The business wants two people for an amount like this: ask for it in the backoffice. "
        "Nothing was started."
    )


def check_whole(whole_minor: int, at_most_minor: int | None) -> None:
    """Refuses (`NeedsSecondPerson`) more of one payment or invoice than was judged, by whoever
    holds it: what others did meanwhile counts. None: nothing limits it."""
    if at_most_minor is not None and whole_minor > at_most_minor:
        raise NeedsSecondPerson


def may_decide(member: MemberRow, row: ApprovalRow) -> bool:
    """Whether somebody may be the second person for a request."""
    is_own = member.user_id == row.asked_by
    return not is_own and could_decide(
        member, row.act, row.currency, row.counted_minor, row.customer_tags
    )


def could_decide(
    member: MemberRow, act: str, currency: str, counted_minor: int, customer_tags: Iterable[str]
) -> bool:
    """The same before anybody has asked. Who sees the customers of some tags only does not see a
    request about anybody else, nor one about no customer."""
    if not member.sees(customer_tags):
        return False
    if act == LIMITS:
        return {Right.APPROVE, Right.PEOPLE} <= member.rights
    if act not in set(Act):
        return False  # of another version of the program: nobody knows what it would do
    wanted = Act(act)
    if not {Right.APPROVE, RIGHT_OF[wanted]} <= member.rights:
        return False
    return not currency or is_within(member.limits, wanted, currency, counted_minor)


def deciders(members: Iterable[MemberRow], row: ApprovalRow) -> list[MemberRow]:
    """Everybody who may decide about a request."""
    return [one for one in members if may_decide(one, row)]
