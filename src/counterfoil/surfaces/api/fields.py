"""The types of the API's fields: strict on the way in, one notation on the way out."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
)
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

from counterfoil.kernel.clock import rfc3339
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import MINOR_MAX, exponent, parse_decimal

TEXT_MAX = 5000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_CARD = re.compile(r"[0-9]{12,19}")
_BETWEEN_DIGITS = re.compile(r"[\s-]")
_CARD_NUMBER = (
    "This is a card number, which must never be sent here; it was not kept. Nothing was started. "
    "Send the token that the gateway's hosted fields made of the card."
)


class Body(BaseModel):
    """What a caller sends: no field that we don't know, no number that is really a string."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        """No text of ours can hold it, and none is silently changed."""
        if isinstance(value, str) and "\x00" in value:
            raise PydanticCustomError("invalid", "This has characters that can't be taken.")
        return value


class Shown(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


def _currency(value: str) -> str:
    if not _CURRENCY.fullmatch(value):
        raise PydanticCustomError("unknown_currency", "Three capital letters, like EUR.")
    try:
        exponent(value)
    except Refused as error:
        raise PydanticCustomError("unknown_currency", "{why}", {"why": error.message}) from None
    return value


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("not_a_decimal", 'A decimal in a string is wanted, like "12.50".')
    try:
        return parse_decimal(value)
    except Refused as error:
        raise PydanticCustomError("not_a_decimal", "{why}", {"why": error.message}) from None


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("not_a_date", "A date is wanted, like 2026-03-31.")


def no_card_number(value: Any) -> Any:
    """Refuses what a careless caller takes for a source, before anything else looks at it. What
    is said of it never repeats the number."""
    digits = _BETWEEN_DIGITS.sub("", value) if isinstance(value, str) else ""
    if _CARD.fullmatch(digits) and _luhn_holds(digits):
        raise PydanticCustomError("card_number", _CARD_NUMBER)
    return value


def _luhn_holds(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right counts twice."""
    doubled = [sum(divmod(2 * int(one), 10)) for one in digits[-2::-2]]
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def plain(value: Decimal) -> str:
    """A decimal without an exponent and without idle zeros: `2.184`, `20`, `0`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Currency = Annotated[
    str,
    AfterValidator(_currency),
    Field(description="ISO 4217, upper case.", examples=["EUR"]),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[A-Z]{3}$",
            "description": "ISO 4217, upper case.",
            "examples": ["EUR"],
        }
    ),
]
Amount = Annotated[
    int, Field(gt=0, le=MINOR_MAX, description="Minor units of the currency: 1250 is 12.50 EUR.")
]
Minor = Annotated[int, Field(description="Minor units of the currency.")]
DecimalText = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d{1,20}(\.\d{1,10})?$", "examples": ["12.50"]}
    ),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-31"]}),
]
Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-03-31T09:30:00.000Z"]}
    ),
]
Text = Annotated[str, Field(max_length=TEXT_MAX)]


def left_out() -> Any:
    """The default of a field that may be left out of a change, but not be null."""
    return Field(default=None)


def reference(prefix: str, of: str) -> Any:
    """The type of an id of one kind; that it exists is asked later."""
    return WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{prefix}_[0-9a-hjkmnp-tv-z]{{26}}$",
            "description": f"The id of {of}.",
            "examples": [f"{prefix}_01kat8fh6jfx8v8tz8n5wd4q2c"],
        }
    )


CustomerId = Annotated[str, Field(max_length=80), reference("cus", "a customer")]
InvoiceId = Annotated[str, Field(max_length=80), reference("inv", "an invoice")]
LineId = Annotated[str, Field(max_length=80), reference("line", "a line of an invoice")]
CreditNoteId = Annotated[str, Field(max_length=80), reference("cn", "a credit note")]
PaymentId = Annotated[str, Field(max_length=80), reference("pay", "a payment")]
PaymentMethodId = Annotated[str, Field(max_length=80), reference("pm", "a saved method")]
RefundId = Annotated[str, Field(max_length=80), reference("ref", "a refund")]
GatewayId = Annotated[str, Field(max_length=80), reference("gwa", "a gateway account")]
MandateId = Annotated[str, Field(max_length=80), reference("mdt", "a mandate")]
ChargebackId = Annotated[str, Field(max_length=80), reference("dis", "a chargeback")]
EventId = Annotated[str, Field(max_length=80), reference("evt", "an event")]
EntryId = Annotated[str, Field(max_length=80), reference("je", "a journal entry")]
