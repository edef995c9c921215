"""The components that stand a hundred times on a page, as functions: called as a macro, each costs
more than all else in its row. They take values that can be remembered, and know no page."""

import datetime as dt

from markupsafe import Markup, escape

from counterfoil.domain.notifications.formatting import SHORT, parted
from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui import formatting
from counterfoil.surfaces.ui.formatting import Remembered
from counterfoil.surfaces.ui.words import Pill

_MONEY = Markup('<span class="money"><bdi>{}</bdi></span>')
_DATE = Markup('<time datetime="{}">{}</time>')
_UNBROKEN = Markup('<span class="{}"><bdi>{}</bdi></span>')
_PILL = Markup('<span class="pill pill--{}">{}</span>')


@Remembered
def money(amount: Money) -> Markup:
    """An amount with its currency, kept in one piece."""
    return _MONEY.format(formatting.money(amount))


@Remembered
def date(value: dt.date, long: bool = False) -> Markup:  # noqa: FBT001, FBT002
    """A day, short or with its month in full."""
    words = formatting.day_long(value) if long else formatting.day(value)
    return _DATE.format(formatting.machine_time(value), words)


@Remembered
def pill(state: Pill) -> Markup:
    """A state: words, and a tone that repeats them."""
    return _PILL.format(state.tone, state.words)


def unbroken(text: str) -> Markup:
    """Words in which each number of a document (`HW-2026-00418`) goes to the next line as a whole
    rather than break at its hyphens. Takes no elements."""
    say = Markup if isinstance(text, Markup) else escape
    return Markup().join(
        _whole(say(part)) if is_number else say(part) for part, is_number in parted(text)
    )


def _whole(number: Markup) -> Markup:
    return _UNBROKEN.format("nowrap" if len(number) <= SHORT else "unbroken", number)
