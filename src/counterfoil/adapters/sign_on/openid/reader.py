"""Reads what an OpenID provider publishes, and believes a token only for its signature.

OpenID Connect Core 1.0 (3.1.3.7, 5.3.2) and Discovery 1.0 (4.3).
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from counterfoil.adapters.outbound import read
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.sign_on import Description, SignOnRefused, Why

LEEWAY_SECONDS = 60
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures by a key of the provider's own: never `none`, never a secret that we share."""
_WELL_KNOWN = "/.well-known/openid-configuration"
_TOO_EARLY = (jwt.ImmatureSignatureError, jwt.InvalidIssuedAtError)
_OK = 200


def describe(issuer: str) -> Description:
    """The provider with this issuer; it must call itself so."""
    base = issuer.strip().removesuffix(_WELL_KNOWN).rstrip("/")
    told = _document(base + _WELL_KNOWN)
    name = _text(told, "issuer")
    if name.rstrip("/") != base:
        raise SignOnRefused(Why.ISSUER, f"The provider calls itself {name[:200]}.")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Description(
        issuer=name,
        authorization_endpoint=_text(told, "authorization_endpoint"),
        token_endpoint=_text(told, "token_endpoint"),
        userinfo_endpoint=str(told.get("userinfo_endpoint") or ""),
        jwks_uri=_text(told, "jwks_uri"),
        token_auth="client_secret_post"
        if "client_secret_basic" not in methods
        else "client_secret_basic",
    )


def signing_keys(jwks_uri: str) -> list[dict[str, Any]]:
    """The keys that the provider signs with at the moment."""
    keys = _document(jwks_uri).get("keys")
    if not isinstance(keys, list):
        raise SignOnRefused(Why.UNREADABLE, "The provider's list of keys can't be read.")
    return [one for one in keys if isinstance(one, dict) and one.get("use", "sig") == "sig"]


def _document(url: str) -> dict[str, Any]:
    try:
        answer = read(url, headers={"Accept": "application/json"})
    except Unavailable as error:
        raise SignOnRefused(Why.UNREACHABLE, f"{url}: {error.message}") from error
    if answer.status != _OK:
        raise SignOnRefused(Why.UNREACHABLE, f"{url} answers HTTP {answer.status}.")
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise SignOnRefused(Why.UNREADABLE, f"{url} does not answer with JSON.")
    return told


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise SignOnRefused(Why.UNREADABLE, f"The provider's description names no {name}.")
    return value


def key_of(token: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The key that a token says it was signed with; None if it is not among these."""
    header = _header(token)
    if header.get("alg") not in ALGORITHMS:
        raise SignOnRefused(Why.SIGNATURE, f"Signed by {header.get('alg')}, which proves nothing.")
    kid = header.get("kid")
    if kid is None and len(keys) == 1:
        return keys[0]
    return next((one for one in keys if kid is not None and one.get("kid") == kid), None)


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise SignOnRefused(Why.UNREADABLE, "The provider's token can't be read.") from error


def verified(
    token: str, key: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """What the token says, if the provider signed it for us, for this sign-in, and lately."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=jwt.PyJWK(dict(key), algorithm=_header(token)["alg"]).key,
            algorithms=[_header(token)["alg"]],
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise _refusal(error) from error
    audience = claims["aud"]
    if claims.get("azp", client_id) != client_id or (
        isinstance(audience, list) and len(audience) > 1 and "azp" not in claims
    ):
        raise SignOnRefused(Why.AUDIENCE, "The token was made for another application.")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise SignOnRefused(Why.NOT_BEGUN_HERE, "The token belongs to another sign-in (nonce).")
    return claims


def _refusal(error: jwt.PyJWTError) -> SignOnRefused:
    if isinstance(error, jwt.InvalidAudienceError):
        return SignOnRefused(Why.AUDIENCE, "The token was made for another application.")
    if isinstance(error, jwt.InvalidIssuerError):
        return SignOnRefused(Why.ISSUER, "The token names another issuer.")
    if isinstance(error, _TOO_EARLY):
        return SignOnRefused(Why.CLOCK, "By our clock the token was made in the future.")
    if isinstance(error, jwt.ExpiredSignatureError):
        return SignOnRefused(Why.CLOCK, "By our clock the token has ended already.")
    if isinstance(error, jwt.MissingRequiredClaimError):
        return SignOnRefused(Why.UNREADABLE, f"The token lacks {error.claim}.")
    return SignOnRefused(Why.SIGNATURE, "The token's signature is not the provider's.")
