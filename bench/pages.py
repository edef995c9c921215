"""Home, invoice list and one invoice, signed in with every middleware, at 1k, 100k and 1M invoices.

Requests over HTTP to the product's own server, beside the floor: the same statements and as many
processes, with nothing else around them. Queries are counted in process.
"""

import http.client
import os
import pickle
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from bench.ready import BUSINESS, INVOICES
from bench.stack import Stack, stack

SIZES = (1_000, 100_000, 1_000_000)
PER_CUSTOMER = 40  # one in four of them is due
CONNECTIONS = 8
WARM = 20  # of each connection, before anything counts: every process and thread has seen the page
REQUESTS = 50  # of each connection, in each round
ROUNDS = 4  # everything that is compared takes its turn in each, so that a slow minute is nobody's
PAGES = ("/", "/invoices/", "/invoices/{number}")


@dataclass(frozen=True)
class Measured:
    """Seconds of each request of one page, and the CPU that the server's processes spent on it."""

    times: list[float]
    cpu_ms: float

    @property
    def rate(self) -> float:
        """Requests a second over all connections."""
        return CONNECTIONS / statistics.mean(self.times)

    @property
    def median(self) -> float:
        """Half of the requests took no longer, in seconds."""
        return statistics.median(self.times)

    def line(self) -> str:
        """Its figures."""
        p95 = statistics.quantiles(self.times, n=20)[-1]
        return (
            f"p50 {self.median * 1000:6.1f} ms  p95 {p95 * 1000:6.1f} ms  "
            f"{self.rate:6.0f} requests/s  {self.cpu_ms:5.1f} ms CPU"
        )


@dataclass(frozen=True)
class Reader:
    """A business of so many invoices, and who reads its pages."""

    business: UUID
    host: str
    cookie: str
    number: str

    @property
    def headers(self) -> dict[str, str]:
        """As the browser of somebody who signed in sends them."""
        return {"Host": self.host, "Cookie": f"session={self.cookie}; csrf={'c' * 32}"}

    def path(self, page: str) -> str:
        """The address of a page."""
        return page.format(number=self.number)


def main() -> None:
    """Prints queries, p50, p95 and CPU for each page and size, the growth from 1k to 1M, the ratio
    to the floor, and what memory the server's processes take."""
    with stack() as running:
        port, floor_port = free_port(), free_port()
        seeded = {size: seed(running, size, port + size % 97) for size in SIZES}
        running.psql("VACUUM ANALYZE")
        import django

        django.setup()
        readers = {size: reader(*seeded[size]) for size in SIZES}
        server = serve(running, port)
        asked = floor_asks(running, readers[SIZES[-1]])
        floor = serve(running, floor_port, FLOOR)
        try:
            for page in PAGES:
                pages: dict[int, list[Measured]] = {size: [] for size in SIZES}
                bare: list[Measured] = []
                largest = readers[SIZES[-1]]
                for _ in range(ROUNDS):
                    for size, one in readers.items():
                        pages[size].append(load(server, port, one.path(page), one.headers))
                    bare.append(load(floor, floor_port, largest.path(page), {}))
                found = {size: together(rounds) for size, rounds in pages.items()}
                least, most = together(bare), found[SIZES[-1]]
                for size, kept in found.items():
                    print(f"{page:<19}{size:>10,} invoices  {asked[page]} queries  {kept.line()}")
                print(f"{page:<19}{'the floor':>10}                       {least.line()}")
                print(f"{page:<19}of the floor's requests/s: {most.rate / least.rate:.0%}")
                growth = most.median / found[SIZES[0]].median
                print(f"{page:<19}1M against 1k: {growth:.2f} x", flush=True)
            sizes = [f"{megabytes(one):.0f}" for one in family(server.pid)[1:]]
            print(f"memory of each web process: {', '.join(sizes)} MB")
        finally:
            for process in (server, floor):
                process.terminate()
                process.wait()


def together(rounds: list[Measured]) -> Measured:
    """Several rounds as one."""
    times = [one for found in rounds for one in found.times]
    return Measured(times, statistics.mean(found.cpu_ms for found in rounds))


def reader(business: UUID, email: str, host: str) -> Reader:
    """Signs a customer in; the business can be paid by card."""
    from bench.at_the_doors import connect
    from bench.signed_in import open_invoice, session_of

    connect(business, "http://127.0.0.1:1")
    cookie = session_of(business, email)
    return Reader(business, host, cookie, open_invoice(business))


def floor_asks(running: Stack, one: Reader) -> dict[str, int]:
    """Tells the floor what each page asks; gives how many queries that is."""
    from bench.signed_in import statements
    from counterfoil.infra.postgres.base import numbered

    asked = {page: statements(one.path(page), one.host, one.cookie) for page in PAGES}
    by_path = {
        one.path(page): [
            (text, [params[name] for name in names])
            for sql, params in found
            for text, names in [numbered(sql)]
        ]
        for page, found in asked.items()
    }
    file = running.folder / "floor.pickle"
    file.write_bytes(pickle.dumps({"business": str(one.business), **by_path}))
    running.environment["FLOOR"] = str(file)
    return {page: len(found) for page, found in asked.items()}


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def megabytes(pid: int) -> float:
    """What a process holds for itself and its share of the rest (PSS)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return (
        int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:"))) / 1024
    )


def cpu_seconds(pid: int) -> float:
    """CPU that a process and those below it have spent."""
    ticks = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def seed(running: Stack, size: int, host_port: int) -> tuple[UUID, str, str]:
    """A business of that many invoices; gives its id, a customer's mail address and its host."""
    business, slug, host = uuid4(), f"b{size}", f"localhost:{host_port}"
    names = {"business": business, "slug": slug, "host": host}
    running.psql(BUSINESS.format(**names))
    running.psql(f"UPDATE payments_gatewayaccount SET is_active = false WHERE id = '{business}'")
    running.psql(INVOICES.format(**names, invoices=size, customers=size // PER_CUSTOMER | 1))
    return business, "c1@bench.example", host


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


SERVE = ("-m", "counterfoil.cli.main", "serve", "--port")
FLOOR = (
    *("-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "3"),
    *("--blocking-threads", "4", "--log-level", "warning", "bench.floor:application", "--port"),
)


def serve(running: Stack, port: int, command: tuple[str, ...] = SERVE) -> subprocess.Popen[bytes]:
    """The product's own server, or the floor's: three processes each."""
    server = subprocess.Popen(
        [sys.executable, *command, str(port)], env={**os.environ, **running.environment}
    )
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def load(
    server: subprocess.Popen[bytes], port: int, path: str, headers: dict[str, str]
) -> Measured:
    """Requests over several connections that stay open, once every process is warm."""
    together_at(port, path, headers, WARM)
    before = cpu_seconds(server.pid)
    times = together_at(port, path, headers, REQUESTS)
    spent = cpu_seconds(server.pid) - before
    return Measured(times, spent / len(times) * 1000)


def together_at(port: int, path: str, headers: dict[str, str], count: int) -> list[float]:
    """So many requests on each of the connections at once; what each took, in seconds."""
    times: list[float] = []
    workers = [
        threading.Thread(target=request, args=(port, path, headers, times, count))
        for _ in range(CONNECTIONS)
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return times


def request(port: int, path: str, headers: dict[str, str], times: list[float], count: int) -> None:
    """So many requests on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(count):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Language": "en", **headers})
        answer = connection.getresponse()
        body = answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != http.HTTPStatus.OK or b"</html>" not in body:
            raise SystemExit(f"{path}: {answer.status}")
