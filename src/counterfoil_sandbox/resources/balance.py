"""The balance: every movement of money as one row, and what of it is available when."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from counterfoil_sandbox.resources.ground import Ground

_RUN_AT = time(2, tzinfo=UTC)
TYPES = (
    "charge",
    "refund",
    "refund_reversal",
    "dispute",
    "dispute_reversal",
    "fee",
    "return",
    "payout",
    "payout_reversal",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Money that moves: `gross` as it looks to the account, `fee` what we keep of it."""

    type: str
    source: str
    gross: int
    currency: str
    fee: int = 0
    charge_id: str | None = None
    payout_id: str | None = None
    available_on: date | None = None


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements to list; what is empty does not narrow the list."""

    type: str = ""
    currency: str = ""
    source: str = ""
    charge: str = ""
    payout: str = ""


class Balance:
    """The movements of every account. Their sum is the balance; none is ever changed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def book(self, account_id: str, movement: Movement) -> None:
        """Writes a movement, available today if it names no day, and sees to its payout.

        Called inside the transaction of what moved the money.
        """
        now = self._ground.clock.now()
        available_on = movement.available_on or now.date()
        self._ground.store.insert(
            "balance_transaction",
            id=self._ground.ids.new("txn"),
            account_id=account_id,
            type=movement.type,
            source=movement.source,
            charge_id=movement.charge_id,
            gross=movement.gross,
            fee=movement.fee,
            net=movement.gross - movement.fee,
            currency=movement.currency,
            available_on=available_on.isoformat(),
            payout_id=movement.payout_id,
            created=self._ground.clock.stamp(),
        )
        if movement.payout_id is None:
            weekday = self._ground.settings(account_id).payout_weekday
            self._ground.timers.set("payout", account_id, _next_run(available_on, now, weekday))

    def open_sums(self, account_id: str) -> Sequence[sqlite3.Row]:
        """What is available today and in no payout yet: one row a currency, if it is positive."""
        return self._ground.store.all(
            "SELECT currency, SUM(net) AS net FROM balance_transaction"
            " WHERE account_id = ? AND payout_id IS NULL AND available_on <= ?"
            " GROUP BY currency HAVING SUM(net) > 0 ORDER BY currency",
            account_id,
            self._ground.clock.today().isoformat(),
        )

    def put_into_payout(self, account_id: str, currency: str, payout_id: str) -> None:
        """Everything of `open_sums` in this currency is in this payout from now on."""
        self._ground.store.run(
            "UPDATE balance_transaction SET payout_id = ?"
            " WHERE account_id = ? AND currency = ? AND payout_id IS NULL AND available_on <= ?",
            payout_id,
            account_id,
            currency,
            self._ground.clock.today().isoformat(),
        )

    def body(self, account_id: str) -> Mapping[str, object]:
        """What is available and what is pending, a currency a row; both may be negative."""
        today = self._ground.clock.today().isoformat()
        rows = self._ground.store.all(
            "SELECT currency, SUM(CASE WHEN available_on <= ? THEN net ELSE 0 END) AS available,"
            " SUM(CASE WHEN available_on > ? THEN net ELSE 0 END) AS pending"
            " FROM balance_transaction WHERE account_id = ? GROUP BY currency ORDER BY currency",
            today,
            today,
            account_id,
        )
        return {"data": [dict(row) for row in rows]}

    def page(
        self, account_id: str, wanted: MovementFilter, *, before: str, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Movements, newest first, and the id to go on from.

        Those of a payout are what it pays: their nets add up to it, and its own is not among them.
        """
        select = (
            "SELECT x.*, c.reference, c.customer FROM balance_transaction x"
            " LEFT JOIN charge c ON c.id = x.charge_id"
        )
        narrowed = {
            "x.account_id": account_id,
            "x.type": wanted.type,
            "x.currency": wanted.currency,
            "x.source": wanted.source,
            "x.charge_id": wanted.charge,
            "x.payout_id": wanted.payout,
            "x.type <> ?": "payout" if wanted.payout else "",
        }
        rows, cursor = self._ground.store.page(select, narrowed, before=before, limit=limit)
        return [_body(row) for row in rows], cursor


def _next_run(available_on: date, now: datetime, weekday: int | None) -> datetime:
    """The first payout run that sees a movement: on its day, or the next morning if that is by;
    then the first of this weekday, where payouts are made on one only."""
    run = datetime.combine(available_on, _RUN_AT)
    if run <= now:
        run = datetime.combine(now.date() + timedelta(days=1), _RUN_AT)
    return run if weekday is None else run + timedelta(days=(weekday - run.weekday()) % 7)


def _body(row: sqlite3.Row) -> Mapping[str, object]:
    names = ("id", "type", "gross", "fee", "net", "currency", "available_on", "created", "source")
    shown = {name: row[name] for name in names}
    return shown | {
        "charge": row["charge_id"],
        "reference": row["reference"],
        "customer": row["customer"],
        "payout": row["payout_id"],
    }
