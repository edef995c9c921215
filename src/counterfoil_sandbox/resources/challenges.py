"""Challenges (3-D Secure): the bank asks the payer, and the first answer decides the charge."""

import sqlite3
from dataclasses import dataclass

from counterfoil_sandbox.errors import not_found
from counterfoil_sandbox.resources.charge_rows import SELECT
from counterfoil_sandbox.resources.charges import Charges
from counterfoil_sandbox.resources.ground import Ground


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the bank's page shows, and where the payer goes from it."""

    charge_id: str
    status: str
    payee: str
    amount: int
    currency: str
    brand: str
    last4: str
    description: str
    return_url: str
    locale: str


class Challenges:
    """The questions that banks ask."""

    def __init__(self, ground: Ground, charges: Charges) -> None:
        self._ground = ground
        self._charges = charges
        ground.timers.on("challenge", self._expire)

    def get(self, secret: str) -> Challenge:
        """What stands behind a bank page's address; 404 for a wrong one."""
        row = self._row(secret)
        return Challenge(
            charge_id=row["id"],
            status=row["status"],
            payee=self._ground.accounts.by_id(row["account_id"]).name,
            amount=row["amount"],
            currency=row["currency"],
            brand=row["brand"],
            last4=row["last4"],
            description=row["description"],
            return_url=row["return_url"],
            locale=row["locale"],
        )

    def answer(self, secret: str, *, approve: bool) -> None:
        """The payer's word at the bank. The first one counts; a later one changes nothing."""
        with self._ground.store.writing():
            row = self._row(secret)
            if row["status"] != "requires_action":
                return
            self._ground.timers.clear("challenge", row["id"])
            if approve:
                self._charges.succeed(row)
            else:
                self._charges.fail(row, "authentication_failed")

    def _expire(self, charge_id: str) -> None:
        row = self._charges.row(charge_id)
        if row["status"] == "requires_action":
            self._charges.fail(row, "authentication_expired")

    def _row(self, secret: str) -> sqlite3.Row:
        row = self._ground.store.one(
            f"{SELECT} WHERE x.challenge = ? AND i.behaviour <> 'own_page'", secret
        )
        if row is None:
            raise not_found()
        return row
