"""What nobody means well by, under every name that a page reads: the pages are asked so by the
tests beside their doors."""

import re
from pathlib import Path
from urllib.parse import quote

import counterfoil.surfaces

VALUES = (
    "\ud800\u202e%_'; --\\", "9" * 30, "²", "9999-12-31", "0001-01-01", "x" * 600 + "\r\nX-A: b",
    "1e400", "٣.٣", "1," * 300, "[" * 600,
)  # fmt: skip
SECONDS_MAX = 1.0  # of the processor, for one small request and the first drawing of its page
_READ = re.compile(r"\b(?:GET|POST|data|sent|given)\.(?:get|getlist)\(\s*[\"']([a-z_]+)[\"']")
_LISTED = re.compile(r"^[A-Z_]*(?:FIELDS|NAMES|ROUTE|TEXTS)\b[^=]*= \(([^)]*)\)", re.MULTILINE)
_FIELD = re.compile(r"^    ([a-z_0-9]+) = (?:forms\.)?[A-Z][A-Za-z]*Field\(", re.MULTILINE)


def names() -> list[str]:
    """What pages read of an address or of a form, as their source has it; a `source` is for the
    gateway to read."""
    found = set()
    for file in Path(counterfoil.surfaces.__file__).parent.rglob("*.py"):
        text = file.read_text()
        found |= {*_READ.findall(text), *_FIELD.findall(text)}
        for listed in _LISTED.findall(text):
            found |= set(re.findall(r'"([a-z_]+)"', listed))
    return sorted(found - {"source"})


def said(turn: int) -> str:
    """A query, or a form's body, with one of these values under each name: another one each turn,
    so that so many turns as there are values say each under each name."""
    return "&".join(
        f"{name}={quote(VALUES[(place + turn) % len(VALUES)].encode('utf-8', 'surrogatepass'))}"
        for place, name in enumerate(names())
    )
