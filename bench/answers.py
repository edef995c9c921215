"""What the clock tells a stranger about a mail address: signing in by password, asking for a code
and for a new password, at both doors, for addresses that are known and that are not.

The kinds take turns, each without a session, over HTTP to the product's own server.
"""

import http.client
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID, uuid4

from bench.doors import cookie_line, expect, form_token, jar_of
from bench.pages import free_port, serve
from bench.ready import BUSINESS, INVOICES
from bench.stack import Stack, stack

SAMPLES = 200
WARM = 5
MOST_APART_MS = 10
PASSWORD = "the right one of several words"
FORGET = "DELETE FROM infra_cache; DELETE FROM infra_ratecounter"  # the tries before


@dataclass(frozen=True)
class Form:
    """What is measured: its page, the field of the address, and whether the tries before are
    forgotten between samples."""

    name: str
    path: str
    asked: str
    forgets: bool = True


@dataclass
class Kind:
    """Addresses that the answer may not tell from others, and what the answers took."""

    name: str
    address: Callable[[int], str]
    password: str = "a wrong one of several words"
    times: list[float] = field(default_factory=list)
    seen: set[tuple[int, str]] = field(default_factory=set)

    @property
    def median_ms(self) -> float:
        """Half of the answers took no longer."""
        return statistics.median(self.times) * 1000


def main() -> None:
    """Prints the medians side by side and how far they are apart; ends with an error where that
    is more than 10 ms, or where status or address of the answers differ."""
    with stack() as running:
        port = free_port()
        business = uuid4()
        names = {"business": business, "slug": "bench", "host": f"localhost:{port}"}
        running.psql(BUSINESS.format(**names))
        running.psql(INVOICES.format(**names, invoices=1000, customers=1000))
        import django

        django.setup()
        people(running, business)
        server = serve(running, port)
        try:
            apart = [measure(port, *one) for one in doors()]
        finally:
            server.terminate()
            server.wait()
    expect(max(apart) <= MOST_APART_MS, f"apart: {max(apart):.1f} ms")


def people(running: Stack, business: UUID) -> None:
    """Of each kind somebody at each door; and for each sample a contact who was never here."""
    from bench.at_the_doors import one_of_each

    one_of_each(business, PASSWORD, fresh=SAMPLES + WARM)
    running.psql("ANALYZE")


def doors() -> list[tuple[Form, list[Kind]]]:
    """What is measured, and who asks."""
    found = []
    for door, root, sign_in in (("portal", "/", "sign-in/"), ("staff", "/backoffice/", "sign-in")):
        path = root + sign_in
        code, reset = f"{root}sign-in/code/", f"{root}password/reset/"
        found += [
            (Form(f"password, {door}", path, "login"), passwords(door)),
            (Form(f"too many tries, {door}", path, "login", forgets=False), locked(door)),
            (Form(f"code, {door}", code, "email"), mailed(door, "code")),
            (Form(f"new password, {door}", reset, "email"), mailed(door, "reset")),
        ]
    return found


def always(address: str) -> Callable[[int], str]:
    """The same address each time."""
    return lambda _turn: address


def stranger(turn: int) -> str:
    """An address that nobody has."""
    return f"nobody{turn:04}@bench.example"


def passwords(door: str) -> list[Kind]:
    """Who types a password."""
    contacts = [
        Kind("without a password", always(f"{door}-none@bench.example")),
        Kind("of nowhere, right", always("nowhere@bench.example"), PASSWORD),
    ]
    return [
        Kind("unknown", stranger),
        Kind("wrong", always(f"{door}@bench.example")),
        Kind("switched off, right", always(f"{door}-off@bench.example"), PASSWORD),
        Kind("with an app, wrong", always(f"{door}-app@bench.example")),
        *(contacts if door == "portal" else []),
    ]


def locked(door: str) -> list[Kind]:
    """Who has typed too many."""
    unknown = Kind("unknown", always("nobody@bench.example"))
    return [unknown, Kind("known", always(f"{door}@bench.example"))]


def mailed(door: str, form: str) -> list[Kind]:
    """Who asks for a mail."""
    new = Kind("never here before", lambda turn: f"{form}{turn:04}@bench.example")
    return [
        Kind("unknown", stranger),
        Kind("known", always(f"{door}@bench.example")),
        Kind("switched off", always(f"{door}-off@bench.example")),
        Kind("of nowhere", always("nowhere@bench.example")),
        *([new] if door == "portal" else []),
    ]


def measure(port: int, form: Form, kinds: list[Kind]) -> float:
    """Measures one form, prints it, and gives how many milliseconds its medians are apart."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    visitor = arrive(connection, port, form.path)
    for turn in range(SAMPLES + WARM):
        for kind in turned(kinds, turn):
            if form.forgets:
                forget_tries()
            filled = {form.asked: kind.address(turn), "password": kind.password}
            took, came = ask(connection, form.path, visitor, filled)
            if turn >= WARM:
                kind.times.append(took)
                kind.seen.add(came)
    connection.close()
    forget_tries()
    seen = {one for kind in kinds for one in kind.seen}
    expect(len(seen) == 1, f"{form.name}: answers differ: {[kind.seen for kind in kinds]}")
    base = kinds[0].median_ms
    print(f"\n{form.name}: {next(iter(seen))[0]}, {SAMPLES} of each")
    for kind in kinds:
        p10, p95 = (statistics.quantiles(kind.times, n=20)[at] * 1000 for at in (1, -1))
        told = f"p50 {kind.median_ms:7.2f} ms  {kind.median_ms - base:+6.2f} ms"
        print(f"  {kind.name:<22} {told}  p10 {p10:7.2f} ms  p95 {p95:7.2f} ms", flush=True)
    medians = [kind.median_ms for kind in kinds]
    return max(medians) - min(medians)


def turned(kinds: Sequence[Kind], turn: int) -> list[Kind]:
    """The kinds, another one first each time."""
    first = turn % len(kinds)
    return [*kinds[first:], *kinds[:first]]


def forget_tries() -> None:
    """As if nobody had tried before."""
    from counterfoil.infra.db import execute

    for statement in FORGET.split("; "):
        execute(statement)


def arrive(connection: http.client.HTTPConnection, port: int, path: str) -> dict[str, str]:
    """The headers of somebody who has opened the page, its token among them, and no session."""
    headers = {"Host": f"localhost:{port}", "Accept-Language": "en"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    token = form_token(answer.read().decode())
    kind = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
    return headers | kind | {"Cookie": cookie_line(jar_of(answer))}


def ask(
    connection: http.client.HTTPConnection, path: str, visitor: dict[str, str], form: dict[str, str]
) -> tuple[float, tuple[int, str]]:
    """Sends the form; how many seconds that took, and what came."""
    began = time.perf_counter()
    connection.request("POST", path, urlencode(form), visitor)
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    return took, (answer.status, answer.headers.get("Location", ""))
