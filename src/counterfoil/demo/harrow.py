"""What Harrow Water of Lyon invoices for: water, sewerage, and now and then a visit."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from counterfoil.demo.cast import Party, Wares, read
from counterfoil.domain.billing.arithmetic import LineInput

_FIVE, _TEN, _TWENTY = Decimal("5.5"), Decimal(10), Decimal(20)
_INSPECTION = LineInput("Leak inspection", Decimal(1), Decimal(96), _TWENTY, Decimal(25))
_VISITS = (
    _INSPECTION,
    LineInput("Meter replacement, 15 mm", Decimal(1), Decimal("148.50"), _TWENTY),
    LineInput("Water analysis, 12 parameters", Decimal(1), Decimal(210), _TWENTY, Decimal(10)),
    LineInput("Emergency call-out, by night", Decimal("1.5"), Decimal(124), _TWENTY),
)


def _lines(party: Party, day: date, rng: Random) -> list[LineInput]:
    """A month of water: the quantity read, the fixed charge, sewerage, and now and then a visit."""
    season = Decimal("1.25") if day.month in (7, 8, 9) else Decimal(1)
    used = (party.size * season * rng.randint(260, 480) * party.every / 10).quantize(Decimal("0.1"))
    meter = 100_000 + sum(map(ord, party.key)) * 37 % 90_000
    found = [
        *_supply(day, meter, used, months=party.every),
        LineInput("Sewerage", used, Decimal("1.352"), _TEN),
    ]
    if rng.random() < 0.12:  # noqa: PLR2004  about once in eight invoices
        found.append(rng.choice(_VISITS))
    return found


def _supply(day: date, meter: int, used: Decimal, *, months: int = 1) -> list[LineInput]:
    month = (day.replace(day=1) - timedelta(days=1)).strftime("%B %Y")
    words = f"Water supply, {month}\nMeter {meter}, read {day:%d %B %Y}"
    return [
        LineInput(words, used, Decimal("2.184"), _FIVE),
        LineInput("Standing charge", Decimal(months), Decimal(18), _FIVE),
    ]


def _friendly(day: date) -> list[LineInput]:
    """The invoice that the guest link opens: 203.55 EUR."""
    return [*_supply(day, 118_240, Decimal("42.6")), _INSPECTION]


CAST = read("harrow", Wares(_lines, _friendly, full_rate=_TWENTY))
