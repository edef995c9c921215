"""Which business a command works on: the one that `--business` names, or whichever there are."""

from counterfoil.cli.errors import OperatorError
from counterfoil.domain.business import queries
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.kernel.errors import NotFound


def businesses_named(slug: str | None) -> list[BusinessRow]:
    """The business of this short name, or all of them; refuses an unknown name."""
    if slug is None:
        return queries.every()
    try:
        return [queries.by_slug(slug)]
    except NotFound:
        known = ", ".join(one.slug for one in queries.every()) or "none at all"
        raise OperatorError(f"there is no business {slug}; there is {known}") from None


def the_business(slug: str | None) -> BusinessRow:
    """The one business to work on; refuses to choose where there are several."""
    found = businesses_named(slug)
    if len(found) != 1:
        known = ", ".join(one.slug for one in found) or "none"
        raise OperatorError(f"say which business with --business: {known}")
    return found[0]
