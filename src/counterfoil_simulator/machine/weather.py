"""How bad a seed's world is: one intensity for each kind of fault, drawn once from the seed."""

import random
from collections.abc import Collection
from dataclasses import dataclass, fields, replace

_CALM = 0.3  # of the seeds, as seen by one kind of fault

LIMITS = {
    "killed": 0.50,
    "cut": 0.40,
    "serialization": 0.40,
    "database_away": 0.2,
    "refused": 0.15,
    "lost_before": 0.20,
    "lost_after": 0.30,
    "late": 0.30,
    "error_before": 0.15,
    "error_after": 0.15,
    "rate_limited": 0.10,
    "truncated": 0.15,
    "wrong_amount": 0.10,
    "wrong_capture": 0.05,
    "gateway_down": 0.2,
    "hook_lost": 0.50,
    "hook_twice": 0.40,
    "hook_late": 0.20,
    "hook_forged": 0.20,
    "hook_wrong_amount": 0.10,
    "hook_unanswered": 0.20,
    "clock_jump": 0.2,
    "mail_refused": 0.2,
    "mail_lost": 0.2,
    "race": 0.6,
}


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances between 0 and 1, by the name of the fault."""

    killed: float = 0
    cut: float = 0
    serialization: float = 0
    database_away: float = 0
    refused: float = 0
    lost_before: float = 0
    lost_after: float = 0
    late: float = 0
    error_before: float = 0
    error_after: float = 0
    rate_limited: float = 0
    truncated: float = 0
    wrong_amount: float = 0
    wrong_capture: float = 0
    gateway_down: float = 0
    hook_lost: float = 0
    hook_twice: float = 0
    hook_late: float = 0
    hook_forged: float = 0
    hook_wrong_amount: float = 0
    hook_unanswered: float = 0
    clock_jump: float = 0
    mail_refused: float = 0
    mail_lost: float = 0
    race: float = 0

    @classmethod
    def drawn(cls, chance: random.Random) -> "Weather":
        """Each kind is absent from some seeds and heavy in others."""
        drawn = {}
        for one in fields(cls):
            strength = chance.random() * LIMITS[one.name]
            drawn[one.name] = 0.0 if chance.random() < _CALM else strength
        return cls(**drawn)

    def calmed(self, without: Collection[str]) -> "Weather":
        """The same without these kinds; what else happens stays nearly as it was."""
        return replace(self, **dict.fromkeys(without, 0.0))

    def draw(self, chance: random.Random, *names: str) -> str:
        """One of these faults by its chance, or none (empty)."""
        place = chance.random()
        for name in names:
            place -= getattr(self, name)
            if place < 0:
                return name
        return ""


KINDS = frozenset(one.name for one in fields(Weather))
"""Every kind of fault."""
