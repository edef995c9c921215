"""Saved methods: a card, or a bank account with its mandate, that may be charged again."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterfoil_sandbox.errors import invalid, not_found
from counterfoil_sandbox.requests import MethodRequest, NetworkUpdateRequest
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.instruments import (
    Instrument,
    Instruments,
    card_of,
    instrument_of,
)
from counterfoil_sandbox.resources.mandates import Mandates
from counterfoil_sandbox.resources.tokens import Tokens
from counterfoil_sandbox.store import Value

_RENEWED_YEARS = 3
_SELECT = (
    "SELECT x.*, i.kind, i.behaviour, i.brand, i.last4, i.exp_month, i.exp_year, i.wallet,"
    " i.scheme, i.country, i.holder FROM method x JOIN instrument i ON i.id = x.instrument_id"
)


@dataclass(frozen=True, slots=True)
class Saving:
    """What is saved: an instrument, for a customer, under a mandate if it is a bank account."""

    account_id: str
    customer: str
    instrument_id: int
    mandate_id: str | None


class Methods:
    """Keeps methods until their owner takes them away."""

    def __init__(
        self, ground: Ground, instruments: Instruments, tokens: Tokens, mandates: Mandates
    ) -> None:
        self._ground = ground
        self._instruments = instruments
        self._tokens = tokens
        self._mandates = mandates

    def make(self, account_id: str, request: MethodRequest) -> Mapping[str, object]:
        """Saves what a token stands for, and spends the token.

        Refuses an unknown or spent token, and a bank account without an active mandate.
        """
        token = self._tokens.unused(request.token, account_id, "token")
        mandate_id = None
        if token["kind"] == "bank_debit":
            mandate_id = self._mandates.active_for_token(request.token, "token")
        saving = Saving(account_id, request.customer, token["instrument_id"], mandate_id)
        method_id = self.save(saving)
        self._tokens.spend(request.token, method_id)
        return self.get(method_id, account_id)

    def save(self, saving: Saving) -> str:
        """Writes the method and tells of it; called inside the transaction of its cause."""
        method_id = self._ground.ids.new("pm")
        stamp = self._ground.clock.stamp()
        self._ground.store.insert(
            "method",
            id=method_id,
            account_id=saving.account_id,
            instrument_id=saving.instrument_id,
            mandate_id=saving.mandate_id,
            customer=saving.customer,
            created=stamp,
            updated=stamp,
        )
        self._tell("created", method_id)
        return method_id

    def chargeable(self, method_id: str, account_id: str, customer: str) -> sqlite3.Row:
        """The method's row for a charge; refuses unknown, deleted and other customers' methods."""
        row = self._ground.store.one(f"{_SELECT} WHERE x.id = ?", method_id)
        if row is None or row["account_id"] != account_id or row["deleted_at"]:
            raise invalid("method_unknown", "There is no such saved method.", "source")
        if row["customer"] != customer:
            raise invalid("method_of_another", "The method is another customer's.", "customer")
        return row

    def delete(self, method_id: str, account_id: str) -> Mapping[str, object]:
        """Takes the method away: it is listed no more and can't be charged. Its mandate stays."""
        self.get(method_id, account_id)
        self._ground.store.run(
            "UPDATE method SET deleted_at = ? WHERE id = ?", self._ground.clock.stamp(), method_id
        )
        self._tell("deleted", method_id)
        return {"id": method_id, "deleted": True}

    def update_from_network(
        self, method_id: str, request: NetworkUpdateRequest
    ) -> Mapping[str, object]:
        """The card was renewed: a later expiry, and a new number if one is given.

        Older charges keep the card they were made with. Refuses a bank account.
        """
        row = self._row(method_id)
        if row["exp_year"] is None:
            raise invalid("method_not_card", "Only cards are renewed by their network.", "method")
        old = self._instruments.row(row["instrument_id"])
        values = {name: old[name] for name in Instrument.__slots__} | {
            "exp_month": request.exp_month or old["exp_month"],
            "exp_year": request.exp_year or self._ground.clock.now().year + _RENEWED_YEARS,
            "last4": request.last4 or old["last4"],
        }
        self._ground.store.run(
            "UPDATE method SET instrument_id = ?, updated = ? WHERE id = ?",
            self._instruments.add(Instrument(**values)),
            self._ground.clock.stamp(),
            method_id,
        )
        self._tell("updated", method_id)
        return _body(self._row(method_id))

    def _tell(self, what: str, method_id: str) -> None:
        row = self._ground.store.one(f"{_SELECT} WHERE x.id = ?", method_id)
        assert row is not None
        self._ground.events.record(row["account_id"], f"method.{what}", _body(row))

    def get(self, method_id: str, account_id: str) -> Mapping[str, object]:
        """One method; 404 if there is none of this account, or no longer."""
        row = self._row(method_id)
        if row["account_id"] != account_id:
            raise not_found()
        return _body(row)

    def page(
        self, account_id: str, customer: str, *, before: str, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Methods that can be charged, newest first, and the id to go on from."""
        narrowed: dict[str, Value] = {
            "x.account_id": account_id,
            "x.customer": customer,
            "(x.deleted_at IS NULL) = ?": 1,
        }
        rows, cursor = self._ground.store.page(_SELECT, narrowed, before=before, limit=limit)
        return [_body(row) for row in rows], cursor

    def _row(self, method_id: str) -> sqlite3.Row:
        row = self._ground.store.one(f"{_SELECT} WHERE x.id = ?", method_id)
        if row is None or row["deleted_at"]:
            raise not_found()
        return row


def _body(row: sqlite3.Row) -> Mapping[str, object]:
    names = ("id", "kind", "customer", "created", "updated")
    return {name: row[name] for name in names} | {
        "card": card_of(row),
        "instrument": instrument_of(row),
        "mandate": row["mandate_id"],
    }
