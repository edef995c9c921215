"""Your data: nothing asked for, a copy being made beside one that is ready, and a wish declined
beside a copy that came to nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from counterfoil.surfaces.portal.profile.data_pages import Copy, DataPage, Wish

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TEMPLATE = "portal/profile/data.html"
ALONE = DataPage(
    url="/profile/data",
    business_name="Harrow Water",
    customer_name="Atelier Moreau",
    is_alone=True,
    copies=(),
    wish=None,
    copy_url="/profile/data/copy",
    erase_url="/profile/data/erase",
    back_url="/profile/",
)


def pages() -> Iterator[tuple[str, str, DataPage]]:
    """Name, template and page."""
    ready = Copy(AT - timedelta(days=2), AT + timedelta(days=5), 1482, "/profile/data/cpy_1")
    waits = Copy(AT, None, 0, "")
    over = Copy(AT - timedelta(days=3), None, 0, "", is_over=True)
    over = Copy(AT - timedelta(days=3), None, 0, "", is_over=True)
    yield "data", TEMPLATE, ALONE
    wish = Wish(AT, is_declined=False, reason="")
    yield "data-asked", TEMPLATE, replace(ALONE, copies=(waits, ready), wish=wish)
    reason = "A payment of 12 November is contested. Ask again once that is decided."
    declined = Wish(AT - timedelta(days=9), is_declined=True, reason=reason)
    yield "data-declined", TEMPLATE, replace(ALONE, is_alone=False, wish=declined, copies=(over,))
