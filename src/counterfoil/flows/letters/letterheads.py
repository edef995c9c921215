"""The letterhead of a business: the same on every mail."""

from django.utils.functional import lazy

from counterfoil.domain.business.colours import brand_colours
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.documents.assembly import lines_of
from counterfoil.domain.notifications.letters import Letterhead


def letterhead_of(business: BusinessRow) -> Letterhead:
    """Name, address, and colours that were made readable for light and dark screens. The country is
    named in the language of whatever it is drawn on, not of who causes the mail."""
    colours = brand_colours(business.accent)
    return Letterhead(
        name=business.name,
        legal_name=business.legal_name,
        address=lazy(lines_of, tuple)(business.address),
        email=business.email,
        fill=colours.fill,
        on_fill=colours.on_fill,
        fill_dark=colours.fill_dark,
        on_fill_dark=colours.on_fill_dark,
    )
