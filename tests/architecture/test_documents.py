"""What is written from the code is current: the tree, the states, the ledger."""

import re
from pathlib import Path

import pytest
from tools import entries, states
from tools import map as tree

from counterfoil.domain.ledger.journal import AccountKind

ROOT = Path(__file__).resolve().parents[2]


def test_the_tree_is_current():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert page == tree.with_tree(page), "run `python tools/map.py --write`"


def test_every_package_says_why_it_exists():
    assert [line for line in tree.tree(modules=True).splitlines() if len(line.split()) < 3] == []


def test_the_states_are_current():
    page = (ROOT / "docs/states.md").read_text(encoding="utf-8")
    assert page == states.page(), "run `python tools/states.py`"


@pytest.mark.parametrize("machine", states.machines(), ids=lambda machine: machine.name)
def test_every_machine_is_whole(machine):
    """Each state can be reached, and each move leads to a state of the machine."""
    kind = type(machine.initial)
    reached, waiting = set(), {machine.initial}
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting |= machine.moves.get(state, frozenset()) - reached
    assert reached == set(kind)
    assert set(machine.moves) <= set(kind)


def test_the_ledger_is_current():
    page = (ROOT / "docs/ledger.md").read_text(encoding="utf-8")
    assert page == entries.page(), "run `python tools/entries.py`"


def test_every_kind_of_entry_has_an_example():
    written = set()
    for path in (ROOT / "src/counterfoil/domain").glob("*/*postings.py"):
        written |= set(re.findall(r'Entry\(\s*"([a-z_]+)"|kind="([a-z_]+)"', path.read_text()))
    shown = {entry.kind for entry in entries.examples().values() if entry}
    assert shown == {"".join(found) for found in written}


def test_every_account_is_explained():
    page = (ROOT / "docs/ledger.md").read_text(encoding="utf-8")
    assert [kind for kind in AccountKind if f"| `{kind}` |" not in page] == []


def test_every_promise_has_its_test():
    """A test that is named in the promises exists under that name."""
    page = (ROOT / "docs/developer/promises.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z0-9_/]+\.py)::(test_\w+)`", page)
    assert len(named) == page.count("::")
    missing = [
        f"{file}::{test}"
        for file, test in named
        if f"def {test}(" not in (ROOT / "tests" / file).read_text(encoding="utf-8")
    ]
    assert missing == []
