"""Nobody gives what they lack themselves (pure): to people by roles, to programs by keys."""

from collections.abc import Iterable, Sequence

from counterfoil.domain.identity.roles import RIGHT_OF, Limit, Right, is_within
from counterfoil.domain.identity.rows import MemberRow, StaffRoleRow
from counterfoil.domain.identity.scopes import Scope, acts_reached, rights_needed
from counterfoil.kernel.errors import FieldProblem, Forbidden, InvalidInput


class BeyondYou(Forbidden):
    """Somebody would give, or take, what they may not do themselves."""

    code = "beyond_you"
    message = "This is more than you may do yourself, so you can't give or take it."


def check_gives(giver: MemberRow, rights: frozenset[Right], limits: Sequence[Limit]) -> None:
    """Refuses (`BeyondYou`) a role that reaches further than the giver does."""
    if not _reaches(giver, rights, limits):
        raise BeyondYou


def check_used(rights: frozenset[Right], limits: Sequence[Limit]) -> None:
    """Refuses (`InvalidInput`) a limit of what the role may not do at all: it would say that people
    do something up to an amount who never do it."""
    message = "This role may not do this, so there is nothing to limit."
    unused = [
        FieldProblem(f"limit-{one.act}-{one.currency}", message, code="limit_unused")
        for one in limits
        if RIGHT_OF[one.act] not in rights
    ]
    if unused:
        raise InvalidInput(unused)


def gives(giver: MemberRow, role: StaffRoleRow) -> bool:
    """Whether somebody may give this role."""
    return _reaches(giver, role.rights, role.limits)


def _reaches(giver: MemberRow, rights: frozenset[Right], limits: Sequence[Limit]) -> bool:
    if not rights <= giver.rights:
        return False
    for act, right in RIGHT_OF.items():
        own = [one for one in giver.limits if one.act == act]
        theirs = [one for one in limits if one.act == act]
        if right not in rights or not own:
            continue
        if not theirs or not all(
            is_within(own, act, one.currency, one.up_to_minor) for one in theirs
        ):
            return False
    return True


def check_gives_scopes(giver: MemberRow, scopes: Iterable[Scope]) -> None:
    """Refuses (`BeyondYou`) a key that reaches further than the giver does: a key has no limits of
    its own, so whoever has one for an act gives no key to it."""
    if not may_give(giver, frozenset(scopes)):
        raise BeyondYou


def may_give(giver: MemberRow, scopes: frozenset[Scope]) -> bool:
    """Whether somebody may give these scopes to a program."""
    limited = {one.act for one in giver.limits}
    return rights_needed(scopes) <= giver.rights and not limited & acts_reached(scopes)
