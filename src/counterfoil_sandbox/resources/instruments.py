"""Instruments: what is remembered and shown of a card, a wallet or a bank account."""

import hashlib
import hmac
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from counterfoil_sandbox.ids import Ids
from counterfoil_sandbox.instruments.cards import Behaviour
from counterfoil_sandbox.store import Store

Row: TypeAlias = sqlite3.Row | Mapping[str, Any]
_SALT = "fingerprint_salt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """Enough to show it and to behave like it, never its number."""

    kind: str
    behaviour: str
    last4: str
    fingerprint: str
    brand: str = ""
    exp_month: int | None = None
    exp_year: int | None = None
    wallet: str = ""
    scheme: str = ""
    country: str = ""
    holder: str = ""
    return_code: str = ""

    def facts(self) -> dict[str, Any]:
        """Its columns."""
        return {name: getattr(self, name) for name in self.__slots__}


class Instruments:
    """Every instrument that ever came here."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        if store.setting(_SALT) is None:
            store.remember(_SALT, ids.salt())
        self._salt = bytes.fromhex(store.setting(_SALT) or "")

    def add(self, instrument: Instrument) -> int:
        """Keeps one and gives its number."""
        return self._store.insert("instrument", **instrument.facts())

    def row(self, instrument_id: int) -> sqlite3.Row:
        """One instrument's row."""
        row = self._store.one("SELECT * FROM instrument WHERE id = ?", instrument_id)
        assert row is not None
        return row

    def fingerprint(self, number: str) -> str:
        """The same for the same number in one sandbox, and of no use without its salt."""
        return hmac.new(self._salt, number.encode(), hashlib.sha256).hexdigest()[:32]


def behaviour_of(row: Row) -> Behaviour:
    """What the instrument of this row does when it is charged."""
    return Behaviour(row["behaviour"])


def card_of(row: Row) -> dict[str, object] | None:
    """A card as it may be shown, a wallet's card too; none for a bank account."""
    if row["exp_year"] is None:
        return None
    names = ("brand", "last4", "exp_month", "exp_year")
    return {name: row[name] for name in names}


def instrument_of(row: Row) -> dict[str, object]:
    """Any instrument as it may be shown, by its kind."""
    shown: dict[str, object] = {"kind": row["kind"]}
    if row["kind"] == "bank_debit":
        return shown | {name: row[name] for name in ("scheme", "last4", "country", "holder")}
    if row["kind"] == "wallet":
        shown["wallet"] = row["wallet"]
    return shown | (card_of(row) or {})
