"""Talks to the providers of connections; what they publish is remembered for a while.

The adapters are loaded when the first of their kind is asked: most businesses have none.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache

from counterfoil.domain.identity.sign_on.rows import SignOnRow
from counterfoil.infra.db import outside_transaction
from counterfoil.infra.registry import load
from counterfoil.kernel.ports.sign_on import (
    Description,
    SamlAnswer,
    SamlProvider,
    SamlSelf,
    SignOnRefused,
    Why,
)

REMEMBERED_SECONDS = 3600
ASKED_AGAIN_SECONDS = 60
CLOCKS_DIFFER_SECONDS = 600
_NOT_THEIRS = "The token was signed with a key that is not theirs."


def _tool(name: str) -> Any:
    return load(settings.SIGN_ON[name])


def _mark(*parts: object) -> str:
    return "sign-on:" + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


@outside_transaction
def describe(issuer: str) -> Description:
    """An OpenID provider as it describes itself now."""
    found: Description = _tool("describe")(issuer)
    return found


def description_of(connection: SignOnRow) -> Description:
    """The provider of a connection; asked again after an hour."""
    issuer = str(connection.settings.get("issuer", ""))
    mark = _mark("description", connection.id, issuer)
    kept = cache.get(mark)
    if kept is not None:
        return Description(**kept)
    found = describe(issuer)
    cache.set(mark, asdict(found), REMEMBERED_SECONDS)
    return found


@outside_transaction
def claims_of(connection: SignOnRow, token: str, *, nonce: str) -> dict[str, Any]:
    """What a signed token says. Where no key that is known fits, the provider is asked for its
    keys, once a minute at most: it may have a new one, under a new name or under none."""
    provider = description_of(connection)
    mark = _mark("keys", connection.id, provider.jwks_uri)
    keys = cache.get(mark)
    if keys is not None:
        try:
            return _claims(connection, provider, token, keys, nonce)
        except SignOnRefused as refused:
            if refused.why != Why.SIGNATURE:
                raise
    if not cache.add(f"{mark}:asked", 1, ASKED_AGAIN_SECONDS if keys else 1):
        raise SignOnRefused(Why.SIGNATURE, _NOT_THEIRS)
    keys = _tool("signing_keys")(provider.jwks_uri)
    cache.set(mark, keys, REMEMBERED_SECONDS)
    return _claims(connection, provider, token, keys, nonce)


def _claims(
    connection: SignOnRow, provider: Description, token: str, keys: Any, nonce: str
) -> dict[str, Any]:
    key = _tool("key_of")(token, keys)
    if key is None:
        raise SignOnRefused(Why.SIGNATURE, _NOT_THEIRS)
    claims: dict[str, Any] = _tool("verified")(
        token,
        key,
        issuer=provider.issuer,
        client_id=str(connection.settings.get("client_id", "")),
        nonce=nonce,
    )
    return claims


@outside_transaction
def saml_provider(*, url: str, xml: str, at: datetime) -> SamlProvider:
    """A SAML provider by the address of its metadata, or by the metadata themselves."""
    found: SamlProvider = _tool("described")(_tool("fetched")(url) if url else xml, at=at)
    return found


def saml_provider_of(connection: SignOnRow, *, at: datetime) -> SamlProvider:
    """The provider of a connection. Metadata with an address are read again after an hour, so that
    a new certificate is known in time; while they can't be read, those that were kept hold."""
    told: Mapping[str, Any] = connection.settings
    url = str(told.get("metadata_url", ""))
    mark = _mark("metadata", connection.id, url)
    kept = cache.get(mark) if url else None
    if kept is None and url and cache.add(f"{mark}:asked", 1, ASKED_AGAIN_SECONDS):
        try:
            found = saml_provider(url=url, xml="", at=at)
        except SignOnRefused:
            pass
        else:
            kept = {**asdict(found), "certificates": list(found.certificates)}
            if found.entity_id == told.get("entity_id"):
                cache.set(mark, kept, REMEMBERED_SECONDS)
    return _provider(kept or told, at)


def _provider(told: Mapping[str, Any], at: datetime) -> SamlProvider:
    ends_at = told.get("ends_at")
    moment = datetime.fromisoformat(ends_at) if isinstance(ends_at, str) else ends_at
    if not told.get("entity_id") or moment is None:
        raise SignOnRefused(Why.UNREADABLE, "This connection has no provider yet.")
    if moment <= at:
        words = f"The provider's certificate ended on {moment:%Y-%m-%d}."
        raise SignOnRefused(Why.CERTIFICATE, words)
    return SamlProvider(told["entity_id"], told["url"], tuple(told["certificates"]), moment)


def saml_key(*, at: datetime) -> dict[str, str]:
    """A new key of ours, that a SAML provider encrypts its assertions for."""
    found: dict[str, str] = _tool("made_key")(at=at)
    return found


def saml_asked(
    provider: SamlProvider, own: SamlSelf, contexts: tuple[str, ...] = ()
) -> tuple[str, str]:
    """Where to send somebody, and the id of the question, which asks for one of `contexts`."""
    found: tuple[str, str] = _tool("asked")(provider, own, contexts)
    return found


def saml_metadata(own: SamlSelf) -> str:
    """What a provider reads about us."""
    return str(_tool("metadata")(own))


def saml_answered(connection: SignOnRow, own: SamlSelf, text: str, *, at: datetime) -> SamlAnswer:
    """What an answer says; the same assertion is taken once only, whoever brings it."""
    provider = saml_provider_of(connection, at=at)
    answer: SamlAnswer = _tool("answered")(provider, own, text)
    seconds = max(1, int((answer.ends_at - at).total_seconds())) + CLOCKS_DIFFER_SECONDS
    if not cache.add(_mark("assertion", connection.id, answer.assertion_id), 1, seconds):
        raise SignOnRefused(Why.REPLAYED, "This assertion was used already.")
    return answer


def saml_question_of(text: str) -> str:
    """Which question an answer says it answers: believed by nobody, good for looking up only."""
    return str(_tool("question_of")(text))
