"""On which days banks move money, and by when a bank debit is known to be paid (pure).

Where a gateway tells no day, the longest time that it usually takes is counted here, in business
days of the scheme, from the day on which the debit was handed in:

- euro, SEPA Direct Debit: seven. A bank may send a Core debit back until five business days after
  the account is debited, which is one business day after it is handed in (EPC016-06, chapter 4),
  so it is paid on the sixth (Stripe: "Changes to SEPA Direct Debit Payment Behavior", T+6); what
  comes after 10:30 is handed in a day later.
- dollar, ACH: four (Stripe: "ACH Direct Debit", Timing; a return for want of money takes two
  banking days, Nacha Operating Rules, subsection 3.8).
- pound, Bacs: seven with a new instruction, four on one that stands (Stripe: "Bacs Direct Debit",
  Timing; three days to set an instruction up, three for the debit).

Business days in euro are those of T2 (ECB: "T2 holidays"): no weekends, not 1 January, Good
Friday, Easter Monday, 1 May, 25 and 26 December. For dollar and pound they are plain weekdays,
Monday to Friday (Federal Reserve Financial Services: "Holiday Schedules"; Pay.UK: "Bacs processing
calendar"): the holidays of a country move them by a day at most times, and what is told is a guess.
"""

from collections.abc import Callable
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5
_LONGEST = {"EUR": 7, "USD": 4, "GBP": 7}
_EARLIEST = {"EUR": 1, "USD": 1, "GBP": 2}  # Bacs: handed in, processed, debited
_FIXED = frozenset({(1, 1), (5, 1), (12, 25), (12, 26)})


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    skipped = (century + 8) // 25
    moon = (19 * golden + century - century // 4 - (century - skipped + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_target_day(day: date) -> bool:
    """Whether euro are settled on it."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED:
        return False
    return day - easter(day.year) not in (-2 * _DAY, _DAY)


def is_weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < _SATURDAY


def _after(day: date, count: int, is_open: Callable[[date], bool]) -> date:
    """The day so many business days after the first business day from `day` on."""
    while not is_open(day):
        day += _DAY
    for _business_day in range(count):
        day += _DAY
        while not is_open(day):
            day += _DAY
    return day


def debit_is_known_by(currency: str, handed_in: date) -> date | None:
    """By about when a debit in this currency is paid or refused, if no gateway says; None for a
    currency without a scheme."""
    return _counted(currency, handed_in, _LONGEST)


def debit_comes_from(currency: str, handed_in: date) -> date | None:
    """The first day on which the account may be debited; always a later one than `handed_in`."""
    return _counted(currency, handed_in, _EARLIEST)


def _counted(currency: str, handed_in: date, counts: dict[str, int]) -> date | None:
    if currency not in counts:
        return None
    is_open = is_target_day if currency == "EUR" else is_weekday
    return _after(handed_in, counts[currency], is_open)
