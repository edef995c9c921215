"""What Limmat Velo of Zürich invoices for: rented bicycles, hours in the workshop, parts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from counterfoil.demo.cast import Party, Wares, read
from counterfoil.domain.billing.arithmetic import LineInput

_FULL, _REDUCED, _NONE = Decimal("8.1"), Decimal("2.6"), Decimal(0)
_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember",
)  # fmt: skip
_PARTS = (
    ("Kette und Kassette ersetzt", "118.40", _FULL),
    ("Bremsbeläge hydraulisch, Paar", "46.90", _FULL),
    ("Mantel 28 Zoll, pannensicher", "54.00", _FULL),
    ("Akku 500 Wh, geprüft", "690.00", _FULL),
    ("Kindersitz mit Halterung", "179.00", _FULL),
    ("Tourenkarte Ostschweiz", "24.80", _REDUCED),
    ("Diebstahlversicherung, ein Jahr", "89.00", _NONE),
)


def _lines(party: Party, day: date, rng: Random) -> list[LineInput]:
    """A month of bicycles: the rental fleet, hours in the workshop, and parts; abroad untaxed."""
    bikes = max(1, round(party.size * rng.randint(2, 4)))
    hours = (party.size * rng.randint(4, 14) / 4).quantize(Decimal("0.25"))
    found = _services(day, Decimal(bikes), hours)
    for name, price, rate in rng.sample(_PARTS, rng.randint(0, 3)):
        off = Decimal(10) if rng.random() < 0.25 else Decimal(0)  # noqa: PLR2004  one in four
        count = Decimal(rng.randint(1, 4))
        found.append(LineInput(name, count, Decimal(price), rate, off))
    if party.currency == "CHF":
        return found
    return [replace(one, tax_rate=_NONE) for one in found]


def _services(day: date, bikes: Decimal, hours: Decimal) -> list[LineInput]:
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    return [
        LineInput(f"Mietvelos, {month}", bikes, Decimal("64.50"), _FULL),
        LineInput("Werkstatt, Stunden", hours, Decimal(112), _FULL),
    ]


def _friendly(day: date) -> list[LineInput]:
    """An invoice of a usual size."""
    part = LineInput("Tourenkarte Ostschweiz", Decimal(2), Decimal("24.80"), _REDUCED, Decimal(10))
    return [*_services(day, Decimal(3), Decimal("1.25")), part]


CAST = read("limmat", Wares(_lines, _friendly, full_rate=_FULL))
