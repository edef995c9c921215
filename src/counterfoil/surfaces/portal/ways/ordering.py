"""In which order ways to pay are shown: what their owner put first, then by their own past use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from counterfoil.domain.payments.methods.rows import MethodRow, UseRow
from counterfoil.domain.payments.rows import AttemptRow, MandateRow
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil.surfaces.portal.ways.values import Way

TRANSFER = "bank_transfer"
Rank = tuple[int, float]  # how often among the last payments, and when last
NEVER: Rank = (0, 0.0)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a customer's last payments were made, by the code of the way that would do it again."""

    ranks: Mapping[str, Rank] = field(default_factory=dict)

    def of(self, way: Way) -> Rank:
        """How used a way is. A new bank account stands for those that are not kept."""
        is_own = way.method is not None or way.kind == MethodKind.WALLET
        return self.ranks.get(way.code if is_own else way.kind, NEVER)

    def best(self, ways: Iterable[Way]) -> Rank:
        """How used the most used of them is."""
        return max(map(self.of, ways), default=NEVER)

    @property
    def transfer(self) -> Rank:
        """How used the bank transfer is."""
        return self.ranks.get(TRANSFER, NEVER)


NO_HABITS = Habits()


def habits(
    uses: Sequence[UseRow], saved: Sequence[MethodRow], given: Sequence[MandateRow]
) -> Habits:
    """What the uses say of the ways there are now: a card that was typed and is saved since counts
    as the saved one."""
    methods = {row.id for row in saved}
    cards = {(row.kind, row.brand, row.last4): row.id for row in saved if row.last4}
    mandates = {row.id for row in given}
    found: dict[str, list[datetime]] = {}
    for use in uses:
        method_id = use.method_id or cards.get((use.kind, use.brand, use.last4))
        if method_id is not None and method_id in methods:
            code = encode("pm", method_id)
        elif use.mandate_id is not None and use.mandate_id in mandates:
            code = encode("mdt", use.mandate_id)
        elif use.kind == MethodKind.WALLET:
            code = use.brand.partition(":")[0]  # "google_pay:visa"
        else:
            code = use.kind
        found.setdefault(code, []).append(use.created_at)
    return Habits({code: (len(at), max(at).timestamp()) for code, at in found.items()})


def in_order(
    ways: Sequence[Way], habits: Habits, declined: AttemptRow | None = None
) -> tuple[Way, ...]:
    """The default first, then what paid most often among the last payments, then what paid last;
    what was never used stays as it stands. The first is chosen; nothing saved is chosen by itself
    after something saved was declined."""

    def place(way: Way) -> tuple[bool, int, float]:
        times, last = habits.of(way)
        return (not way.is_default, -times, -last)

    rows = sorted(ways, key=place)
    is_wary = declined is not None and bool(declined.method_id or declined.mandate_id)
    good = [way for way in rows if not (is_wary and way.method)] or rows
    return tuple(replace(way, is_chosen=way is good[0]) for way in rows)
