"""Disputes: chargebacks of the payer's bank, what is answered to them, and who keeps the money."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from counterfoil_sandbox.clock import rfc3339
from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.requests import DisputeRequest, EvidenceRequest
from counterfoil_sandbox.resources.balance import Balance, Movement
from counterfoil_sandbox.resources.charges import Charges
from counterfoil_sandbox.resources.ground import Ground

STATUSES = ("needs_response", "under_review", "won", "lost")
WINNING, LOSING = "winning_evidence", "losing_evidence"
_OPEN = {"needs_response", "under_review"}
_OF_CARDS = {"card", "wallet"}


@dataclass(frozen=True, slots=True)
class DisputeFilter:
    """Which disputes to list; what is empty does not narrow the list."""

    charge: str = ""
    status: str = ""


class Disputes:
    """Takes the money back, hears the evidence, and decides."""

    def __init__(self, ground: Ground, charges: Charges, balance: Balance) -> None:
        self._ground = ground
        self._charges = charges
        self._balance = balance
        ground.timers.on("dispute", self._open_due)
        ground.timers.on("dispute_decision", self._decide)
        ground.timers.on("dispute_deadline", self._end)

    def _open_due(self, charge_id: str) -> None:
        row = self._charges.row(charge_id)
        if not self._is_disputed(charge_id):
            self._open(row, row["amount_captured"], DisputeRequest().reason_code)

    def open(self, charge_id: str, request: DisputeRequest) -> Mapping[str, object]:
        """The payer's bank takes a charge back now, whole or in part; refunds do not stop it.

        Refuses a charge that took no money or is disputed already, and more than it took.
        """
        row = self._charges.row(charge_id)
        if row["status"] != "succeeded" or row["kind"] not in _OF_CARDS:
            raise GatewayError(409, "charge_not_disputable", "This charge took no card's money.")
        if self._is_disputed(charge_id):
            raise GatewayError(409, "dispute_exists", "This charge is disputed already.")
        amount = request.amount or row["amount_captured"]
        if amount > row["amount_captured"]:
            raise invalid("dispute_exceeds_charge", "The charge took less than that.", "amount")
        self._ground.timers.clear("dispute", charge_id)
        return self._open(row, amount, request.reason_code)

    def _is_disputed(self, charge_id: str) -> bool:
        found = self._ground.store.one("SELECT 1 FROM dispute WHERE charge_id = ?", charge_id)
        return found is not None

    def _open(self, charge: sqlite3.Row, amount: int, reason_code: str) -> Mapping[str, object]:
        settings = self._ground.settings(charge["account_id"])
        due_at = self._ground.clock.now() + timedelta(days=settings.evidence_days)
        dispute_id = self._ground.ids.new("dis")
        self._ground.store.insert(
            "dispute",
            id=dispute_id,
            account_id=charge["account_id"],
            charge_id=charge["id"],
            status="needs_response",
            amount=amount,
            currency=charge["currency"],
            fee=settings.dispute_fee,
            reason_code=reason_code,
            evidence_due_at=rfc3339(due_at),
            created=self._ground.clock.stamp(),
        )
        self._ground.timers.set("dispute_deadline", dispute_id, due_at)
        row = self._row(dispute_id)
        self._move(row, -1)
        return self._tell("opened", dispute_id)

    def _move(self, row: sqlite3.Row, sign: int) -> None:
        """The money and the fee leave the balance (-1), or come back to it (+1)."""
        self._ground.store.run(
            "UPDATE charge SET amount_disputed = amount_disputed + ? WHERE id = ?",
            -sign * row["amount"],
            row["charge_id"],
        )
        source = {"source": row["id"], "charge_id": row["charge_id"], "currency": row["currency"]}
        money = Movement(
            type="dispute" if sign < 0 else "dispute_reversal",
            gross=sign * row["amount"],
            **source,
        )
        self._balance.book(row["account_id"], money)
        if row["fee"]:
            fee = Movement(type="fee", gross=0, fee=-sign * row["fee"], **source)
            self._balance.book(row["account_id"], fee)

    def give_evidence(
        self, dispute_id: str, account_id: str, request: EvidenceRequest
    ) -> Mapping[str, object]:
        """Takes the account's answer, once; the bank looks at it. Refuses a later one (409)."""
        row = self._own(dispute_id, account_id)
        if row["status"] != "needs_response":
            raise GatewayError(409, "dispute_not_open", "The dispute takes no evidence any more.")
        self._ground.store.run(
            "UPDATE dispute SET status = 'under_review', evidence = ? WHERE id = ?",
            request.model_dump_json(),
            dispute_id,
        )
        if WINNING in request.text or LOSING in request.text:
            waits = self._ground.settings(account_id).dispute_review_seconds
            at = self._ground.clock.now() + timedelta(seconds=waits)
            self._ground.timers.set("dispute_decision", dispute_id, at)
        return self._tell("updated", dispute_id)

    def accept(self, dispute_id: str, account_id: str) -> Mapping[str, object]:
        """Gives the dispute up: it is lost. Refuses one that is decided (409)."""
        row = self._own(dispute_id, account_id)
        if row["status"] not in _OPEN:
            raise GatewayError(409, "dispute_not_open", f"The dispute is {row['status']}.")
        return self._close(row, "lost")

    def _decide(self, dispute_id: str) -> None:
        row = self._row(dispute_id)
        if row["status"] in _OPEN:
            self._close(row, "won" if WINNING in row["evidence"] else "lost")

    def _end(self, dispute_id: str) -> None:
        row = self._row(dispute_id)
        if row["status"] in _OPEN:
            self._close(row, "lost")

    def _close(self, row: sqlite3.Row, status: str) -> Mapping[str, object]:
        self._ground.store.run(
            "UPDATE dispute SET status = ?, decided_at = ? WHERE id = ?",
            status,
            self._ground.clock.stamp(),
            row["id"],
        )
        self._ground.timers.clear("dispute_deadline", row["id"])
        self._ground.timers.clear("dispute_decision", row["id"])
        if status == "won":
            self._move(row, +1)
        return self._tell(status, row["id"])

    def _tell(self, what: str, dispute_id: str) -> Mapping[str, object]:
        row = self._row(dispute_id)
        body = _body(row)
        self._ground.events.record(row["account_id"], f"dispute.{what}", body)
        return body

    def get(self, dispute_id: str, account_id: str) -> Mapping[str, object]:
        """One dispute; 404 if there is none of this account."""
        return _body(self._own(dispute_id, account_id))

    def page(
        self, account_id: str, wanted: DisputeFilter, *, before: str, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Disputes, newest first, and the id to go on from."""
        narrowed = {
            "x.account_id": account_id,
            "x.charge_id": wanted.charge,
            "x.status": wanted.status,
        }
        rows, cursor = self._ground.store.page(_SELECT, narrowed, before=before, limit=limit)
        return [_body(row) for row in rows], cursor

    def _own(self, dispute_id: str, account_id: str) -> sqlite3.Row:
        row = self._row(dispute_id)
        if row["account_id"] != account_id:
            raise not_found()
        return row

    def _row(self, dispute_id: str) -> sqlite3.Row:
        row = self._ground.store.one(f"{_SELECT} WHERE x.id = ?", dispute_id)
        if row is None:
            raise not_found()
        return row


_SELECT = "SELECT x.*, c.reference, c.customer FROM dispute x JOIN charge c ON c.id = x.charge_id"


def _body(row: sqlite3.Row) -> Mapping[str, object]:
    names = ("id", "status", "amount", "currency", "fee", "reason_code", "created", "reference")
    evidence = row["evidence"]
    return {name: row[name] for name in names} | {
        "charge": row["charge_id"],
        "customer": row["customer"],
        "evidence_due_at": row["evidence_due_at"],
        "evidence": None if evidence is None else json.loads(evidence),
        "decided_at": row["decided_at"],
    }
