"""The inventory: every script of our pages, why it is there, whose it is, and what is in it.

`inventory.json` beside this module is written by `tools/inventory.py`, reviewed with the change
that it belongs to, and installed with the program. Pages take the hashes for their scripts from it,
and the watch compares with it what is really served; no file that the server writes is asked.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "inventory.json"


@dataclass(frozen=True, slots=True)
class Script:
    """One script of ours. `pay_flow` marks what may load on a page where somebody pays."""

    name: str
    pay_flow: bool
    reason: str
    owner: str
    approval: str
    integrity: str


@dataclass(frozen=True, slots=True)
class Outside:
    """The script of a gateway, which can't be pinned: its origin, and what else it talks to. One
    with `is_at_account` stands at the address that the gateway account names."""

    gateway: str
    origin: str
    also: tuple[str, ...]
    is_at_account: bool
    reason: str
    owner: str
    approval: str


@cache
def scripts() -> dict[str, Script]:
    """Our own scripts by the name that they are served under."""
    return {one["name"]: Script(**one) for one in _read()["scripts"]}


@cache
def outside() -> dict[str, Outside]:
    """The scripts of others, by the kind of the gateway."""
    rows = _read()["outside"]
    return {one["gateway"]: Outside(**one | {"also": tuple(one["also"])}) for one in rows}


@cache
def headers() -> dict[str, str]:
    """The headers that protect every page, with what they say."""
    found: dict[str, str] = _read()["page"]["headers"]
    return found


@cache
def policy() -> dict[str, tuple[str, ...]]:
    """The directives of a pay page's policy, before the gateways' origins are added to some."""
    found: dict[str, list[str]] = _read()["page"]["policy"]
    return {name: tuple(words) for name, words in found.items()}


def integrity_of(name: str) -> str:
    """The hash of one of our scripts as a page names it; `KeyError` for what is not in the
    inventory: no page loads that."""
    return scripts()[name].integrity


def integrity(content: bytes) -> str:
    """The hash of what a script holds, as a page names it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
