"""`pysaml2`, the SAML 2.0 provider that others wrote, as a process of its own: what it reads of a
request, signs and encrypts is its own work and that of the program `xmlsec1`. Here are only the
addresses that it stands behind, and its settings, which are what `POST /next` says.

    python saml_provider.py PORT FOLDER
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORD
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NAMEID_FORMAT_TRANSIENT, NameID
from saml2.samlp import STATUS_AUTHN_FAILED
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

NAME_FORMS = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
SHA256 = {"signing_algorithm": SIG_RSA_SHA256, "digest_algorithm": DIGEST_SHA256}


def make_key(folder: Path) -> None:
    """A key and its certificate, where the library looks for them."""
    key, now = rsa.generate_private_key(public_exponent=65537, key_size=2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "provider.crt").write_bytes(certificate)
    (folder / "provider.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def settings(base: str, folder: Path, services: list[str], told: dict[str, Any]) -> IdPConfig:
    """The provider's settings; `services` are the metadata of those who ask it."""
    lifetime = told.get("lifetime", {"minutes": 5})
    sha = {} if told.get("by_sha1") else SHA256  # left alone the library signs by SHA-1
    found: dict[str, Any] = {
        "entityid": f"{base}/saml",
        "key_file": str(folder / "provider.key"),
        "cert_file": str(folder / "provider.crt"),
        "service": {
            "idp": {
                "endpoints": {"single_sign_on_service": [(f"{base}/sso", BINDING_HTTP_REDIRECT)]},
                "policy": {"default": {"lifetime": lifetime, "name_form": NAME_FORMS}},
                **sha,
            }
        },
    }
    if services:
        found["metadata"] = {"inline": services}
    return IdPConfig().load(found)


def _first_of(asked: Any) -> str:
    """How the question wants people to prove themselves; by a password, if it does not say."""
    wanted = asked.requested_authn_context
    return str(wanted.authn_context_class_ref[0].text) if wanted else PASSWORD


class Handler(BaseHTTPRequestHandler):
    """The provider's pages."""

    folder: ClassVar[Path]
    services: ClassVar[list[str]] = []
    told: ClassVar[dict[str, Any]] = {}

    def _base(self) -> str:
        return f"http://{self.headers['Host']}"

    def _settings(self) -> IdPConfig:
        return settings(self._base(), self.folder, self.services, self.told)

    def _send(self, text: str, kind: str = "text/html") -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Its metadata; and where people are sent to."""
        here = urlsplit(self.path)
        if here.path == "/metadata":
            self._send(str(entity_descriptor(self._settings())), "application/samlmetadata+xml")
        elif here.path == "/sso":
            [question] = parse_qs(here.query)["SAMLRequest"]
            self._send(self._answer(question))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Who may ask it, by their metadata; whom it names from now on, and how it is set up."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/service":
            self.services[:] = [body]
        else:
            self.told.clear()
            self.told.update(json.loads(body))
        self._send("")

    def _answer(self, question: str) -> str:
        """The page that posts the answer to a question."""
        provider, told = Server(config=self._settings()), self.told
        asked = provider.parse_authn_request(question, BINDING_HTTP_REDIRECT).message
        to = provider.response_args(asked, [BINDING_HTTP_POST])
        kind = NAMEID_FORMAT_TRANSIENT if told.get("is_transient") else NAMEID_FORMAT_PERSISTENT
        signs = {name: told.get(name, name == "sign_assertion") for name in (
            "sign_assertion", "sign_response", "encrypt_assertion",
        )}  # fmt: skip
        number = to["in_response_to"] if told.get("answers", True) else None
        if told.get("denies"):
            answer = provider.create_error_response(
                number, to["destination"], (STATUS_AUTHN_FAILED, "No."), sign=True
            )
        else:
            answer = provider.create_authn_response(
                {"mail": [told["email"]], "displayName": [told["name"]]},
                number,
                to["destination"],
                told.get("audience", to["sp_entity_id"]),
                name_id=NameID(format=kind, text=told["subject"]),
                authn={"class_ref": told.get("context") or _first_of(asked)},
                **signs,
            )
        sent = provider.apply_binding(
            BINDING_HTTP_POST, str(answer), to["destination"], response=True
        )
        return str(sent["data"])

    def log_message(self, *args: Any) -> None:
        """Quiet."""


if __name__ == "__main__":
    Handler.folder = Path(sys.argv[2])
    make_key(Handler.folder)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
