"""Payouts: every morning, what is available goes to the account's bank, a currency at a time."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from counterfoil_sandbox.clock import working_days_after
from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.resources.balance import Balance, Movement
from counterfoil_sandbox.resources.ground import Ground

STATUSES = ("in_transit", "paid", "failed")
FAILURE_MESSAGES = {
    "account_closed": "The bank account is closed.",
    "declined": "The bank refused the transfer.",
}
_ARRIVES_AT = time(6, tzinfo=UTC)
_MARK_LENGTH = 8


@dataclass(frozen=True, slots=True)
class PayoutFilter:
    """Which payouts to list; what is empty does not narrow the list."""

    status: str = ""
    currency: str = ""
    statement_descriptor: str = ""


class Payouts:
    """Makes payouts by the clock. A negative balance waits until later money covers it."""

    def __init__(self, ground: Ground, balance: Balance) -> None:
        self._ground = ground
        self._balance = balance
        ground.timers.on("payout", self._run)
        ground.timers.on("payout_arrival", self._arrive)

    def _run(self, account_id: str) -> None:
        for row in self._balance.open_sums(account_id):
            self._make(account_id, row["currency"], row["net"])

    def _make(self, account_id: str, currency: str, amount: int) -> None:
        settings = self._ground.settings(account_id)
        now = self._ground.clock.now()
        arrival = working_days_after(now, settings.payout_days).date()
        payout_id = self._ground.ids.new("po")
        mark = payout_id[-_MARK_LENGTH:].upper()
        self._ground.store.insert(
            "payout",
            id=payout_id,
            account_id=account_id,
            status="in_transit",
            amount=amount,
            currency=currency,
            arrival_date=arrival.isoformat(),
            statement_descriptor=f"{settings.statement_descriptor} {mark}",
            created=self._ground.clock.stamp(),
        )
        self._balance.put_into_payout(account_id, currency, payout_id)
        self._move(account_id, payout_id, currency, -amount)
        self._ground.timers.set(
            "payout_arrival", payout_id, max(now, datetime.combine(arrival, _ARRIVES_AT))
        )
        self._tell("created", payout_id)

    def _move(self, account_id: str, payout_id: str, currency: str, amount: int) -> None:
        movement = Movement(
            type="payout" if amount < 0 else "payout_reversal",
            source=payout_id,
            gross=amount,
            currency=currency,
            payout_id=payout_id if amount < 0 else None,
        )
        self._balance.book(account_id, movement)

    def _arrive(self, payout_id: str) -> None:
        if self._row(payout_id)["status"] == "in_transit":
            self._ground.store.run("UPDATE payout SET status = 'paid' WHERE id = ?", payout_id)
            self._tell("paid", payout_id)

    def fail(self, payout_id: str, code: str) -> Mapping[str, object]:
        """The bank sends a payout back; its money goes with the next one.

        Refuses one that is not in transit any more (409).
        """
        row = self._row(payout_id)
        if row["status"] != "in_transit":
            raise GatewayError(409, "payout_not_in_transit", f"The payout is {row['status']}.")
        if code not in FAILURE_MESSAGES:
            raise invalid("parameter_invalid", "This failure code is not known.", "code")
        self._ground.store.run(
            "UPDATE payout SET status = 'failed', failure_code = ? WHERE id = ?", code, payout_id
        )
        self._ground.timers.clear("payout_arrival", payout_id)
        self._move(row["account_id"], payout_id, row["currency"], row["amount"])
        self._tell("failed", payout_id)
        return _body(self._row(payout_id))

    def _tell(self, what: str, payout_id: str) -> None:
        row = self._row(payout_id)
        self._ground.events.record(row["account_id"], f"payout.{what}", _body(row))

    def get(self, payout_id: str, account_id: str) -> Mapping[str, object]:
        """One payout; 404 if there is none of this account."""
        row = self._row(payout_id)
        if row["account_id"] != account_id:
            raise not_found()
        return _body(row)

    def page(
        self, account_id: str, wanted: PayoutFilter, *, before: str, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Payouts, newest first, and the id to go on from."""
        narrowed = {
            "x.account_id": account_id,
            "x.status": wanted.status,
            "x.currency": wanted.currency,
            "x.statement_descriptor": wanted.statement_descriptor,
        }
        rows, cursor = self._ground.store.page(
            "SELECT * FROM payout x", narrowed, before=before, limit=limit
        )
        return [_body(row) for row in rows], cursor

    def _row(self, payout_id: str) -> sqlite3.Row:
        row = self._ground.store.one("SELECT * FROM payout WHERE id = ?", payout_id)
        if row is None:
            raise not_found()
        return row


def _body(row: sqlite3.Row) -> Mapping[str, object]:
    names = (
        "id",
        "status",
        "amount",
        "currency",
        "arrival_date",
        "statement_descriptor",
        "created",
    )
    code = row["failure_code"]
    return {name: row[name] for name in names} | {
        "failure": None if code is None else {"code": code, "message": FAILURE_MESSAGES[code]}
    }
