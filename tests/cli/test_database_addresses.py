"""To a database on another machine nothing connects without a checked certificate."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from counterfoil.config.databases import BadAddress, described
from factories.outside.certificates import certify

SOURCES = Path(__file__).resolve().parents[2] / "src"
AWAY = "postgresql://app:s3cret@db.example/counterfoil"
HERE = "postgresql://app:a@127.0.0.1:9/counterfoil"
OWNERS = ("migrate", "verify")


def told(address, *, allows_plain=False):
    return described(address, allows_plain=allows_plain, prepares=True)


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    """No variable of libpq's own."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    "address",
    [
        AWAY,
        f"{AWAY}?sslmode=disable",
        f"{AWAY}?sslmode=prefer",
        f"{AWAY}?sslmode=require",
        f"{AWAY}?sslmode=require&sslrootcert=/etc/ca.pem",
        "postgresql://app:s3cret@10.0.0.7:5432/counterfoil",
        "postgresql://app:s3cret@[2001:db8::1]/counterfoil",
        "postgresql://app:s3cret@127.0.0.1,db.example/counterfoil",
        "postgresql://app:s3cret@localhost/counterfoil?hostaddr=10.0.0.7",
        "postgresql:///counterfoil?host=db.example&password=s3cret",
        "postgresql:///counterfoil?service=elsewhere",
        "host=db.example dbname=counterfoil password=s3cret",
    ],
)
def test_an_address_that_leads_away_unchecked_is_refused(address):
    with pytest.raises(BadAddress) as refused:
        told(address)
    assert "checks no certificate" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert told(address, allows_plain=True)["NAME"] in ("counterfoil", "")


@pytest.mark.parametrize(
    "address",
    [
        HERE,
        "postgresql://app:a@localhost/counterfoil",
        "postgresql://app:a@[::1]/counterfoil",
        "postgresql:///counterfoil?host=/run/postgresql&user=app",
        "postgresql://app@%2Frun%2Fpostgresql/counterfoil",
        "postgresql:///counterfoil",
        f"{AWAY}?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        f"{AWAY}?sslmode=verify-ca&sslrootcert=/etc/ca.pem",
        f"{AWAY}?sslrootcert=system",
    ],
)
def test_what_stays_here_or_is_checked_is_taken(address):
    assert told(address)["NAME"] == "counterfoil"


def test_what_an_address_leaves_out_is_taken_from_where_libpq_takes_it(monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example")
    with pytest.raises(BadAddress):
        told("postgresql:///counterfoil")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert told("postgresql:///counterfoil")["NAME"] == "counterfoil"
    with pytest.raises(BadAddress):
        told("postgresql:///counterfoil?sslmode=require")
    monkeypatch.delenv("PGHOST")
    monkeypatch.delenv("PGSSLMODE")
    monkeypatch.setenv("PGHOSTADDR", "10.0.0.7")
    with pytest.raises(BadAddress):
        told(HERE)


def test_what_an_address_asks_reaches_libpq():
    """Else what it says of certificates would be words only."""
    found = told(f"{AWAY}?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=9")
    asked = found["OPTIONS"]
    assert (asked["sslmode"], asked["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    assert int(asked["connect_timeout"]) == 9
    assert (found["HOST"], found["PORT"], found["USER"]) == ("db.example", "5432", "app")
    more = told(f"{HERE}?options=-c%20work_mem%3D8MB")["OPTIONS"]["options"]
    assert more == "-c timezone=UTC -c lock_timeout=10000 -c work_mem=8MB"


def test_an_address_that_can_t_be_read_is_not_repeated():
    with pytest.raises(BadAddress) as refused:
        told("postgresql://app:s3cret word@db.example:port/counterfoil")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *((command, "DATABASE_URL") for command in ("serve", "worker", "doctor", *OWNERS)),
        *((command, "DATABASE_OWNER_URL") for command in OWNERS),
    ],
)
def test_every_command_refuses_to_start(command, name, tmp_path):
    is_owners = command in OWNERS
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DATABASE_", "COUNTERFOIL_", "DJANGO_"))
    }
    told = {"DATABASE_URL": HERE} | ({"DATABASE_OWNER_URL": HERE} if is_owners else {})
    known = {"COUNTERFOIL_SECRET_KEY": "x" * 50, "COUNTERFOIL_DATA": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "counterfoil.cli.main", command],
        env=clean | {"PYTHONPATH": str(SOURCES)} | known | told | {name: AWAY},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 1
    line = ran.stderr.strip().splitlines()
    assert len(line) == 1, ran.stderr
    assert line[0].startswith(f"{name} leads to db.example with sslmode=prefer")
    assert "COUNTERFOIL_PLAIN_DATABASE=1" in line[0]
    assert "s3cret" not in ran.stderr + ran.stdout


def test_the_operator_may_say_that_the_network_is_theirs_alone(tmp_path):
    code = "from django.conf import settings; print(settings.DATABASES['default']['HOST'])"
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DATABASE_", "COUNTERFOIL_"))
    }
    told = {
        "DATABASE_URL": AWAY,
        "COUNTERFOIL_SECRET_KEY": "x" * 50,
        "COUNTERFOIL_DATA": str(tmp_path),
        "COUNTERFOIL_PLAIN_DATABASE": "1",
        "DJANGO_SETTINGS_MODULE": "counterfoil.config.settings",
        "PYTHONPATH": str(SOURCES),
    }
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=clean | told,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "db.example"), ran.stderr


class SealedWay:
    """A way to the real database by TLS: answers libpq as a server of PostgreSQL does that has a
    certificate, and hands on what comes out of it."""

    def __init__(self, trusted, to):
        self.trusted, self.to, self.sealed = trusted, to, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with suppress(OSError):
            while True:
                threading.Thread(
                    target=self._meet, args=[self.server.accept()[0]], daemon=True
                ).start()

    def _meet(self, made):
        with suppress(OSError), made:
            if made.recv(8) != b"\0\0\0\x08\x04\xd2\x16\x2f":  # SSLRequest
                return
            made.sendall(b"S")
            with (
                self.trusted.wrap_socket(made, server_side=True) as here,
                socket.create_connection(self.to) as there,
            ):
                self.sealed += 1
                threading.Thread(target=self._pass, args=[there, here], daemon=True).start()
                self._pass(here, there)

    @staticmethod
    def _pass(one, other):
        with suppress(OSError):
            while read := one.recv(65536):
                other.sendall(read)


def test_what_an_address_says_of_certificates_holds_on_the_wire(addresses, tmp_path):
    """`verify-full` by the authority that it names; by any other nothing is said, not even who."""
    authority, trusted = certify(tmp_path / "one")
    stranger, _ = certify(tmp_path / "two")
    parts = urlsplit(addresses.app_url)
    way = SealedWay(trusted, (parts.hostname, parts.port))
    place = f"{parts.username}:{parts.password}@127.0.0.1:{way.port}"
    code = (
        "import django; django.setup();"
        "from django.db import connection; connection.ensure_connection();"
        "print(connection.connection.pgconn.ssl_in_use)"
    )

    def run(root):
        asked = f"sslmode=verify-full&sslrootcert={root}"
        told = {
            "DATABASE_URL": urlunsplit(parts._replace(netloc=place, query=asked)),
            "COUNTERFOIL_SECRET_KEY": "x" * 50,
            "COUNTERFOIL_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "counterfoil.config.settings",
            "PYTHONPATH": str(SOURCES),
        }
        return subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | told,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    ran = run(authority)
    assert (ran.returncode, ran.stdout.strip()) == (0, "True"), ran.stderr
    assert way.sealed == 1
    refused = run(stranger)
    assert refused.returncode == 1
    assert "certificate verify failed" in refused.stderr
    way.server.close()
