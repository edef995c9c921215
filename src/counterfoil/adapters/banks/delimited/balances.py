"""The column with the balance: each booking has to lead from one balance to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

Step = tuple[int, int, int | None]  # place, amount and balance after it, in minor units


@dataclass(frozen=True, slots=True)
class Chain:
    """The bookings from the oldest to the newest against the balances beside them.

    `opening` is the balance before the oldest; `closing` the one after the newest, if the bank
    says it. `breaks` are the places where the next balance is not reached, with what was reached
    and what the bank says; `turned` of them would be reached the other way round; `checked` is how
    many balances were reached or missed.
    """

    opening: int
    closing: int | None
    checked: int
    breaks: tuple[tuple[int, int, int], ...]
    turned: int


def chain_of(steps: Sequence[Step]) -> Chain | None:
    """The chain in the order, up or down, that fits better; none where no row has a balance.

    Some banks give one balance for several bookings, beside the last of them or beside each:
    neighbours with the same balance count as one step.
    """
    if not any(balance is not None for _, _, balance in steps):
        return None
    down, up = _walked(list(reversed(steps))), _walked(list(steps))
    return min(up, down, key=lambda chain: (len(chain.breaks), -chain.turned))


def _walked(steps: list[Step]) -> Chain:
    marks = [at for at, (_, _, balance) in enumerate(steps) if balance is not None]
    ends = [
        at
        for at, following in zip(marks, [*marks[1:], None], strict=True)
        if following is None or steps[following][2] != steps[at][2]
    ]
    opening = 0
    reached: int | None = None
    breaks = []
    start = turned = 0
    for end in ends:
        place, _, balance = steps[end]
        assert balance is not None, "ends are rows with a balance"
        moved = sum(amount for _, amount, _ in steps[start : end + 1])
        if reached is None:
            opening = balance - moved
        elif reached + moved != balance:
            breaks.append((place, reached + moved, balance))
            turned += reached - moved == balance
        reached = balance
        start = end + 1
    closing = reached if start == len(steps) else None
    return Chain(opening, closing, len(ends) - 1, tuple(breaks), turned)
