"""What callers may send: every parameter, its type and its limits; unknown ones are refused."""

import re
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from iso4217 import Currency
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.settings import AccountSettings

AMOUNT_MAX = 10**12
DELAY_SECONDS_MAX = 60
_ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


def known_currency(code: str) -> str:
    """The code back, if it is a currency of ISO 4217; `ValueError` otherwise."""
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


def _is_empty(value: object) -> bool:
    return not value


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-:.]{1,100}$")]
Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_web_address_or_empty)]
Origins = Annotated[list[Annotated[str, AfterValidator(_origin)]], Field(max_length=20)]
Digits = Annotated[str, StringConstraints(max_length=40)]
Amount = Annotated[int, Field(strict=True, gt=0, le=AMOUNT_MAX)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-.]{1,40}$")]
Short = Annotated[str, StringConstraints(max_length=500)]
PageKind = Literal["bank_redirect", "digital_currency"]
Month = Annotated[int, Field(ge=1, le=12)]
Year = Annotated[int, Field(ge=2000, le=9000)]


class Request(BaseModel):
    """A body that is taken whole or refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Request):
    """A call that takes no parameters."""


class AccountRequest(Request):
    """POST /v1/accounts."""

    name: Name
    business_id: Annotated[str, StringConstraints(max_length=100)] = ""
    webhook_url: Address = ""
    origins: Origins = []
    settings: AccountSettings = AccountSettings()


class AccountChanges(Request):
    """POST /v1/accounts/{id}: what is left out stays."""

    business_id: Annotated[str, StringConstraints(max_length=100)] | None = None
    webhook_url: Address | None = None
    origins: Origins | None = None
    settings: AccountSettings | None = None


class CardData(Request):
    """A card as the payer typed it. It has no printable form, so it can't reach a log."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    number: Digits = Field(repr=False)
    exp_month: int = Field(repr=False)
    exp_year: int = Field(repr=False)
    cvc: Digits = Field(repr=False)


class BankDebitData(Request):
    """A bank account as the payer typed it; like a card, without a printable form."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    holder: Name = Field(repr=False)
    iban: Digits = Field(default="", repr=False)
    routing_number: Digits = Field(default="", repr=False)
    sort_code: Digits = Field(default="", repr=False)
    account_number: Digits = Field(default="", repr=False)


class WalletData(Request):
    """What the wallet's sheet hands over: which wallet, and which of its cards."""

    type: Literal["apple_pay", "google_pay"]
    card: Code


class TokenRequest(Request):
    """POST /v1/tokens: one of three; `account` (a publishable key) ties it to one account."""

    card: CardData | None = Field(default=None, repr=False)
    bank_debit: BankDebitData | None = Field(default=None, repr=False)
    wallet: WalletData | None = None
    account: Annotated[str, StringConstraints(max_length=100)] | None = None


class ChargeRequest(Request):
    """POST /v1/charges; `amount` in minor units of `currency`; from a `source`, or on a `page` of
    the gateway.

    What was added later is left out of the printed form when it is not used, so that the hash of
    an older body is what it was.
    """

    amount: Amount
    currency: Annotated[str, AfterValidator(known_currency)]
    source: Annotated[Reference | None, Field(exclude_if=_is_empty)] = None
    page: Annotated[PageKind | None, Field(exclude_if=_is_empty)] = None
    customer: Reference
    reference: Reference
    description: Short = ""
    return_url: Address = ""
    locale: Annotated[str, StringConstraints(max_length=35)] = ""
    off_session: Annotated[bool, Field(strict=True, exclude_if=_is_empty)] = False
    save: Annotated[bool, Field(strict=True, exclude_if=_is_empty)] = False
    mandate: Annotated[Reference | None, Field(exclude_if=_is_empty)] = None


class RefundRequest(Request):
    """POST /v1/charges/{id}/refunds; without an amount, all that is left."""

    amount: Amount | None = None
    reason: Short = ""
    reference: Reference


class MandateRequest(Request):
    """POST /v1/mandates; `evidence` is whatever proves the consent: address, browser, text."""

    token: Reference
    scheme: Literal["sepa", "ach", "bacs"]
    reference: Reference
    accepted_at: AwareDatetime
    customer: Reference
    evidence: Annotated[dict[Code, Short], Field(max_length=20)] = {}


class MethodRequest(Request):
    """POST /v1/methods."""

    token: Reference
    customer: Reference


class NetworkUpdateRequest(Request):
    """POST /v1/methods/{id}/update_from_network; what is left out is chosen or stays."""

    exp_month: Month | None = None
    exp_year: Year | None = None
    last4: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None


class EvidenceFile(Request):
    """One file of evidence: what it is; its bytes stay with the sender."""

    name: Name
    type: Name
    size: Annotated[int, Field(strict=True, ge=0)]


class EvidenceRequest(Request):
    """POST /v1/disputes/{id}/evidence."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    files: Annotated[list[EvidenceFile], Field(max_length=20)] = []


class DisputeRequest(Request):
    """POST /v1/charges/{id}/dispute; without an amount, all that was captured."""

    amount: Amount | None = None
    reason_code: Code = "10.4"


class ReturnRequest(Request):
    """POST /v1/charges/{id}/return; without a code, the payer disputes the debit."""

    return_code: Code | None = None


class FailRequest(Request):
    """POST /v1/refunds/{id}/fail and /v1/payouts/{id}/fail."""

    code: Code = "account_closed"


class FaultsRequest(Request):
    """POST /v1/faults: what goes wrong from now on; what is left out stays."""

    account: Annotated[str, StringConstraints(max_length=100)] | None = None
    webhooks: Literal["ok", "lost", "duplicated"] | None = None
    answers: Literal["ok", "lost"] | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=DELAY_SECONDS_MAX)] | None = None


class AdvanceRequest(Request):
    """POST /v1/clock."""

    advance_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


RequestType = TypeVar("RequestType", bound=Request)

_CODES = {"missing": "parameter_missing", "extra_forbidden": "parameter_unknown"}


def parse(kind: type[RequestType], fields: Any) -> RequestType:
    """The typed request; refuses with the first parameter at fault, whose value is not echoed."""
    if not isinstance(fields, dict):
        raise GatewayError(400, "invalid_json", "The body is not a JSON object.")
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        code = _CODES.get(first["type"], "parameter_invalid")
        where = [str(part) for part in first["loc"]] or ["body"]
        message = f"{where[-1]}: {first['msg'].removeprefix('Value error, ')}."
        raise GatewayError(400, code, message, ".".join(where)) from None
