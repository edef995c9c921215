"""The components that stand a hundred times on a page, as functions: called as a macro, each costs
more than all else in its row. They take values that can be remembered, and know no page."""

import datetime as dt
from functools import lru_cache

from django.utils.translation import get_language
from markupsafe import Markup

from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui import formatting
from counterfoil.surfaces.ui.words import Pill

_MONEY = Markup('<span class="money"><bdi>{}</bdi></span>')
_DATE = Markup('<time datetime="{}">{}</time>')
_PILL = Markup('<span class="pill pill--{}">{}</span>')


def money(amount: Money) -> Markup:
    """An amount with its currency, kept in one piece."""
    return _money(amount, get_language())


@lru_cache(formatting.REMEMBERED)
def _money(amount: Money, _language: str | None) -> Markup:
    return _MONEY.format(formatting.money(amount))


def date(value: dt.date, long: bool = False) -> Markup:  # noqa: FBT001, FBT002
    """A day, short or with its month in full."""
    return _date(value, long, get_language())


@lru_cache(formatting.REMEMBERED)
def _date(value: dt.date, long: bool, _language: str | None) -> Markup:  # noqa: FBT001
    words = formatting.day_long(value) if long else formatting.day(value)
    return _DATE.format(formatting.machine_time(value), words)


@lru_cache(formatting.REMEMBERED)
def pill(state: Pill) -> Markup:
    """A state: words, and a tone that repeats them."""
    return _PILL.format(state.tone, state.words)
