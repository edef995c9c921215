"""A sign-in provider of somebody else, as a process of its own: SAML 2.0 and OpenID Connect over
real HTTP, signed with keys of its own. It can be told to lie: `POST /next` names the next answer's
person and its fault.

    python identity_provider.py PORT
"""

import base64
import json
import sys
import time
import uuid
import zlib
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"
NAME = "displayName"
PASSWORD = (
    "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
    "</saml:AuthnContextClassRef>"
)


class Key:
    """A private key and the certificate that goes with it."""

    def __init__(self, ends_in: timedelta = timedelta(days=30)) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
        made = x509.CertificateBuilder(name, name, self.private.public_key())
        made = made.serial_number(x509.random_serial_number())
        made = made.not_valid_before(now - timedelta(days=60)).not_valid_after(now + ends_in)
        certificate = made.sign(self.private, hashes.SHA256())
        self.der = certificate.public_bytes(serialization.Encoding.DER)
        self.certificate = base64.b64encode(self.der).decode()
        self.pem = self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def jwk(self) -> dict[str, Any]:
        """As it is published."""
        told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        return {**told, "kid": "one", "alg": "RS256", "use": "sig"}


PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
KEY, STRANGER, ENDED = Key(), Key(), Key(timedelta(days=-1))


def sign(node: Any, key: Key) -> None:
    """Signs an element that has an ID, right after its issuer."""
    method, digest = xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256
    signature = xmlsec.template.create(node, xmlsec.Transform.EXCL_C14N, method)
    node.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, digest, uri=f"#{node.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.pem, xmlsec.KeyFormat.PEM)
    context.key.load_cert_from_memory(key.der, xmlsec.KeyFormat.CERT_DER)
    context.register_id(node, "ID")
    context.sign(signature)


def stamp(seconds: int) -> str:
    """A moment, so many seconds from now, as SAML writes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def assertion(asked: dict[str, str], told: dict[str, Any], issuer: str) -> Any:
    """What is said of somebody, unsigned."""
    fault = told.get("fault", "")
    begins = 1000 if fault == "future" else -300
    recipient = "https://other.example/acs" if fault == "recipient" else asked["acs"]
    recipient += "more" if fault == "recipient_longer" else ""
    question = "_another" if fault == "in_response_to" else asked["id"]
    answers = f' InResponseTo="{question}"' if fault != "half_asked" else ""
    restriction = f"<saml:AudienceRestriction><saml:Audience>{asked['audience']}</saml:Audience></saml:AudienceRestriction>"  # noqa: E501
    mail = told.get("email", "")
    text = f"""<saml:Assertion xmlns:saml="{SAML}" ID="_{uuid.uuid4().hex}" Version="2.0"
      IssueInstant="{stamp(0)}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject>
      <saml:NameID Format="{UNSPECIFIED}">{told["subject"]}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
      <saml:SubjectConfirmationData NotOnOrAfter="{stamp(300)}" Recipient="{recipient}"{answers}/>
      </saml:SubjectConfirmation></saml:Subject>
      <saml:Conditions NotBefore="{stamp(begins)}" NotOnOrAfter="{stamp(300)}">
      {"" if fault == "no_audience" else restriction}</saml:Conditions>
      <saml:AuthnStatement AuthnInstant="{stamp(0)}"><saml:AuthnContext>
      {told.get("context_xml", PASSWORD)}</saml:AuthnContext></saml:AuthnStatement>
      <saml:AttributeStatement>
      <saml:Attribute Name="{MAIL}"><saml:AttributeValue>{mail}</saml:AttributeValue>
      </saml:Attribute><saml:Attribute Name="{NAME}"><saml:AttributeValue>{told.get("name", "")}
      </saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"""
    return etree.fromstring(text.encode())


def answer(asked: dict[str, str], told: dict[str, Any], issuer: str) -> str:
    """A whole answer as it is posted."""
    fault = told.get("fault", "")
    issuer = "https://stranger.example/" if fault == "issuer" else issuer
    said = assertion(asked, told, issuer)
    document = etree.fromstring(
        f"""<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_{uuid.uuid4().hex}"
        Version="2.0" IssueInstant="{stamp(0)}" Destination="{asked["acs"]}"
        InResponseTo="{asked["id"]}">
        <saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode
        Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
        </samlp:Response>""".encode()
    )
    key = STRANGER if fault == "other_key" else KEY
    sign(said, key)
    if fault == "tampered":
        value = said.find(f".//{{{SAML}}}AttributeValue")
        value.text = told["instead"]
    document.append(said)
    if fault == "wrapped":  # the signed assertion hides inside a forged one
        forged = assertion(asked, {**told, "email": told["instead"]}, issuer)
        document.remove(said)
        forged.append(said)
        document.append(forged)
    if "sealed_for" in told:
        seal(document, told)
    return base64.b64encode(etree.tostring(document)).decode()


RUBBISH = {
    "sealed_text": b"no element",
    "sealed_rubbish": b"<a",
    "sealed_entities": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
    "sealed_escape": b"</saml:EncryptedAssertion></samlp:Response><a/>",
}


def seal(document: Any, told: dict[str, Any]) -> None:
    """Encrypts the last assertion of an answer for a certificate, or something else instead."""
    fault, said = told.get("fault", ""), document[-1]
    certificate = STRANGER.certificate if fault == "sealed_for_others" else told["sealed_for"]
    old = fault == "sealed_by_old_ways"
    way = xmlsec.Transform.RSA_PKCS1 if old else xmlsec.Transform.RSA_OAEP
    envelope = etree.SubElement(document, f"{{{SAML}}}EncryptedAssertion")
    envelope.append(said)
    data = xmlsec.template.encrypted_data_create(
        document, xmlsec.Transform.AES256, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, way)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    manager = xmlsec.KeysManager()
    pem = certificate if "BEGIN" in certificate else PEM.format(certificate)
    manager.add_key(xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.CERT_PEM))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
    if fault in RUBBISH:
        envelope.replace(said, context.encrypt_binary(data, RUBBISH[fault]))
    else:
        context.encrypt_xml(data, said)
    if fault == "sealed_beside":  # the key lies beside the data, which say where
        key.set("Id", "beside")
        envelope.append(key)
        etree.SubElement(
            info, f"{{{DS}}}RetrievalMethod", URI="#beside", Type=f"{XENC}EncryptedKey"
        )
    if fault == "sealed_without_key":
        info.remove(key)


def metadata(base: str, key: Key) -> str:
    """What a service reads about this provider."""
    return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
      xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{base}/saml">
      <md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">
      <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate
      >{key.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
      <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
      Location="{base}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"""


def token(told: dict[str, Any], base: str, client_id: str, nonce: str) -> str:
    """An ID token, true or false."""
    fault, now = told.get("fault", ""), int(time.time())
    claims: dict[str, Any] = {
        "iss": "https://stranger.example" if fault == "issuer" else base,
        "aud": "another-client" if fault == "audience" else client_id,
        "sub": told["subject"],
        "iat": now + 3600 if fault == "future" else now,
        "exp": now - 3600 if fault == "expired" else now + 300,
        "nonce": "another" if fault == "nonce" else nonce,
    }
    signed = ("email", "email_verified", "name", "acr", "amr")
    claims |= {name: told[name] for name in signed if name in told}
    if fault == "several_audiences":
        claims["aud"] = [client_id, "another-client"]
    if fault == "alg_none":
        return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})
    if fault == "shared_secret":
        secret = "the client's own secret, which is no proof"
        return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "one"})
    key = STRANGER if fault == "other_key" else KEY
    return jwt.encode(claims, key.pem, algorithm="RS256", headers={"kid": "one"})


class Handler(BaseHTTPRequestHandler):
    """The provider's pages and doors."""

    told: ClassVar[dict[str, Any]] = {}
    codes: ClassVar[dict[str, dict[str, str]]] = {}
    seen: ClassVar[dict[str, Any]] = {}

    def _base(self) -> str:
        return f"http://{self.headers['Host']}"

    def _send(self, text: str, kind: str = "application/json", status: int = 200) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """What is read, and where people are sent to."""
        here = urlsplit(self.path)
        sent = {name: values[0] for name, values in parse_qs(here.query).items()}
        base = self._base()
        if here.path == "/.well-known/openid-configuration":
            fault = self.told.get("fault", "")
            self._send(json.dumps({
                "issuer": "https://stranger.example" if fault == "describes_another" else base,
                "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/jwks", "userinfo_endpoint": f"{base}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }))  # fmt: skip
        elif here.path == "/userinfo":
            self._send(json.dumps({"sub": self.told["subject"]} | self.told.get("userinfo", {})))
        elif here.path == "/jwks":
            self._send(json.dumps({"keys": [KEY.jwk()]}))
        elif here.path == "/authorize":
            code = uuid.uuid4().hex
            self.codes[code] = sent
            back = urlencode({"code": code, "state": sent["state"]})
            self.send_response(302)
            self.send_header("Location", f"{sent['redirect_uri']}?{back}")
            self.end_headers()
        elif here.path == "/metadata":
            self._send(metadata(base, KEY), "text/xml")
        elif here.path == "/metadata/ended":
            self._send(metadata(base, ENDED), "text/xml")
        elif here.path == "/sso":
            self._send(json.dumps(self._sso(sent, base)))
        elif here.path == "/seen":
            self._send(json.dumps(self.seen))
        else:
            self._send("{}", status=404)

    def _sso(self, sent: dict[str, str], base: str) -> dict[str, str]:
        xml = zlib.decompress(base64.b64decode(sent["SAMLRequest"]), -15)
        question = etree.fromstring(xml)
        asked = {
            "id": question.get("ID"),
            "acs": question.get("AssertionConsumerServiceURL"),
            "audience": question.find(f"{{{SAML}}}Issuer").text,
        }
        self.seen.update(asked)
        return {"url": asked["acs"], "SAMLResponse": answer(asked, self.told, f"{base}/saml")}

    def do_POST(self) -> None:
        """The token for a code; and what the next answer is to say."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/next":
            self.told.clear()
            self.told.update(json.loads(body))
            self._send("{}")
            return
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.codes.pop(sent.get("code", ""), None)
        self.seen.update(sent | {"asked": asked, "authorization": self.headers["Authorization"]})
        if asked is None:
            self._send(json.dumps({"error": "invalid_grant"}), status=400)
            return
        signed = token(self.told, self._base(), asked["client_id"], asked.get("nonce", ""))
        told = {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}
        self._send(json.dumps(told))

    def log_message(self, *args: Any) -> None:
        """Quiet."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
