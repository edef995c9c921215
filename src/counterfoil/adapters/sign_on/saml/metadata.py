"""Reads a provider's metadata: who it is, where people are sent to, and what it signs with."""

import base64
from datetime import datetime

from cryptography import x509
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

from counterfoil.adapters.outbound import read
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.sign_on import SamlProvider, SignOnRefused, Why

_OK = 200


def fetched(url: str) -> str:
    """The metadata that a provider publishes."""
    try:
        answer = read(url, headers={"Accept": "application/samlmetadata+xml, text/xml"})
    except Unavailable as error:
        raise SignOnRefused(Why.UNREACHABLE, f"{url}: {error.message}") from error
    if answer.status != _OK:
        raise SignOnRefused(Why.UNREACHABLE, f"{url} answers HTTP {answer.status}.")
    return answer.body.decode("utf-8", "replace")


def described(xml: str, *, at: datetime) -> SamlProvider:
    """The provider of these metadata, with the certificates that have not ended."""
    try:
        told = OneLogin_Saml2_IdPMetadataParser.parse(xml.encode()).get("idp", {})
    except Exception as error:  # the parser raises whatever its libraries raise
        raise SignOnRefused(Why.UNREADABLE, "These metadata are no XML.") from error
    entity_id = told.get("entityId", "")
    url = told.get("singleSignOnService", {}).get("url", "")
    if not entity_id or not url:
        raise SignOnRefused(
            Why.UNREADABLE,
            "These metadata name no provider that people can be sent to (an entity id, and a "
            "sign-in address for redirects).",
        )
    several = told.get("x509certMulti", {}).get("signing", [])
    certificates = several or [told["x509cert"]] if several or "x509cert" in told else []
    ends = {one: _ends_at(one) for one in certificates}
    valid = tuple(one for one, moment in ends.items() if moment > at)
    if not valid:
        last = max(ends.values(), default=None)
        words = f"The provider's certificate ended on {last:%Y-%m-%d}." if last else "It has none."
        raise SignOnRefused(Why.CERTIFICATE, words)
    return SamlProvider(entity_id, url, valid, max(ends[one] for one in valid))


def _ends_at(certificate: str) -> datetime:
    try:
        return x509.load_der_x509_certificate(base64.b64decode(certificate)).not_valid_after_utc
    except ValueError as error:
        raise SignOnRefused(
            Why.CERTIFICATE, "A certificate of the provider can't be read."
        ) from error
