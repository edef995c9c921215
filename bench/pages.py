"""Home and invoice list, signed in with every middleware, at 1k, 100k and 1M invoices of a business.

Requests over HTTP to the product's own server; queries counted in process.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from uuid import UUID, uuid4

from bench.ready import BUSINESS, INVOICES
from bench.stack import Stack, stack

SIZES = (1_000, 100_000, 1_000_000)
PER_CUSTOMER = 40
CONNECTIONS = 8
REQUESTS = 150  # of each connection
PATHS = ("/", "/invoices/")


def main() -> None:
    """Prints queries, p50 and p95 for each page and size, and the growth from 1k to 1M."""
    with stack() as running:
        port = free_port()
        businesses = {size: seed(running, size, port + size % 97) for size in SIZES}
        import django

        django.setup()
        from bench.signed_in import count_queries, session_of

        cookies = {size: session_of(*businesses[size][:2]) for size in SIZES}
        server = serve(running, port)
        try:
            medians: dict[tuple[str, int], float] = {}
            for path in PATHS:
                for size in SIZES:
                    host, cookie = businesses[size][2], cookies[size]
                    queries = count_queries(path, host, cookie)
                    times = load(port, path, host, cookie)
                    medians[path, size] = statistics.median(times)
                    p95 = statistics.quantiles(times, n=20)[-1]
                    rate = CONNECTIONS / statistics.mean(times)
                    print(
                        f"{path:<11}{size:>10,} invoices  {queries} queries  "
                        f"p50 {medians[path, size] * 1000:6.1f} ms  p95 {p95 * 1000:6.1f} ms  "
                        f"{rate:6.0f} requests/s",
                        flush=True,
                    )
            for path in PATHS:
                growth = medians[path, SIZES[-1]] / medians[path, SIZES[0]]
                print(f"{path:<11}1M against 1k: {growth:.2f} x")
        finally:
            server.terminate()
            server.wait()


def seed(running: Stack, size: int, host_port: int) -> tuple[UUID, str, str]:
    """A business of that many invoices; gives its id, a customer's mail address and its host."""
    business, slug, host = uuid4(), f"b{size}", f"localhost:{host_port}"
    names = {"business": business, "slug": slug, "host": host}
    running.psql(BUSINESS.format(**names))
    running.psql(INVOICES.format(**names, invoices=size, customers=max(size // PER_CUSTOMER, 1)))
    return business, "c1@bench.example", host


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(running: Stack, port: int) -> subprocess.Popen[bytes]:
    """The product's own server, two processes."""
    command = [sys.executable, "-m", "counterfoil.cli.main", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env={**os.environ, **running.environment})
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def load(port: int, path: str, host: str, cookie: str) -> list[float]:
    """Seconds of each request, over several connections that stay open."""
    times: list[float] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Host": host, "Cookie": f"session={cookie}", "Accept-Language": "en"}
        mine = []
        for _ in range(REQUESTS):
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            mine.append(time.perf_counter() - began)
            if answer.status != http.HTTPStatus.OK or b"</html>" not in body:
                raise SystemExit(f"{path}: {answer.status}")
        times.extend(mine[10:])

    workers = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return times
