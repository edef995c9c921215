"""Calls go to the address that was judged, under the name that was asked for."""

import http.server
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from counterfoil.adapters import outbound
from counterfoil.infra.http import session as sessions
from counterfoil.kernel.errors import Unavailable

HOST = "gateway.example"
REAL = socket.getaddrinfo


def certificate(folder, name):
    """A certificate that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


class Service(http.server.BaseHTTPRequestHandler):
    """Writes down which host was asked for; `/away` leads elsewhere."""

    def do_GET(self):
        self.server.asked.append(self.headers["Host"])
        away = self.path.startswith("/away")
        self.send_response(302 if away else 200)
        if away:
            self.send_header("Location", self.server.away)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def service(tmp_path, monkeypatch):
    """A service by TLS on this machine, known as gateway.example; asks of DNS are counted."""
    path = certificate(tmp_path, HOST)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.asked, server.names, server.away = [], [], "http://10.0.0.1/"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    context.sni_callback = lambda _, name, __: server.names.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    server.lookups = []

    def getaddrinfo(host, port, *rest, **named):
        if host == HOST:
            server.lookups.append(host)
            # A second question is answered otherwise, as a rebinding name does.
            host = "127.0.0.1" if len(server.lookups) == 1 else "10.0.0.1"
        return REAL(host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    server.trusted, server.port = path, server.server_address[1]
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(service, monkeypatch):
    """Our own client, trusting the test's certificate."""
    import httpx

    made = httpx.Client(verify=ssl.create_default_context(cafile=service.trusted), trust_env=False)
    monkeypatch.setattr(outbound, "_http", lambda: made)
    yield
    made.close()


def test_a_call_goes_to_the_judged_address_under_the_hosts_name(service, client):
    answer = outbound.read(f"https://{HOST}:{service.port}/x", headers={})
    assert (answer.status, answer.body) == (200, b"ok")
    assert service.asked == [f"{HOST}:{service.port}"]
    assert service.names == [HOST]
    assert len(service.lookups) == 1  # nobody asks again where the name leads


def test_a_redirect_is_an_answer_and_is_not_followed(service, client):
    answer = outbound.read(f"https://{HOST}:{service.port}/away", headers={})
    assert answer.status == 302
    assert len(service.asked) == 1


def test_an_address_inside_is_never_sent_to(monkeypatch):
    monkeypatch.setattr(settings, "INSECURE_LOOPBACK", False)
    with pytest.raises(Unavailable):
        outbound.send("POST", "https://127.0.0.1:8443/", headers={}, content="secret")


def test_a_librarys_session_is_pinned_too(service):
    session = sessions.outgoing_session()
    answer = session.get(f"https://{HOST}:{service.port}/x", verify=str(service.trusted))
    assert (answer.status_code, answer.text) == (200, "ok")
    assert service.asked == [f"{HOST}:{service.port}"]
    assert service.names == [HOST]
    assert len(service.lookups) == 1


def test_a_librarys_session_judges_each_redirect(service):
    session = sessions.outgoing_session()
    with pytest.raises(requests.exceptions.InvalidURL):
        session.get(f"https://{HOST}:{service.port}/away", verify=str(service.trusted))


def test_a_certificate_of_another_name_is_refused(service, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", REAL)
    session = sessions.outgoing_session()
    with pytest.raises(requests.exceptions.SSLError):
        session.get(f"https://localhost:{service.port}/x", verify=str(service.trusted))


def test_a_librarys_session_reads_no_endless_answer(service, monkeypatch):
    monkeypatch.setattr(sessions, "ANSWER_BYTES_MAX", 1)
    session = sessions.outgoing_session()
    with pytest.raises(requests.exceptions.ReadTimeout):
        session.get(f"https://{HOST}:{service.port}/x", verify=str(service.trusted))
