"""Refunds: money that goes back to the payer, never more than is left of its charge."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterfoil_sandbox.clock import working_days_after
from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.instruments.cards import Behaviour
from counterfoil_sandbox.requests import RefundRequest
from counterfoil_sandbox.resources.balance import Balance, Movement
from counterfoil_sandbox.resources.charges import Charges
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.instruments import behaviour_of

STATUSES = ("pending", "succeeded", "failed")
_CARD_FAILS_AFTER_DAYS = 1
FAILURE_MESSAGES = {
    "account_closed": "The payer's account is closed.",
    "declined": "The payer's bank refused the money.",
}
_FAILS_WITH = "declined"


@dataclass(frozen=True, slots=True)
class RefundFilter:
    """Which refunds to list; what is empty does not narrow the list."""

    charge: str = ""
    reference: str = ""
    status: str = ""


class Refunds:
    """Sends money back, and says what became of it."""

    def __init__(self, ground: Ground, charges: Charges, balance: Balance) -> None:
        self._ground = ground
        self._charges = charges
        self._balance = balance
        ground.timers.on("refund", self._settle)
        ground.timers.on("refund_failure", self._fail_late)

    def make(
        self, account_id: str, charge_id: str, request: RefundRequest
    ) -> tuple[Mapping[str, object], bool]:
        """Refunds a charge, whole or in part; True if it is new.

        The reference is unique in its account: the same refund asked for again is given as it
        is, and another one under it is refused (409). Refuses a charge that took no money, and
        more than is left of it: captured, less refunded, in dispute and returned (400).
        """
        self._charges.get(charge_id, account_id)
        known = self._ground.store.one(
            "SELECT * FROM refund WHERE account_id = ? AND reference = ?",
            account_id,
            request.reference,
        )
        if known is not None:
            if known["charge_id"] != charge_id or request.amount not in {None, known["amount"]}:
                raise GatewayError(
                    409, "reference_taken", "Another refund has this reference.", "reference"
                )
            return _body(known), False
        row = self._charges.row(charge_id)
        amount = _amount(row, request.amount)
        refund_id = self._ground.ids.new("re")
        is_debit = row["kind"] == "bank_debit"
        self._ground.store.insert(
            "refund",
            id=refund_id,
            account_id=account_id,
            charge_id=charge_id,
            status="pending",
            amount=amount,
            currency=row["currency"],
            reason=request.reason,
            reference=request.reference,
            created=self._ground.clock.stamp(),
        )
        self._move(charge_id, refund_id, amount)
        if is_debit:
            days = self._ground.settings(account_id).debit_refund_days
            at = working_days_after(self._ground.clock.now(), days)
            self._ground.timers.set("refund", refund_id, at)
        else:
            self._settle(refund_id)
        return self.get(refund_id, account_id), True

    def _move(self, charge_id: str, refund_id: str, amount: int) -> None:
        """Takes the money out of the balance; a negative amount puts it back."""
        self._ground.store.run(
            "UPDATE charge SET amount_refunded = amount_refunded + ? WHERE id = ?",
            amount,
            charge_id,
        )
        row = self._charges.row(charge_id)
        movement = Movement(
            type="refund" if amount > 0 else "refund_reversal",
            source=refund_id,
            charge_id=charge_id,
            gross=-amount,
            currency=row["currency"],
        )
        self._balance.book(row["account_id"], movement)

    def _settle(self, refund_id: str) -> None:
        row = self._row(refund_id)
        if row["status"] != "pending":
            return
        self._ground.store.run("UPDATE refund SET status = 'succeeded' WHERE id = ?", refund_id)
        self._tell("succeeded", refund_id)
        charge = self._charges.row(row["charge_id"])
        if behaviour_of(charge) is Behaviour.REFUND_FAILS:
            at = working_days_after(self._ground.clock.now(), _CARD_FAILS_AFTER_DAYS)
            self._ground.timers.set("refund_failure", refund_id, at)

    def _fail_late(self, refund_id: str) -> None:
        if self._row(refund_id)["status"] != "failed":
            self.fail(refund_id, _FAILS_WITH)

    def fail(self, refund_id: str, code: str) -> Mapping[str, object]:
        """The payer's bank sends a refund back, on its way or after it had succeeded.

        The money is in the balance again and can be refunded again. Refuses a failed one (409).
        """
        row = self._row(refund_id)
        if row["status"] == "failed":
            raise GatewayError(409, "refund_failed_before", "This refund has failed already.")
        if code not in FAILURE_MESSAGES:
            raise invalid("parameter_invalid", "This failure code is not known.", "code")
        self._ground.timers.clear("refund", refund_id)
        self._ground.timers.clear("refund_failure", refund_id)
        self._ground.store.run(
            "UPDATE refund SET status = 'failed', failure_code = ? WHERE id = ?", code, refund_id
        )
        self._move(row["charge_id"], refund_id, -row["amount"])
        self._tell("failed", refund_id)
        return _body(self._row(refund_id))

    def _tell(self, what: str, refund_id: str) -> None:
        row = self._row(refund_id)
        self._ground.events.record(row["account_id"], f"refund.{what}", _body(row))

    def get(self, refund_id: str, account_id: str) -> Mapping[str, object]:
        """One refund; 404 if there is none of this account."""
        row = self._row(refund_id)
        if row["account_id"] != account_id:
            raise not_found()
        return _body(row)

    def page(
        self, account_id: str, wanted: RefundFilter, *, before: str, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Refunds, newest first, and the id to go on from."""
        narrowed = {
            "x.account_id": account_id,
            "x.charge_id": wanted.charge,
            "x.reference": wanted.reference,
            "x.status": wanted.status,
        }
        rows, cursor = self._ground.store.page(
            "SELECT * FROM refund x", narrowed, before=before, limit=limit
        )
        return [_body(row) for row in rows], cursor

    def _row(self, refund_id: str) -> sqlite3.Row:
        row = self._ground.store.one("SELECT * FROM refund WHERE id = ?", refund_id)
        if row is None:
            raise not_found()
        return row


def left_of(charge: sqlite3.Row) -> int:
    """What of a charge can still be refunded; open refunds count as gone."""
    gone = charge["amount_refunded"] + charge["amount_disputed"] + charge["amount_returned"]
    return max(0, int(charge["amount_captured"] - gone))


def _amount(charge: sqlite3.Row, wanted: int | None) -> int:
    if charge["status"] != "succeeded":
        raise invalid("charge_not_refundable", "This charge took no money.", "charge")
    left = left_of(charge)
    if left == 0 or (wanted or 0) > left:
        raise invalid("refund_exceeds_charge", f"No more than {left} is left to refund.", "amount")
    return wanted or left


def _body(row: sqlite3.Row) -> Mapping[str, object]:
    names = ("id", "status", "amount", "currency", "reason", "reference", "created")
    code = row["failure_code"]
    return {name: row[name] for name in names} | {
        "charge": row["charge_id"],
        "failure": None if code is None else {"code": code, "message": FAILURE_MESSAGES[code]},
    }
