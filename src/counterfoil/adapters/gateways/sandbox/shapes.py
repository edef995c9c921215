"""The shapes that the sandbox gateway's objects are made of, checked while they are read (pure)."""

from datetime import date, datetime
from typing import Any

from counterfoil.adapters.answers import Unreadable, text
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import Instrument, MethodKind

PAGES = frozenset({MethodKind.BANK_REDIRECT, MethodKind.DIGITAL_CURRENCY})
"""The methods that are paid on a page of the gateway."""


def rows(body: Any) -> list[Any]:
    """The rows of a list."""
    found = body.get("data") if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise Unreadable("not a list")
    return found


def day(value: Any) -> date:
    """The day of a moment, in the gateway's own time (UTC)."""
    moment = datetime.fromisoformat(text(value))
    if moment.tzinfo is None:
        raise Unreadable("a moment without a time zone")
    return moment.date()


def refused(error: Any) -> tuple[str, str]:
    """Code and message of a refusal."""
    try:
        return text(error["error"]["code"]), text(error["error"]["message"])
    except (KeyError, TypeError) as found:
        raise Unreadable("not a refusal") from found


def instrument_of(shown: Any) -> Instrument:
    """What pays, of any kind: a card, a wallet with its card, a bank account."""
    kind = text(shown["kind"])
    if kind == "bank_debit":
        return Instrument(
            kind,
            brand=text(shown["scheme"]),
            last4=text(shown["last4"]),
            country=text(shown["country"]),
            holder=text(shown["holder"]),
        )
    if kind in PAGES:
        return Instrument(kind)
    if kind not in ("card", "wallet"):
        raise Unreadable("an instrument of no known kind")
    return Instrument(
        kind,
        brand=_brand(kind, shown),
        last4=text(shown["last4"]),
        exp_month=_number(shown["exp_month"]),
        exp_year=_number(shown["exp_year"]),
    )


def _brand(kind: str, shown: Any) -> str:
    """A wallet is named with the card behind it: `google_pay:visa`."""
    brand = text(shown["brand"])
    return f"{text(shown['wallet'])}:{brand}" if kind == "wallet" else brand


def method_of(method: Any, *, is_removed: bool = False) -> SavedMethod:
    """What a method object tells; `Unreadable` if a part is missing or odd."""
    try:
        return SavedMethod(
            text(method["id"]),
            instrument_of(method["instrument"]),
            method["mandate"] or "",
            is_removed,
        )
    except (KeyError, TypeError) as error:
        raise Unreadable("not a method") from error


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable("not a number")
    return value
