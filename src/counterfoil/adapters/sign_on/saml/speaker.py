"""Asks a SAML provider who somebody is, and believes a signed assertion only, encrypted or not.

The library checks signatures, times and names; what it takes on trust when a part is missing
(audience, recipient, the request that is answered) is required here, in the signed assertion.
Of an encrypted one nothing is told before its signature held: who may send us what they altered,
and hears where it broke, could read it bit by bit.
"""

import binascii
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import xmlsec
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from counterfoil.adapters.sign_on.saml import opening
from counterfoil.kernel.ports.sign_on import (
    Claims,
    SamlAnswer,
    SamlProvider,
    SamlSelf,
    SignOnRefused,
    Why,
)

_E = OneLogin_Saml2_ValidationError
_WHY = {
    _E.NO_SIGNATURE_FOUND: Why.SIGNATURE,
    _E.NO_SIGNED_ASSERTION: Why.SIGNATURE,
    _E.NO_SIGNED_MESSAGE: Why.SIGNATURE,
    _E.INVALID_SIGNATURE: Why.SIGNATURE,
    _E.ID_NOT_FOUND_IN_SIGNED_ELEMENT: Why.SIGNATURE,
    _E.UNEXPECTED_SIGNED_ELEMENTS: Why.SIGNATURE,
    _E.WRONG_SIGNED_ELEMENT: Why.SIGNATURE,
    _E.WRONG_NUMBER_OF_SIGNATURES_IN_RESPONSE: Why.SIGNATURE,
    _E.WRONG_NUMBER_OF_SIGNATURES_IN_ASSERTION: Why.SIGNATURE,
    _E.DEPRECATED_SIGNATURE_METHOD: Why.SIGNATURE,
    _E.DEPRECATED_DIGEST_METHOD: Why.SIGNATURE,
    _E.ASSERTION_EXPIRED: Why.CLOCK,
    _E.ASSERTION_TOO_EARLY: Why.CLOCK,
    _E.SESSION_EXPIRED: Why.CLOCK,
    _E.WRONG_AUDIENCE: Why.AUDIENCE,
    _E.WRONG_ISSUER: Why.ISSUER,
    _E.ISSUER_NOT_FOUND_IN_ASSERTION: Why.ISSUER,
    _E.WRONG_INRESPONSETO: Why.NOT_BEGUN_HERE,
    _E.STATUS_CODE_IS_NOT_SUCCESS: Why.REFUSED_THERE,
    _E.NO_NAMEID: Why.NO_SUBJECT,
}
SUBJECTS = (
    "urn:oasis:names:tc:SAML:attribute:subject-id",
    "urn:oasis:names:tc:SAML:attribute:pairwise-id",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
)
EMAILS = (
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "mail",
    "emailAddress",
)
NAMES = (
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "displayName",
    "name",
)
_UNREADABLE = (
    OneLogin_Saml2_Error, xmlsec.Error, binascii.Error, LookupError, ValueError, SyntaxError,
)  # fmt: skip
_NOT_OPENED = (
    "The assertion is encrypted and can't be opened: the provider has to encrypt it for the "
    "certificate in our metadata, by RSA-OAEP."
)
METADATA_SECONDS = 5 * 365 * 24 * 3600  # who copied our metadata once need not do it again soon


def asked(provider: SamlProvider, own: SamlSelf, contexts: tuple[str, ...] = ()) -> tuple[str, str]:
    """Where to send somebody, and the id of the question, which the answer has to name. It asks
    for a sign-in by one of `contexts`, the first that the provider can."""
    settings = _settings(provider, own)
    if contexts:  # the library puts them between its tags as they are
        settings["security"]["requestedAuthnContext"] = [escape(one) for one in contexts]
    auth = OneLogin_Saml2_Auth(_request(own), settings)
    return str(auth.login(return_to="")), str(auth.get_last_request_id())


def metadata(own: SamlSelf) -> str:
    """What a provider reads about us."""
    found = OneLogin_Saml2_Settings(_settings(None, own), sp_validation_only=True)
    text = found.get_sp_metadata()
    return text.decode() if isinstance(text, bytes) else str(text)


def answered(provider: SamlProvider, own: SamlSelf, text: str) -> SamlAnswer:
    """What an answer says, if all of it is signed, fresh and meant for us. Which question it
    answers is for the caller to compare."""
    found = OneLogin_Saml2_Settings(_settings(provider, own))
    is_encrypted = _is_encrypted(text, own)
    try:
        response = opening.Answer(found, text)
        request_id = str(response.get_in_response_to() or "")
        response.is_valid(_request(own), request_id or None, raise_exceptions=True)
        ends_at = _confirmed(response, own, request_id)
        return SamlAnswer(_claims(response), str(response.get_assertion_id()), ends_at, request_id)
    except OneLogin_Saml2_ValidationError as error:
        why = Why.ANSWER if is_encrypted else _WHY.get(error.code, Why.ANSWER)
        raise SignOnRefused(why, str(error)[:300]) from error
    except _UNREADABLE as error:
        if is_encrypted:
            raise SignOnRefused(Why.ANSWER, _NOT_OPENED) from error
        raise SignOnRefused(Why.UNREADABLE, "The provider's answer can't be read.") from error


def _is_encrypted(text: str, own: SamlSelf) -> bool:
    """Whether an assertion in it is encrypted; refuses one that was done by ways that we do not
    take, before anything is opened."""
    try:
        document = OneLogin_Saml2_XML.to_etree(OneLogin_Saml2_Utils.b64decode(text))
    except _UNREADABLE:
        return False
    if not OneLogin_Saml2_XML.query(document, "//saml:EncryptedAssertion"):
        return False
    if not own.private_key or not opening.came_safely(document):
        raise SignOnRefused(Why.ANSWER, _NOT_OPENED)
    return True


def question_of(text: str) -> str:
    """Which question an answer says it answers, unchecked; empty if it can't be read."""
    try:
        document = OneLogin_Saml2_XML.to_etree(OneLogin_Saml2_Utils.b64decode(text))
    except _UNREADABLE:
        return ""
    return str(document.get("InResponseTo", ""))


def _confirmed(response: Any, own: SamlSelf, request_id: str) -> datetime:
    """When the signed assertion ends, if it says itself that it is for us, sent here, and the
    answer to this question (or, where nobody asked, to none)."""
    document = response.get_xml_document()
    audiences = _texts(document, "//saml:Assertion/saml:Conditions//saml:Audience")
    if own.entity_id not in audiences:
        raise SignOnRefused(Why.AUDIENCE, "The assertion names no audience that is us.")
    path = "//saml:Assertion/saml:Subject/saml:SubjectConfirmation"
    for one in OneLogin_Saml2_XML.query(document, path):
        found = OneLogin_Saml2_XML.query(one, "./saml:SubjectConfirmationData")
        data = found[0].attrib if found else {}
        if one.get("Method") != Words.CM_BEARER or data.get("Recipient") != own.url:
            continue
        if data.get("InResponseTo", "") != request_id or "NotOnOrAfter" not in data:
            continue
        ends = OneLogin_Saml2_Utils.parse_SAML_to_time(data["NotOnOrAfter"])
        return datetime.fromtimestamp(ends, UTC)  # the library has refused one that is over
    raise SignOnRefused(
        Why.NOT_BEGUN_HERE, "The assertion is not the answer to this sign-in, or not sent to us."
    )


def _texts(document: Any, path: str) -> list[str]:
    found = OneLogin_Saml2_XML.query(document, path)
    return [str(OneLogin_Saml2_XML.element_text(one) or "").strip() for one in found]


def _claims(response: Any) -> Claims:
    told: dict[str, list[Any]] = response.get_attributes()
    name_id, kind = str(response.get_nameid() or ""), str(response.get_nameid_format() or "")
    is_lasting = kind != Words.NAMEID_TRANSIENT
    subject = _first(told, SUBJECTS) or (name_id if is_lasting else "")
    if not subject:
        raise SignOnRefused(
            Why.NO_SUBJECT, "The provider names people anew each time (a transient NameID)."
        )
    email = _first(told, EMAILS) or (name_id if kind == Words.NAMEID_EMAIL_ADDRESS else "")
    shown = {name: ", ".join(map(str, values)) for name, values in told.items()}
    contexts = tuple(str(one).strip() for one in response.get_authn_contexts() if one)
    shown = {"NameID": name_id, "AuthnContextClassRef": ", ".join(contexts)} | shown
    return Claims(subject, email, None, _first(told, NAMES), shown, contexts)


def _first(told: dict[str, list[Any]], names: tuple[str, ...]) -> str:
    return next((str(told[name][0]).strip() for name in names if told.get(name)), "")


def _request(own: SamlSelf) -> dict[str, Any]:
    """The request that the answer came with, as the library wants it told."""
    here = urlsplit(own.url)
    return {
        "https": "on" if here.scheme == "https" else "off",
        "http_host": here.netloc,
        "script_name": here.path,
        "get_data": {},
        "post_data": {},
    }


def _settings(provider: SamlProvider | None, own: SamlSelf) -> dict[str, Any]:
    found: dict[str, Any] = {
        "strict": True,
        "sp": {
            "entityId": own.entity_id,
            "assertionConsumerService": {"url": own.url, "binding": Words.BINDING_HTTP_POST},
            "NameIDFormat": Words.NAMEID_UNSPECIFIED,
            "x509cert": own.certificate,
            "privateKey": own.private_key,
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "wantAttributeStatement": False,
            # Of answers it would ask that they be encrypted; in metadata it says that they may be.
            "wantAssertionsEncrypted": provider is None and bool(own.certificate),
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
            "metadataValidUntil": int(time.time()) + METADATA_SECONDS,
            "signatureAlgorithm": Words.RSA_SHA256,
            "digestAlgorithm": Words.SHA256,
        },
    }
    if provider is not None:
        found["idp"] = {
            "entityId": provider.entity_id,
            "singleSignOnService": {"url": provider.url},
            "x509certMulti": {"signing": list(provider.certificates)},
        }
    return found
