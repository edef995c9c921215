"""The simulator can fail: every planted fault is found, from seed 1 on, within 500 seeds."""

import pytest

from counterfoil_simulator.life import live
from counterfoil_simulator.site import Site
from simulate.mutants import MUTANTS, Mutant

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_planted_fault_is_found(site: Site, mutant: Mutant) -> None:
    with mutant.planted(site):
        for seed in range(1, mutant.seeds + 1):
            lived = live(seed, site)
            if lived.breaches:
                break
    assert lived.breaches, f"survived {mutant.seeds} seeds"
    assert live(seed, site).breaches == (), "without the planted fault the same life is sound"
