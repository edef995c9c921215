"""Addresses behind which no gateway of ours is: nothing is started, nothing is told to whoever is
there, and never in plain text."""

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from adapters.gateways.contract.counterpart import Wish
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.capabilities import Capability
from infra.http.test_pinned_calls import certificate

CAPABILITY = Capability.CHARGES


@dataclass
class Stranger:
    """Listens by TLS with a certificate that nobody vouches for; keeps what callers get through."""

    url: str
    heard: list[bytes] = field(default_factory=list)
    knocks: int = 0


@pytest.fixture
def stranger(tmp_path) -> Iterator[Stranger]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(tmp_path, "127.0.0.1"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Stranger(f"https://127.0.0.1:{listening.getsockname()[1]}")

        def serve() -> None:
            while True:
                try:
                    calling, _ = listening.accept()
                except OSError:
                    return
                found.knocks += 1
                with calling:
                    calling.settimeout(3)
                    try:
                        with context.wrap_socket(calling, server_side=True) as talking:
                            found.heard.append(talking.recv(100))
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield found
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def refused(gateway, counterpart, amount, reference, url) -> None:
    """Charging and looking up there are both surely not done."""
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    account = counterpart.account(url)
    with pytest.raises(Unavailable):
        gateway.charge(account, wanted)
    with pytest.raises(Unavailable):
        gateway.look_up(account, reference)
    assert counterpart.charged(reference) == []


def test_a_certificate_that_nobody_vouches_for_is_told_nothing(
    gateway, counterpart, amount, reference, stranger
):
    refused(gateway, counterpart, amount, reference, stranger.url)
    assert stranger.knocks >= 2
    assert [text for text in stranger.heard if text] == []


def test_a_name_that_leads_nowhere_has_started_nothing(gateway, counterpart, amount, reference):
    refused(gateway, counterpart, amount, reference, "https://gateway.counterfoil.invalid")


def test_plain_text_is_not_spoken_outside(gateway, counterpart, amount, reference, monkeypatch):
    real, asked = socket.getaddrinfo, []

    def getaddrinfo(host, port, *rest, **named):
        asked.append(host)
        outside = "198.51.101.7" if host == "gateway.example" else host
        return real(outside, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    refused(gateway, counterpart, amount, reference, "http://gateway.example")
    assert set(asked) <= {"gateway.example", "127.0.0.1"}
