"""What a pay page is, as it was received: compared with the inventory (pure)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from counterfoil.infra.scripts.inventory import headers, outside, policy, scripts

STATIC = "/static/"
PAY_SCRIPT = "ui/pay.js"  # without it the page is no pay page
_LASTING = "Strict-Transport-Security"
_LASTS_SECONDS_MIN = 180 * 24 * 3600
_HASHED = re.compile(r"\.[0-9a-f]{12}(?=\.[a-z0-9]+$)")
_ELSEWHERE = frozenset({"base", "iframe", "object", "embed", "frame", "portal"})
_OF_SCRIPTS = frozenset({"script-src", "form-action"})
_OF_GATEWAYS = frozenset({"connect-src", "frame-src"})


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins that a pay page of a business may name: of its gateways' scripts, and of what
    else these talk to."""

    scripts: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def origins_of(gateways: Iterable[tuple[str, Mapping[str, str]]]) -> Origins:
    """Those of gateway accounts, each by its kind and its settings; a kind that is not in the
    inventory has none."""
    found: set[str] = set()
    others: set[str] = set()
    for kind, settings in gateways:
        one = outside().get(kind)
        if one is None:
            continue
        found.add(_origin(settings.get("url", "")) if one.is_at_account else one.origin)
        others.update(one.also)
    return Origins(frozenset(found), frozenset(others))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A script that a page loads: its address there, and the name that it has in the inventory."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found on a page: what is wrong with it, and its own scripts, to be looked at too."""

    faults: tuple[str, ...]
    loaded: tuple[Loaded, ...]


def look_at(html: str, told: Mapping[str, str], allowed: Origins, *, is_secure: bool) -> Looked:
    """Compares a page and its headers with the inventory. Each fault is a few plain words, the same
    every time."""
    page = _Page()
    page.feed(html)
    page.close()
    loaded, faults = [], list(page.faults)
    for source, hash_ in page.scripts:
        name = _HASHED.sub("", source.removeprefix(STATIC))
        one = scripts().get(name) if source.startswith(STATIC) else None
        if one is None or not one.pay_flow:
            faults.append(f"script {_plain(source) or 'in the page itself'}")
            continue
        loaded.append(Loaded(source, name))
        if hash_ != one.integrity:
            faults.append(f"integrity of {name}")
    if all(one.name != PAY_SCRIPT for one in loaded):
        faults.append(f"{PAY_SCRIPT} is not there")
    faults += _headers(told, is_secure=is_secure)
    faults += _policy(told.get("Content-Security-Policy", ""), allowed)
    return Looked(tuple(dict.fromkeys(faults)), tuple(loaded))


class _Page(HTMLParser):
    """Finds what can run, or lead elsewhere, on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a script with its hash; and what no page of ours has."""
        told = {name: value or "" for name, value in reversed(attrs)}  # the first one counts
        if tag == "script":
            self.scripts.append((told.get("src", ""), told.get("integrity", "")))
        if tag in _ELSEWHERE:
            self.faults.append(f"element {tag}")
        if tag == "link" and not _is_ours(told.get("href", "")):
            self.faults.append(f"link {_plain(told.get('href', ''))}")
        if tag == "form" and not _is_ours(told.get("action", "/")):
            self.faults.append(f"form {_plain(told.get('action', ''))}")
        for name, value in told.items():
            if name.startswith("on") or value.strip().lower().startswith("javascript:"):
                self.faults.append(f"attribute {_plain(name)}")


def _is_ours(address: str) -> bool:
    return not address or (address.startswith("/") and not address.startswith(("//", "/\\")))


def _headers(told: Mapping[str, str], *, is_secure: bool) -> list[str]:
    wrong = [f"header {name}" for name, value in headers().items() if told.get(name) != value]
    lasts = re.search(r"max-age=(\d{1,12})", told.get(_LASTING, ""))
    if is_secure and (lasts is None or int(lasts[1]) < _LASTS_SECONDS_MIN):
        wrong.append(f"header {_LASTING}")
    return wrong


def _policy(told: str, allowed: Origins) -> list[str]:
    """What a policy allows beyond the inventory; of several, each of which binds, the strictest
    counts."""
    return min((_directives(one, allowed) for one in told.split(",")), key=len)


def _directives(told: str, allowed: Origins) -> list[str]:
    found: dict[str, Sequence[str]] = {}
    for part in told.split(";"):
        name, *words = part.split() or [""]
        if name:
            found.setdefault(name.lower(), words)  # as browsers read it: the first one counts
    wrong = [f"policy {_plain(name)}" for name in found if name not in policy()]
    for name, wanted in policy().items():
        more: frozenset[str] = frozenset()
        if name in _OF_SCRIPTS:
            more = allowed.scripts
        elif name in _OF_GATEWAYS:
            more = allowed.scripts | allowed.others
        if name not in found:
            wrong.append(f"policy without {name}")
            continue
        extra = [word for word in found[name] if word not in wanted and word not in more]
        wrong += [f"policy {name} {_plain(word)}" for word in extra]
    return wrong


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _plain(text: str) -> str:
    """As an alarm says it: short, printable, and without what might be secret in an address."""
    shown = "".join(letter for letter in text.partition("?")[0] if letter.isprintable())
    return shown[:120]
