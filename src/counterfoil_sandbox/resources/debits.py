"""Bank debits after they were submitted: settled, sent back, or sent back long after."""

from collections.abc import Mapping

from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.instruments.cards import Behaviour
from counterfoil_sandbox.instruments.returns import DISPUTED_BY_SCHEME, RETURN_REASONS
from counterfoil_sandbox.resources.balance import Balance, Movement
from counterfoil_sandbox.resources.charges import Charges
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.instruments import behaviour_of
from counterfoil_sandbox.resources.mandates import Mandates


class Debits:
    """What banks say about debits, days later."""

    def __init__(
        self, ground: Ground, charges: Charges, mandates: Mandates, balance: Balance
    ) -> None:
        self._ground = ground
        self._charges = charges
        self._mandates = mandates
        self._balance = balance
        ground.timers.on("settle", self._settle)
        ground.timers.on("late_return", self._return_late)

    def _settle(self, charge_id: str) -> None:
        row = self._charges.row(charge_id)
        if row["status"] != "processing":
            return
        if behaviour_of(row) is Behaviour.RETURNED:
            self._send_back(charge_id, row["bank_code"])
        else:
            self._charges.succeed(row)

    def _return_late(self, charge_id: str) -> None:
        row = self._charges.row(charge_id)
        if row["status"] == "succeeded" and row["returned_at"] is None:
            self._send_back(charge_id, row["bank_code"])

    def send_back(self, charge_id: str, return_code: str | None) -> Mapping[str, object]:
        """The bank sends a debit back now, on its way or long after it was paid.

        Without a code, the payer disputes it. Refuses what is no debit and what came back before.
        """
        row = self._charges.row(charge_id)
        if row["kind"] != "bank_debit":
            raise not_found("There is no such debit.")
        code = return_code or DISPUTED_BY_SCHEME[row["scheme"]]
        if code not in RETURN_REASONS:
            raise invalid("parameter_invalid", "This return code is not known.", "return_code")
        if row["status"] not in {"processing", "succeeded"} or row["returned_at"]:
            raise GatewayError(409, "charge_not_returnable", "This debit can't come back.")
        self._ground.timers.clear("settle", charge_id)
        self._send_back(charge_id, code)
        return self._charges.get(charge_id)

    def _send_back(self, charge_id: str, code: str) -> None:
        row = self._charges.row(charge_id)
        self._mandates.end_after_return(row["mandate_id"], code)
        if row["status"] == "processing":
            self._charges.fail(row, RETURN_REASONS[code].failure_code, code)
            return
        self._ground.store.run(
            "UPDATE charge SET amount_returned = amount, returned_at = ?, return_code = ?"
            " WHERE id = ?",
            self._ground.clock.stamp(),
            code,
            charge_id,
        )
        account_id, fee = row["account_id"], self._ground.settings(row["account_id"]).return_fee
        taken_back = Movement(
            type="return",
            source=charge_id,
            charge_id=charge_id,
            gross=-row["amount"],
            fee=fee,
            currency=row["currency"],
        )
        self._balance.book(account_id, taken_back)
        self._charges.tell("returned", charge_id)
