"""The gateway's own pages: the payer pays there, later than was asked or never, and in digital
currency as much as they send."""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from counterfoil_sandbox.errors import invalid, not_found
from counterfoil_sandbox.requests import AMOUNT_MAX
from counterfoil_sandbox.resources.charge_rows import OPEN_AMOUNT, SELECT
from counterfoil_sandbox.resources.charges import Charges
from counterfoil_sandbox.resources.ground import Ground

EXPIRED = "page_expired"
CONFIRMING = timedelta(minutes=10)  # what was sent too late has to be confirmed first


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows, and where the payer goes from it."""

    charge_id: str
    kind: str
    status: str
    payee: str
    amount: int
    currency: str
    description: str
    return_url: str
    locale: str
    is_expired: bool

    @property
    def is_open(self) -> bool:
        """Whether the payer decides how much is sent."""
        return self.kind == OPEN_AMOUNT

    @property
    def is_late(self) -> bool:
        """Whether it is too late, and money can still be sent."""
        return self.is_open and self.is_expired


class Pages:
    """The pages on which payers pay."""

    def __init__(self, ground: Ground, charges: Charges) -> None:
        self._ground = ground
        self._charges = charges
        ground.timers.on("page", self._expire)
        ground.timers.on("confirm", self._confirm)

    def get(self, secret: str) -> Page:
        """What stands behind a page's address; 404 for a wrong one."""
        row = self._row(secret)
        return Page(
            charge_id=row["id"],
            kind=row["kind"],
            status=row["status"],
            payee=self._ground.accounts.by_id(row["account_id"]).name,
            amount=row["amount"],
            currency=row["currency"],
            description=row["description"],
            return_url=row["return_url"],
            locale=row["locale"],
            is_expired=row["failure_code"] == EXPIRED,
        )

    def pay(self, secret: str, *, amount: int | None = None) -> None:
        """The payer pays. The first word counts; a later one changes nothing.

        Digital currency is sent by its payer: the charge is over the `amount` that arrives, and
        one that arrives after the page has expired counts too, once it is confirmed. Elsewhere an
        amount is refused.
        """
        with self._ground.store.writing():
            row = self._row(secret)
            is_open = row["kind"] == OPEN_AMOUNT
            if amount is not None and not (is_open and 0 < amount <= AMOUNT_MAX):
                raise invalid("parameter_invalid", "This amount can't be sent here.", "amount")
            found = self.get(secret)
            if found.status != "requires_action" and not found.is_late:
                return
            self._ground.timers.clear("page", row["id"])
            if amount is not None:
                self._ground.store.run(
                    "UPDATE charge SET amount = ? WHERE id = ?", amount, row["id"]
                )
            if found.is_late:
                self._await(row["id"])
            else:
                self._charges.succeed(self._row(secret))

    def leave(self, secret: str) -> None:
        """The payer goes without paying; after another word it changes nothing."""
        with self._ground.store.writing():
            row = self._row(secret)
            if row["status"] == "requires_action":
                self._ground.timers.clear("page", row["id"])
                self._charges.fail(row, "page_left")

    def _await(self, charge_id: str) -> None:
        self._ground.store.run(
            "UPDATE charge SET status = 'processing', failure_code = NULL WHERE id = ?", charge_id
        )
        self._ground.timers.set("confirm", charge_id, self._ground.clock.now() + CONFIRMING)
        self._charges.tell("processing", charge_id)

    def _confirm(self, charge_id: str) -> None:
        self._charges.succeed(self._charges.row(charge_id))

    def _expire(self, charge_id: str) -> None:
        row = self._charges.row(charge_id)
        if row["status"] == "requires_action":
            self._charges.fail(row, EXPIRED)

    def _row(self, secret: str) -> sqlite3.Row:
        row = self._ground.store.one(
            f"{SELECT} WHERE x.challenge = ? AND i.behaviour = 'own_page'", secret
        )
        if row is None:
            raise not_found()
        return row
