"""Charges: the money that this provider really moved, and every state on the way there."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from counterfoil_sandbox.clock import rfc3339, working_days_after
from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.instruments.cards import Behaviour, is_expired
from counterfoil_sandbox.requests import ChargeRequest
from counterfoil_sandbox.resources import charge_rows
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.balance import Balance, Movement
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.instruments import behaviour_of
from counterfoil_sandbox.resources.methods import Methods, Saving
from counterfoil_sandbox.resources.sources import Sources
from counterfoil_sandbox.store import Value

CHALLENGE_LASTS = timedelta(minutes=30)
OFF_SESSION_CHALLENGE_LASTS = timedelta(days=1)
STATUSES = ("processing", "requires_action", "succeeded", "failed", "cancelled")
_SECRETS = {"challenge": "tds", "page": "page"}  # how the address of each page begins
_DECLINES = {
    Behaviour.CARD_DECLINED,
    Behaviour.INSUFFICIENT_FUNDS,
    Behaviour.EXPIRED_CARD,
    Behaviour.INCORRECT_CVC,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which charges to list; what is empty does not narrow the list."""

    account_id: str = ""
    customer: str = ""
    reference: str = ""
    status: str = ""
    before: str = ""


class Charges:
    """Takes charges up, decides them, and says what became of them."""

    def __init__(
        self, ground: Ground, sources: Sources, methods: Methods, balance: Balance
    ) -> None:
        self._ground = ground
        self._sources = sources
        self._methods = methods
        self._balance = balance
        self.public_url = ""

    def begin(self, account: Account, request: ChargeRequest) -> str:
        """Takes a charge up as `processing` and gives its id.

        Refuses a source that can't be charged, and a return address off the account's origins.
        """
        _check_return_url(account, request.return_url)
        charge_id = self._ground.ids.new("ch")
        source = self._sources.take(account.id, request, charge_id)
        self._ground.store.insert(
            "charge",
            id=charge_id,
            account_id=account.id,
            instrument_id=source.instrument_id,
            method_id=source.method_id,
            mandate_id=source.mandate_id,
            status="processing",
            is_running=1,
            amount=request.amount,
            currency=request.currency,
            customer=request.customer,
            reference=request.reference,
            description=request.description,
            return_url=request.return_url,
            locale=request.locale,
            off_session=int(request.off_session),
            saves=int(request.save),
            created=self._ground.clock.stamp(),
        )
        return charge_id

    def finish(self, charge_id: str) -> tuple[Mapping[str, object], bool]:
        """Decides a charge by its instrument and tells of it.

        Gives what came of it, and whether this instrument's answers get lost.
        """
        row = self.row(charge_id)
        body = self._decide(row) if row["is_running"] else self._full(row)
        return body, behaviour_of(row) is Behaviour.ANSWER_LOST

    def _decide(self, row: sqlite3.Row) -> Mapping[str, object]:
        behaviour = behaviour_of(row)
        if row["kind"] == "bank_debit":
            return self._submit(row)
        if behaviour is Behaviour.OWN_PAGE:
            return self._ask(row, "page", CHALLENGE_LASTS)
        refusal = self._refusal(row, behaviour)
        if refusal:
            return self.fail(row, refusal)
        if behaviour is Behaviour.AUTHENTICATION:
            lasts = OFF_SESSION_CHALLENGE_LASTS if row["off_session"] else CHALLENGE_LASTS
            return self._ask(row, "challenge", lasts)
        return self.succeed(row)

    def _refusal(self, row: sqlite3.Row, behaviour: Behaviour) -> str:
        """Why a card's bank says no; empty if it does not."""
        if is_expired(row["exp_month"], row["exp_year"], self._ground.clock.now()):
            return "expired_card"
        if behaviour in _DECLINES:
            return behaviour.value
        is_later = behaviour is Behaviour.DECLINED_LATER and row["method_id"] is not None
        return "card_declined" if is_later else ""

    def _ask(self, row: sqlite3.Row, kind: str, lasts: timedelta) -> Mapping[str, object]:
        """The payer is asked on a page of their bank (`challenge`) or of ours (`page`)."""
        self._ground.store.run(
            "UPDATE charge SET status = 'requires_action', is_running = 0, challenge = ?"
            " WHERE id = ?",
            self._ground.ids.new(_SECRETS[kind]),
            row["id"],
        )
        self._ground.timers.set(kind, row["id"], self._ground.clock.now() + lasts)
        return self.get(row["id"])

    def _submit(self, row: sqlite3.Row) -> Mapping[str, object]:
        """A debit goes to the bank: the answer comes days later."""
        now = self._ground.clock.now()
        settings = self._ground.settings(row["account_id"])
        settles_at = working_days_after(now, settings.settlement_days(row["scheme"]))
        until = min(now + timedelta(minutes=settings.debit_cutoff_minutes), settles_at)
        self._ground.store.run(
            "UPDATE charge SET is_running = 0, settles_at = ?, cancellable_until = ? WHERE id = ?",
            rfc3339(settles_at),
            rfc3339(until),
            row["id"],
        )
        self._ground.timers.set("settle", row["id"], settles_at)
        self._save_method(row)
        return self.get(row["id"])

    def succeed(self, row: sqlite3.Row) -> Mapping[str, object]:
        """The money is taken: into the balance, less its fee."""
        now = self._ground.clock.now()
        settings = self._ground.settings(row["account_id"])
        self._ground.store.run(
            "UPDATE charge SET status = 'succeeded', is_running = 0, failure_code = NULL,"
            " amount_captured = amount WHERE id = ?",
            row["id"],
        )
        is_debit = row["kind"] == "bank_debit"
        days = 0 if is_debit else settings.card_available_days
        movement = Movement(
            type="charge",
            source=row["id"],
            charge_id=row["id"],
            gross=row["amount"],
            fee=settings.charge_fee(row["kind"], row["amount"]),
            currency=row["currency"],
            available_on=working_days_after(now, days).date(),
        )
        self._balance.book(row["account_id"], movement)
        behaviour = behaviour_of(row)
        if behaviour is Behaviour.DISPUTED:
            waits = timedelta(seconds=settings.dispute_delay_seconds)
            self._ground.timers.set("dispute", row["id"], now + waits)
        if behaviour is Behaviour.RETURNED_LATE:
            at = working_days_after(now, settings.late_return_days)
            self._ground.timers.set("late_return", row["id"], at)
        if not is_debit:
            self._save_method(row)
        return self.tell("succeeded", row["id"])

    def _save_method(self, row: sqlite3.Row) -> None:
        if row["saves"] and row["method_id"] is None:
            saving = Saving(
                row["account_id"], row["customer"], row["instrument_id"], row["mandate_id"]
            )
            self._ground.store.run(
                "UPDATE charge SET method_id = ? WHERE id = ?",
                self._methods.save(saving),
                row["id"],
            )

    def fail(
        self, row: sqlite3.Row, failure_code: str, return_code: str | None = None
    ) -> Mapping[str, object]:
        """No money was taken, for this reason."""
        self._ground.store.run(
            "UPDATE charge SET status = 'failed', is_running = 0, failure_code = ?,"
            " return_code = ? WHERE id = ?",
            failure_code,
            return_code,
            row["id"],
        )
        return self.tell("failed", row["id"])

    def cancel(self, charge_id: str, account_id: str) -> Mapping[str, object]:
        """Calls a charge back that is not settled yet; again changes nothing.

        Refuses a debit that is on its way to the bank, and every charge that is decided (409).
        """
        row = self._own(charge_id, account_id)
        if row["status"] == "cancelled":
            return self.get(charge_id)
        until = row["cancellable_until"] or ""
        is_early = row["status"] == "processing" and self._ground.clock.stamp() < until
        if not is_early and row["status"] != "requires_action":
            raise GatewayError(
                409, "charge_not_cancellable", "The charge can't be called back any more."
            )
        self._ground.store.run("UPDATE charge SET status = 'cancelled' WHERE id = ?", charge_id)
        self._ground.timers.clear("settle", charge_id)
        for kind in _SECRETS:
            self._ground.timers.clear(kind, charge_id)
        return self.tell("cancelled", charge_id)

    def tell(self, what: str, charge_id: str) -> Mapping[str, object]:
        """Writes the event `charge.<what>` and gives the charge as it is told."""
        row = self.row(charge_id)
        is_lost = behaviour_of(row) is Behaviour.ANSWER_LOST
        subject = self._full(row)
        self._ground.events.record(row["account_id"], f"charge.{what}", subject, is_lost=is_lost)
        return subject

    def _full(self, row: sqlite3.Row) -> Mapping[str, object]:
        return charge_rows.full(row, self.public_url)

    def get(self, charge_id: str, account_id: str | None = None) -> Mapping[str, object]:
        """The whole charge; 404 if there is none, or none of this account."""
        row = self.row(charge_id) if account_id is None else self._own(charge_id, account_id)
        return self._full(row)

    def row(self, charge_id: str) -> sqlite3.Row:
        """The charge's row with its instrument; 404 without."""
        return charge_rows.charge_row(self._ground.store, charge_id)

    def _own(self, charge_id: str, account_id: str) -> sqlite3.Row:
        row = self.row(charge_id)
        if row["account_id"] != account_id:
            raise not_found()
        return row

    def list(
        self, wanted: Filter, limit: int, *, brief: bool
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Charges, newest first, and the id to go on from; in brief, no more than the money."""
        narrowed: dict[str, Value] = {
            f"x.{column}": getattr(wanted, column)
            for column in ("account_id", "customer", "reference", "status")
        }
        rows, cursor = self._ground.store.page(
            charge_rows.SELECT, narrowed, before=wanted.before, limit=limit
        )
        if brief:
            return [charge_rows.brief(row) for row in rows], cursor
        return [self._full(row) for row in rows], cursor


def _check_return_url(account: Account, url: str) -> None:
    if not url:
        return
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}".lower() not in account.origins:
        raise invalid(
            "return_url_not_allowed",
            "The return address is not on an origin of this account.",
            "return_url",
        )
