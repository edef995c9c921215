"""What the adapters of single sign-on take and give: frozen values, and a refusal that says why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from counterfoil.kernel.errors import Refused


class Why(StrEnum):
    """Why somebody was not let in, or a provider can't be used."""

    OFF = "off"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    NOT_BEGUN_HERE = "not_begun_here"
    CANCELLED = "cancelled"
    REFUSED_THERE = "refused_there"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    CLOCK = "clock"
    REPLAYED = "replayed"
    ANSWER = "answer"
    NO_SUBJECT = "no_subject"
    NO_EMAIL = "no_email"
    UNVERIFIED = "unverified"
    WRONG_DOMAIN = "wrong_domain"
    UNKNOWN_PERSON = "unknown_person"
    REMOVED = "removed"
    OTHER_SUBJECT = "other_subject"


class SignOnRefused(Refused):
    """Nobody was signed in; `why` is one of a few, `message` says it to whoever sets it up."""

    code = "sign_on_refused"
    message = "Nobody was signed in."

    def __init__(self, why: Why, message: str | None = None) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says of somebody, after its signature was checked."""

    subject: str
    email: str
    is_verified: bool | None  # None: it does not say
    name: str
    told: Mapping[str, str] = field(default_factory=dict)  # all of it, for whoever tries it out
    contexts: tuple[str, ...] = ()  # how they proved themselves there, in the provider's words


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """A provider as its metadata describe it."""

    entity_id: str
    url: str  # where people are sent to
    certificates: tuple[str, ...]  # base64 of what may sign
    ends_at: datetime  # when the last of them ends


@dataclass(frozen=True, slots=True)
class SamlSelf:
    """What we are to that provider."""

    entity_id: str
    url: str  # where its answers come to
    certificate: str = ""  # PEM of what assertions are encrypted for; empty: for nothing
    private_key: str = field(default="", repr=False)  # PEM of what opens them


@dataclass(frozen=True, slots=True)
class SamlAnswer:
    """An assertion that was checked, and what must not come a second time."""

    claims: Claims
    assertion_id: str
    ends_at: datetime
    request_id: str  # the question that it answers; empty: nobody asked


@dataclass(frozen=True, slots=True)
class Description:
    """An OpenID provider as its discovery document describes it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    token_auth: str  # client_secret_basic or client_secret_post
