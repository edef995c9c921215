"""The log goes to another machine as well: whole, with secrets hidden, and nobody waits for it."""

import logging
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from counterfoil.infra.secrets import syslog
from counterfoil.infra.secrets.logs import SecretsHidden
from counterfoil.infra.secrets.syslog import Syslog, place_of
from factories.outside.certificates import certify

SOURCES = Path(__file__).resolve().parents[3] / "src"
HEAD = re.compile(
    r"<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]+ counterfoil (\d+) (\S+) - "
)
WAIT = 10


class Listener:
    """A machine that gathers logs, on loopback: reads octet-counted entries, by TLS or plain."""

    def __init__(self, trusted=None, *, port=0, reads=True):
        self.entries, self.reads, self.trusted = [], reads, trusted
        self.server = socket.create_server(("127.0.0.1", port))
        self.port = self.server.getsockname()[1]
        self.known = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                made, _ = self.server.accept()
                self.known.append(made)
                if self.reads:
                    if self.trusted:
                        made = self.trusted.wrap_socket(made, server_side=True)
                    threading.Thread(target=self._read, args=[made], daemon=True).start()
            except ssl.SSLError:
                continue
            except OSError:
                return

    def _read(self, made):
        try:
            with made.makefile("rb") as sent:
                while count := b"".join(iter(lambda: sent.read(1).strip(), b"")):
                    self.entries.append(sent.read(int(count)).decode())
        except OSError:
            return

    def waits_for(self, count):
        until = time.monotonic() + WAIT
        while len(self.entries) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.entries

    def stop(self):
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)  # else the one that accepts keeps it open
        self.server.close()
        for one in self.known:
            one.close()


@pytest.fixture
def listening():
    """`listening(...)`: a listener, stopped at the end."""
    made = []

    def start(*args, **options):
        made.append(Listener(*args, **options))
        return made[-1]

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def logger():
    """`logger(address)`: a logger of its own with the handler, and the handler."""
    made = logging.getLogger("counterfoil.tried")
    made.propagate = False

    def connect(address, **options):
        handler = Syslog(address, **options)
        handler.setFormatter(SecretsHidden("%(message)s"))
        made.addHandler(handler)
        return made, handler

    yield connect
    made.propagate = True
    for one in [one for one in made.handlers if isinstance(one, Syslog)]:
        made.removeHandler(one)
        one._is_ending.set()
        one.close()


@pytest.fixture
def certificate(tmp_path):
    """A certificate of 127.0.0.1 by nobody that anybody knows: its file, and what serves by it."""
    return certify(tmp_path)


def test_an_entry_says_when_who_and_how_bad(listening, logger):
    there = listening()
    log, _ = logger(f"127.0.0.1:{there.port}")
    log.error("Ünïcode in\ntwo lines")
    log.warning("second")
    log.critical("ü" * 9000)
    first, second, third = there.waits_for(3)
    found = HEAD.match(first)
    assert (found[1], found[2], found[3]) == ("131", str(os.getpid()), "counterfoil.tried")
    assert first[found.end() :] == "Ünïcode in\ntwo lines"
    assert second.startswith("<132>1 ")
    assert third.startswith("<130>1 ")
    assert 8191 <= len(third.encode()) <= 8192


def test_secrets_are_hidden_as_in_every_line(listening, logger):
    there = listening()
    log, _ = logger(f"tcp://127.0.0.1:{there.port}")
    try:
        int("token=abcdef0123456789")
    except ValueError:
        log.exception("password=%s, card 4242 4242 4242 4242", "hunter2hunter2")
    [entry] = there.waits_for(1)
    for secret in ("hunter2", "abcdef0123456789", "4242 4242"):
        assert secret not in entry
    assert "Traceback" in entry


def test_over_tls_to_who_has_the_certificate_and_to_nobody_else(
    listening, logger, certificate, caplog
):
    file, trusted = certificate
    there = listening(trusted)
    log, _ = logger(f"127.0.0.1:{there.port}".join(("tls://", f"?ca={file}")))
    log.error("sealed on its way")
    assert there.waits_for(1)[0].endswith("sealed on its way")
    stranger = listening(trusted)
    log, _ = logger(f"tls://127.0.0.1:{stranger.port}")
    log.error("to a stranger")
    until = time.monotonic() + WAIT
    while "takes no lines" not in caplog.text and time.monotonic() < until:
        time.sleep(0.02)
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text
    assert stranger.entries == []


def test_datagrams(logger):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        there.settimeout(WAIT)
        log, _ = logger(f"udp://127.0.0.1:{there.getsockname()[1]}")
        log.error("ü" * 4000)
        entry = there.recv(65_000)
    assert 2046 <= len(entry) <= 2048
    assert HEAD.match(entry.decode())


@pytest.mark.parametrize("accepts", [True, False])
def test_a_listener_that_hangs_holds_nobody_up(listening, logger, accepts, caplog, monkeypatch):
    """It takes connections and reads nothing; or does not even take them. What can't wait in the
    queue is counted, and the log says so."""
    monkeypatch.setattr(syslog, "WAIT_SECONDS", 0.3)
    monkeypatch.setattr(syslog, "AGAIN_SECONDS", 0.1)
    there = listening(reads=False)
    if not accepts:
        there.stop()
        there.server = socket.create_server(("127.0.0.1", there.port), backlog=0)
        held = [socket.socket() for _ in range(3)]
        for one in held:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", there.port))
    log, handler = logger(f"tcp://127.0.0.1:{there.port}", most=100)
    began = time.monotonic()
    for number in range(3000):
        log.error("%s %s", number, "x" * 7000)
    assert time.monotonic() - began < 100  # who waited for each would take twelve times as long
    until = time.monotonic() + WAIT
    while "were not sent" not in caplog.text and time.monotonic() < until:
        time.sleep(0.02)
    [count] = re.findall(r"(\d+) lines of the log were not sent to tcp://127", caplog.text)
    assert handler.left_out + int(count) > 1000
    assert handler._waiting.qsize() <= 100


def test_it_goes_on_when_the_machine_is_back(listening, logger, caplog, monkeypatch):
    monkeypatch.setattr(syslog, "AGAIN_SECONDS", 0.05)
    first = listening()
    log, _ = logger(f"tcp://127.0.0.1:{first.port}")
    log.error("before")
    assert len(first.waits_for(1)) == 1
    for one in first.known:
        one.shutdown(socket.SHUT_RDWR)
    first.stop()
    time.sleep(0.1)
    log.error("meanwhile")
    until = time.monotonic() + WAIT
    while "takes no lines" not in caplog.text and time.monotonic() < until:
        time.sleep(0.02)
    again = listening(port=first.port)
    assert again.waits_for(1)[0].endswith("meanwhile")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("logs.example:7000", "tls://logs.example:7000"),
        ("logs.example", "tls://logs.example:6514"),
        ("127.0.0.1:7000", "tcp://127.0.0.1:7000"),
        ("tls://127.0.0.1:7000", "tls://127.0.0.1:7000"),
        ("tcp://logs.example", "tcp://logs.example:514"),
        ("udp://logs.example:514", "udp://logs.example:514"),
    ],
)
def test_without_a_scheme_it_is_tls_unless_it_stays_here(said, meant):
    assert str(place_of(said)) == meant


@pytest.mark.parametrize(
    "said",
    ["http://logs.example", "tls://", "tls://logs.example:x", "tls://logs.example/path",
     "tls://a:b@logs.example", "tls://logs.example?verify=no", "tls://logs.example?ca=/no/file"],
)  # fmt: skip
def test_an_address_that_says_something_else_is_refused(said):
    with pytest.raises(ValueError, match=r"write it like|Port could not|there is no file"):
        place_of(said)


def test_an_installation_sends_what_it_writes(listening, tmp_path):
    there = listening()
    code = (
        "import django, logging; django.setup();"
        "logging.getLogger('counterfoil.tried').error('at /i/%s', 's3cret-of-an-address')"
    )
    told = {
        "DATABASE_URL": "postgresql://app:a@127.0.0.1:9/counterfoil",
        "COUNTERFOIL_SECRET_KEY": "x" * 50,
        "COUNTERFOIL_DATA": str(tmp_path),
        "COUNTERFOIL_LOG": "json",
        "DJANGO_SETTINGS_MODULE": "counterfoil.config.settings",
        "PYTHONPATH": str(SOURCES),
    }

    def run(address):
        return subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | told | {"COUNTERFOIL_SYSLOG": address},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    ran = run(f"tcp://127.0.0.1:{there.port}")
    assert ran.returncode == 0, ran.stderr
    [entry] = there.waits_for(1)
    assert entry[HEAD.match(entry).end() :] == ran.stderr.strip(), "the same line, in both places"
    assert '"message": "at /i/\\u2026"' in entry
    refused = run("http://logs.example")
    assert refused.returncode == 1
    assert refused.stderr.strip().startswith("COUNTERFOIL_SYSLOG can't be read")
