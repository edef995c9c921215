"""The doors under load, over HTTP with every middleware: settling, the gateways' pushes, and many
payers at one invoice."""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID, uuid4

from bench.pages import cpu_seconds, family, free_port, megabytes, serve
from bench.queue import QUEUE, open_invoices, pgbench
from bench.ready import ATTEMPTS, BUSINESS, INVOICES
from bench.stack import Stack, stack

CLIENTS = 4
SETTLED = 2_000
EVENTS = 4_000
REPEATED = 1_000
CONNECTIONS = 8
PAYERS = 200


@dataclass
class Done:
    """What one connection saw: seconds of each answer, and how many of each status."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def main() -> None:
    """Prints each door's figures; ends with an error where money was lost or doubled."""
    with stack() as running:
        port = free_port()
        business = uuid4()
        names = {"business": business, "slug": "bench", "host": f"localhost:{port}"}
        running.psql(BUSINESS.format(**names))
        running.psql(INVOICES.format(**names, invoices=60_000, customers=5000))
        running.psql(QUEUE.format(**names))
        import django

        django.setup()
        server = serve(running, port)
        try:
            settling(running, business, port, server)
            pushes(running, business, port, server)
            payers(running, business, port)
            sizes = [f"{megabytes(one):.0f}" for one in family(server.pid)[1:]]
            print(f"memory of each web process: {', '.join(sizes)} MB")
        finally:
            server.terminate()
            server.wait()


def settling(running: Stack, business: UUID, port: int, server: subprocess.Popen[bytes]) -> None:
    """Staff record cheques: sign-in, session, token and roles as ever, one request a payment."""
    from bench.at_the_doors import hire

    rows = open_invoices(running, business, 2 * SETTLED + 200)
    baseline = pgbench(running, business, rows[:SETTLED], "take", clients=CLIENTS)
    cookies, token = sign_in(port, hire(business))
    headers = {"Cookie": cookies, "X-CSRFToken": token}

    def cheque(row: Sequence[UUID]) -> tuple[str, str, dict[str, str], bytes]:
        _, invoice, customer = row
        form = {
            "method": "cheque", "amount": "120.00", "currency": "EUR", "on": time.strftime("%F"),
            "reference": "", "form_key": str(uuid4()), "invoice": outside("inv", invoice),
        }  # fmt: skip
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        path = f"/backoffice/customers/{outside('cus', customer)}/payment"
        return "POST", path, headers | kind, urlencode(form).encode()

    drive(port, [cheque(row) for row in rows[2 * SETTLED :]], CLIENTS)
    before = cpu_seconds(server.pid)
    began = time.perf_counter()
    done = drive(port, [cheque(row) for row in rows[SETTLED : 2 * SETTLED]], CLIENTS)
    rate = SETTLED / (time.perf_counter() - began)
    spent = (cpu_seconds(server.pid) - before) / SETTLED * 1000
    expect(done.statuses == {302: SETTLED}, f"answers of the form: {dict(done.statuses)}")
    print(f"pgbench, the same rows         {baseline:8.0f} payments/s ({CLIENTS} clients)")
    print(f"recorded over HTTP             {rate:8.0f} payments/s  {told(done.times)}")
    print(f"ratio                          {rate / baseline:8.0%}")
    print(f"CPU of the server              {spent:8.1f} ms a payment", flush=True)


def pushes(running: Stack, business: UUID, port: int, server: subprocess.Popen[bytes]) -> None:
    """Signed events, one in five sent twice: all kept, all acted on once."""
    from bench.at_the_doors import connect, pushed

    account, secret = connect(business, "http://127.0.0.1:1")
    attempts = ATTEMPTS.format(business=business, attempts=EVENTS)
    lines = running.psql(attempts).splitlines()
    found = [UUID(line.split("\t")[0]) for line in lines]
    running.psql(
        f"UPDATE payments_attempt SET gateway_account_id = '{account}' "
        f"WHERE business_id = '{business}' AND state = 'submitted'"
    )
    path = f"/hooks/bench/{outside('gwa', account)}"
    events = [("POST", path, *pushed(one, secret)) for one in found]
    shuffled = sorted([*events, *events[:REPEATED]], key=lambda one: one[3][::-1])
    before = cpu_seconds(server.pid)
    done = drive(port, shuffled, CONNECTIONS)
    spent = (cpu_seconds(server.pid) - before) / len(shuffled) * 1000
    expect(done.statuses == {200: EVENTS + REPEATED}, f"answers: {dict(done.statuses)}")
    seconds = work_off(running, business)
    state = running.psql(
        f"SELECT count(*) FILTER (WHERE a.state = 'succeeded'), count(c.id), "
        f"coalesce(sum(c.total_minor), 0) FROM payments_attempt a LEFT JOIN receivables_credit c "
        f"ON c.business_id = a.business_id AND c.id = a.id "
        f"WHERE a.business_id = '{business}' AND a.gateway_account_id = '{account}'"
    ).strip()
    expect(state == f"{EVENTS}|{EVENTS}|{EVENTS * 12000}", f"settled: {state}")
    print(f"\npushed events                  {EVENTS + REPEATED:8,}, {REPEATED:,} of them twice")
    print(f"answered                       {told(done.times)}  {spent:.1f} ms CPU each")
    print(
        f"settled by one worker          {EVENTS / seconds:8.0f}/s; none lost, none doubled",
        flush=True,
    )


def payers(running: Stack, business: UUID, port: int) -> None:
    """Many people pay one invoice in the same moment, each with a card of their own."""
    from bench.at_the_doors import connect, key_of, one_invoice, reach, sandbox_account
    from counterfoil.infra.secrets.box import place_of
    from counterfoil.infra.secrets.fields import seal

    seeded = running.psql(  # the accounts that the seeds brought pay nothing, and hold no secret
        f"SELECT id FROM payments_gatewayaccount WHERE business_id = '{business}'"
    )
    for one in seeded.split():
        empty = seal({}, place_of("payments_gatewayaccount", "secrets", UUID(one)))
        running.psql(
            f"UPDATE payments_gatewayaccount SET is_active = false, secrets = '{empty}' "
            f"WHERE business_id = '{business}' AND id = '{one}'"
        )
    folder = running.folder / "sandbox"
    there = free_port()
    gateway = subprocess.Popen(
        [sys.executable, "-m", "counterfoil_sandbox", "--port", str(there), "--data", str(folder)],
        env={**os.environ, "COUNTERFOIL_SANDBOX_NO_WEBHOOKS": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        reach(there)
        account = sandbox_account(there, business, f"http://localhost:{port}")
        connect(business, f"http://127.0.0.1:{there}", account)
        customer, invoice, amount = one_invoice(business)
        key = key_of(business)
        cards = [card(there, account["publishable_key"]) for _ in range(PAYERS)]
        calls = [pay(key, customer, invoice, amount, one) for one in cards]
        done = drive(port, calls, PAYERS)
        charged = ask(there, "GET", f"/v1/charges?customer={customer}&limit=200")["data"]
        answers = dict(done.statuses)
        expect(len(charged) == 1 == done.statuses[201], f"{len(charged)} charges; {answers}")
        others = ", ".join(f"{n} x {status}" for status, n in sorted(done.statuses.items()))
        print(f"\n{PAYERS} payers at one invoice      1 charge; answers: {others}")
        print(f"                               {told(done.times)}", flush=True)
    finally:
        gateway.terminate()
        gateway.wait()


Call = tuple[str, str, dict[str, str], bytes]


def drive(port: int, calls: Sequence[Call], connections: int) -> Done:
    """Sends the calls over so many connections that stay open; 429 and 503 are tried again."""
    done, lock = Done(), threading.Lock()

    def work(index: int) -> None:
        mine = Done()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for method, path, headers, body in calls[index::connections]:
            began = time.perf_counter()
            status = send(connection, port, (method, path, headers, body))
            mine.times.append(time.perf_counter() - began)
            mine.statuses[status] += 1
        connection.close()
        with lock:
            done.times += mine.times
            done.statuses += mine.statuses

    workers = [threading.Thread(target=work, args=(index,)) for index in range(connections)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return done


def send(connection: http.client.HTTPConnection, port: int, call: Call) -> int:
    """One call's status."""
    method, path, headers, body = call
    connection.request(method, path, body, {"Host": f"localhost:{port}", **headers})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def sign_in(port: int, who: tuple[str, str]) -> tuple[str, str]:
    """Signs a member of staff in by the page; gives the cookies and the form's token."""
    path, host = "/backoffice/sign-in", {"Host": f"localhost:{port}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=host)
    answer = connection.getresponse()
    jar = jar_of(answer)
    token = form_token(answer.read().decode())
    form = {"login": who[0], "password": who[1], "csrfmiddlewaretoken": token}
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie_line(jar)}
    connection.request("POST", path, urlencode(form), {**host, **kind})
    answer = connection.getresponse()
    answer.read()
    expect(answer.status == http.HTTPStatus.FOUND, f"the sign-in answers {answer.status}")
    jar |= jar_of(answer)
    connection.request("GET", "/backoffice/", headers={**host, "Cookie": cookie_line(jar)})
    answer = connection.getresponse()
    token = form_token(answer.read().decode())
    return cookie_line(jar | jar_of(answer)), token


def form_token(page: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    expect(found is not None, "the page has no form")
    assert found is not None
    return found[1]


def jar_of(answer: http.client.HTTPResponse) -> dict[str, str]:
    """The cookies that an answer sets."""
    lines = answer.headers.get_all("Set-Cookie") or []
    pairs = [line.split(";", 1)[0].partition("=") for line in lines]
    return {name: value for name, _, value in pairs}


def cookie_line(jar: dict[str, str]) -> str:
    """Cookies as a browser sends them."""
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def pay(key: str, customer: str, invoice: str, amount: int, token: str) -> Call:
    """One payment by the API."""
    body = {
        "customer": customer, "currency": "EUR", "amount": amount, "source": token,
        "invoices": [{"invoice": invoice, "amount": amount}],
    }  # fmt: skip
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid4()),
    }
    return "POST", "/api/v1/payments", headers, json.dumps(body).encode()


def card(there: int, key: str) -> str:
    """A token of a card that pays."""
    number = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    return str(ask(there, "POST", "/v1/tokens", {"account": key, "card": number})["id"])


def ask(there: int, method: str, path: str, body: object = None) -> dict[str, object]:
    """One call of the gateway that needs no key."""
    connection = http.client.HTTPConnection("127.0.0.1", there, timeout=30)
    text = json.dumps(body) if body is not None else None
    connection.request(method, path, text, {"Content-Type": "application/json"})
    found: dict[str, object] = json.loads(connection.getresponse().read())
    return found


def work_off(running: Stack, business: UUID) -> float:
    """Seconds until a worker of the product has acted on every event."""
    command = [sys.executable, "-m", "counterfoil.cli.main", "worker"]
    began = time.perf_counter()
    worker = subprocess.Popen(
        command, env={**os.environ, **running.environment}, stderr=subprocess.DEVNULL
    )
    waiting = (
        f"SELECT count(*) FROM payments_gatewayevent WHERE business_id = '{business}' "
        "AND handled_at IS NULL"
    )
    try:
        until(lambda: running.psql(waiting).strip() == "0", "events still wait", seconds=1200)
        return time.perf_counter() - began
    finally:
        worker.terminate()
        worker.wait()


def until(ask_again: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Waits until it is so; ends with `what` when time is up."""
    ends = time.monotonic() + seconds
    while not ask_again():
        expect(time.monotonic() < ends, what)
        time.sleep(0.2)


def told(times: Sequence[float]) -> str:
    """The middle and the slow end of answers."""
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"p50 {statistics.median(times) * 1000:.0f} ms  p95 {p95 * 1000:.0f} ms"


def outside(prefix: str, one: UUID) -> str:
    """An id as the outside sees it."""
    from counterfoil.kernel.ids import encode

    return encode(prefix, one)


def expect(holds: object, what: str) -> None:
    """Ends the bench with what is wrong."""
    if not holds:
        raise SystemExit(what)
