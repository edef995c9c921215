"""Writes docs/states.md from the tables of the state machines."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from counterfoil.kernel.states import Machine  # noqa: E402  the source comes first

PAGE = ROOT / "docs/states.md"
HEAD = """# States

Written by `python tools/states.py` from `domain/*/states.py`; a test keeps it current. Every move
leaves a row in `infra_transition`; a move that is not drawn here is refused.
"""


def machines() -> list[Machine]:  # type: ignore[type-arg]
    """Gives every state machine of the domain, by its module."""
    found = []
    for file in sorted((ROOT / "src/counterfoil/domain").glob("*/states.py")):
        module = importlib.import_module(f"counterfoil.domain.{file.parent.name}.states")
        found += [one for one in vars(module).values() if isinstance(one, Machine)]
    return found


def page() -> str:
    """Gives the whole page."""
    return HEAD + "".join(f"\n{_drawn(machine)}" for machine in machines())


def _drawn(machine: Machine) -> str:  # type: ignore[type-arg]
    kind = type(machine.initial)
    why = (kind.__doc__ or "").strip().splitlines()[0]
    lines = [f"## {machine.name}", "", why, "", "```mermaid", "stateDiagram-v2"]
    lines.append(f"  [*] --> {machine.initial}")
    for source in machine.states():
        targets = machine.moves.get(source, frozenset())
        lines += [f"  {source} --> {target}" for target in kind if target in targets]
    lines += [f"  {state} --> [*]" for state in kind if state in machine.final()]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
