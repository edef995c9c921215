"""Writes docs/guide/gateways.md: what each gateway can do, and what that was proved against."""

import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT)]

from django.conf import settings  # noqa: E402

from adapters.gateways.contract.counterparts import COUNTERPARTS  # noqa: E402
from counterfoil.kernel.ports.gateways.capabilities import Capability  # noqa: E402

PAGE = ROOT / "docs/guide/gateways.md"
HEAD = """# Gateways

Written by `python tools/gateways.py` from what the adapters declare and what the contract suite
(`tests/adapters/gateways/contract`) ran them against; a test keeps it current.

A business may have several gateway accounts, under Settings > Gateways in the backoffice (owners
only). Each payment goes to the account that its method and currency are sent to: the closest fit
first, then the newest account that is sent nothing by name. A paused account takes nothing new and
finishes what it has. Nothing that was paid moves.

Every capability that an adapter declares goes through the same suite; what the suite could not ask
of a gateway stands at the end. What was on its other side:

- **the sandbox itself**: the real process of the sandbox gateway;
- **localstripe**: a stand-in for Stripe written by others, in a process of its own, with a shim
  where it is behind Stripe's documentation (`counterparts/localstripe.py` names each place);
- **own server**: a server of ours in the shapes of the gateway's documentation;
- **published objects**: objects or exchanges that the vendor or its libraries published are read
  too (they lie outside the repository; without them those tests are skipped);
- **nothing**: declared, and never run against anything.

None of them was run against the gateway's real servers: try a test account of yours, with "Test the
connection" and a small payment, before you switch one on. `-`: not offered.
"""

GAPS = """## What the suite could not ask
Each of these is a test of the suite that was skipped for this gateway, with the reason; where
another test stands for it, it is among the adapter's own.
"""


def page() -> str:
    """The whole page."""
    kinds = sorted(settings.GATEWAYS)
    lines = [HEAD, f"| capability | {' | '.join(kinds)} |", "| --- " * (len(kinds) + 1) + "|"]
    for capability in Capability:
        cells = [_cell(settings.GATEWAYS[kind], capability) for kind in kinds]
        lines.append(f"| {capability} | {' | '.join(cells)} |")
    lines += [
        "",
        "| gateway | by which methods it charges | keys and limits |",
        "| --- | --- | --- |",
    ]
    for kind in kinds:
        methods = ", ".join(sorted(_adapter(settings.GATEWAYS[kind]).methods))
        readme = f"../../src/counterfoil/adapters/gateways/{kind}/README.md"
        lines.append(f"| {kind} | {methods.replace('_', ' ')} | [README]({readme}) |")
    lines += ["", GAPS, "| gateway | what was not asked | why |", "| --- | --- | --- |"]
    for side in sorted(COUNTERPARTS, key=lambda one: one.name):
        lines += [f"| {side.name} | {_words(name)} | {why} |" for name, why in side.gaps.items()]
    return "\n".join(lines) + "\n"


def _words(test: str) -> str:
    """The name of a test as a sentence."""
    return test.removeprefix("test_").replace("_", " ")


def _adapter(dotted: str) -> type:
    module, _, name = dotted.rpartition(".")
    found: type = getattr(import_module(module), name)
    return found


def _cell(dotted: str, capability: Capability) -> str:
    adapter = _adapter(dotted)
    if capability not in adapter.capabilities:  # type: ignore[attr-defined]
        return "-"
    sides = [one for one in COUNTERPARTS if type(one.gateway) is adapter]
    proofs = [one.what for one in sides if capability in one.proves]
    if any(capability in one.recorded for one in sides):
        proofs.append("published objects")
    return ", ".join(proofs) or "**nothing**"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.typing_settings")
    PAGE.write_text(page(), encoding="utf-8")
