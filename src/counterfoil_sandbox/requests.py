"""What callers may send: every parameter, its type and its limits; unknown ones are refused."""

import re
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from iso4217 import Currency
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from counterfoil_sandbox.errors import GatewayError

AMOUNT_MAX = 10**12
DELAY_SECONDS_MAX = 60
_ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


def _known_currency(code: str) -> str:
    try:
        exponent = Currency(code).exponent
    except ValueError:
        exponent = None
    if exponent is None:
        raise ValueError("is not an ISO 4217 currency")
    return code


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an http or https address")
    return url


def _web_address_or_empty(url: str) -> str:
    return _web_address(url) if url else url


def _origin(text: str) -> str:
    lowered = text.lower()
    if not _ORIGIN.fullmatch(lowered):
        raise ValueError("is not an origin such as https://pay.example.com")
    return lowered


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-:.]{1,100}$")]
Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_web_address_or_empty)]
Origins = Annotated[list[Annotated[str, AfterValidator(_origin)]], Field(max_length=20)]
Digits = Annotated[str, StringConstraints(max_length=40)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountRequest(_Request):
    """POST /v1/accounts."""

    name: Name
    business_id: Annotated[str, StringConstraints(max_length=100)] = ""
    webhook_url: Address = ""
    origins: Origins = []


class AccountChanges(_Request):
    """POST /v1/accounts/{id}: what is left out stays."""

    business_id: Annotated[str, StringConstraints(max_length=100)] | None = None
    webhook_url: Address | None = None
    origins: Origins | None = None


class CardData(_Request):
    """A card as the payer typed it. It has no printable form, so it can't reach a log."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    number: Digits = Field(repr=False)
    exp_month: int = Field(repr=False)
    exp_year: int = Field(repr=False)
    cvc: Digits = Field(repr=False)


class TokenRequest(_Request):
    """POST /v1/tokens; `account` (a publishable key) ties the token to one account."""

    card: CardData = Field(repr=False)
    account: Annotated[str, StringConstraints(max_length=100)] | None = None


class ChargeRequest(_Request):
    """POST /v1/charges; `amount` in minor units of `currency`."""

    amount: Annotated[int, Field(strict=True, gt=0, le=AMOUNT_MAX)]
    currency: Annotated[str, AfterValidator(_known_currency)]
    source: Reference
    customer: Reference
    reference: Reference
    description: Annotated[str, StringConstraints(max_length=500)] = ""
    return_url: Address = ""
    locale: Annotated[str, StringConstraints(max_length=35)] = ""


class FaultsRequest(_Request):
    """POST /v1/faults: what goes wrong from now on; what is left out stays."""

    account: Annotated[str, StringConstraints(max_length=100)] | None = None
    webhooks: Literal["ok", "lost", "duplicated"] | None = None
    answers: Literal["ok", "lost"] | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=DELAY_SECONDS_MAX)] | None = None


class AdvanceRequest(_Request):
    """POST /v1/clock."""

    advance_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


_RequestType = TypeVar("_RequestType", bound=_Request)

_CODES = {"missing": "parameter_missing", "extra_forbidden": "parameter_unknown"}


def parse(kind: type[_RequestType], fields: Any) -> _RequestType:
    """The typed request; refuses with the first parameter at fault, whose value is not echoed."""
    if not isinstance(fields, dict):
        raise GatewayError(400, "invalid_json", "The body is not a JSON object.")
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        code = _CODES.get(first["type"], "parameter_invalid")
        where = [str(part) for part in first["loc"]]
        message = f"{where[-1]}: {first['msg'].removeprefix('Value error, ')}."
        raise GatewayError(400, code, message, ".".join(where)) from None
