"""Charges: the money that this gateway really moved, and every state on the way there."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlsplit

from counterfoil_sandbox.cards import FAILURE_MESSAGES, Behaviour
from counterfoil_sandbox.clock import Clock, rfc3339
from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.ids import new_id
from counterfoil_sandbox.requests import ChargeRequest
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.events import Events
from counterfoil_sandbox.resources.faults import Faults
from counterfoil_sandbox.resources.tokens import Tokens
from counterfoil_sandbox.store import Store, Value

CHALLENGE_LASTS = timedelta(minutes=30)
STATUSES = ("processing", "requires_action", "succeeded", "failed")
_JOINED = (
    "SELECT c.*, t.behaviour, t.brand, t.last4, t.exp_month, t.exp_year"
    " FROM charge c JOIN token t ON t.id = c.token_id"
)
_DECLINES = {
    Behaviour.CARD_DECLINED,
    Behaviour.INSUFFICIENT_FUNDS,
    Behaviour.EXPIRED_CARD,
    Behaviour.INCORRECT_CVC,
}


@dataclass(frozen=True, slots=True)
class Begun:
    """A charge that was taken up, or the stored answer of an earlier call with the same key."""

    charge_id: str
    replay: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer to give (JSON), and whether it is to be lost on the way."""

    answer: str
    is_lost: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Which charges to list; what is empty does not narrow the list."""

    account_id: str = ""
    customer: str = ""
    reference: str = ""
    status: str = ""
    before: str = ""


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


class Charges:
    """Takes charges up, decides them, and says what became of them."""

    def __init__(
        self, store: Store, clock: Clock, tokens: Tokens, events: Events, faults: Faults
    ) -> None:
        self._store = store
        self._clock = clock
        self._tokens = tokens
        self._events = events
        self._faults = faults
        self.public_url = ""

    def begin(self, account: Account, key: str, request: ChargeRequest) -> Begun:
        """Takes a charge up as `processing`, once per idempotency key.

        Refuses the same key with another body and a key whose charge is still running (409),
        an unknown or spent token, and a return address off the account's origins (400).
        """
        digest = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
        with self._store.writing():
            known = self._store.one(
                "SELECT * FROM idempotency_key WHERE account_id = ? AND key = ?", account.id, key
            )
            if known is not None:
                return _replay(known, digest)
            _check_return_url(account, request.return_url)
            charge_id = new_id("ch")
            self._tokens.use(request.source, account.id, charge_id)
            self._insert(charge_id, account, request)
            self._store.insert(
                "idempotency_key",
                account_id=account.id,
                key=key,
                body_hash=digest,
                charge_id=charge_id,
            )
        return Begun(charge_id)

    def _insert(self, charge_id: str, account: Account, request: ChargeRequest) -> None:
        self._store.insert(
            "charge",
            id=charge_id,
            account_id=account.id,
            token_id=request.source,
            status="processing",
            amount=request.amount,
            currency=request.currency,
            customer=request.customer,
            reference=request.reference,
            description=request.description,
            return_url=request.return_url,
            locale=request.locale,
            created=self._clock.stamp(),
        )

    def finish(self, charge_id: str) -> Finished:
        """Decides a charge by its card, tells of it, and stores the answer under its key."""
        with self._store.writing():
            row = self._row("c.id = ?", charge_id)
            behaviour = Behaviour(row["behaviour"])
            if row["status"] == "processing":
                self._decide(row, behaviour)
            answer = json.dumps(self.get(charge_id), ensure_ascii=False)
            self._store.run(
                "UPDATE idempotency_key SET answer = ? WHERE charge_id = ?", answer, charge_id
            )
        faulty = self._faults.of(row["account_id"]).answers == "lost"
        return Finished(answer, is_lost=faulty or behaviour is Behaviour.ANSWER_LOST)

    def _decide(self, row: sqlite3.Row, behaviour: Behaviour) -> None:
        if behaviour in _DECLINES:
            self._close(row, "failed", behaviour.value)
        elif behaviour is Behaviour.AUTHENTICATION:
            ends = rfc3339(self._clock.now() + CHALLENGE_LASTS)
            self._store.run(
                "UPDATE charge SET status = 'requires_action', challenge = ?, challenge_ends = ?"
                " WHERE id = ?",
                new_id("tds"),
                ends,
                row["id"],
            )
        else:
            self._close(row, "succeeded", None)

    def _close(self, row: sqlite3.Row, status: str, failure_code: str | None) -> None:
        self._store.run(
            "UPDATE charge SET status = ?, failure_code = ? WHERE id = ?",
            status,
            failure_code,
            row["id"],
        )
        is_lost = row["behaviour"] == Behaviour.ANSWER_LOST
        webhooks = "lost" if is_lost else self._faults.of(row["account_id"]).webhooks
        subject = self.get(row["id"])
        self._events.record(row["account_id"], f"charge.{status}", subject, webhooks)

    def finish_interrupted(self) -> int:
        """Decides what a dead process left `processing`; gives how many."""
        rows = self._store.all("SELECT id FROM charge WHERE status = 'processing'")
        for row in rows:
            self.finish(row["id"])
        return len(rows)

    def challenge(self, secret: str) -> Challenge:
        """What stands behind a bank page's address; 404 for a wrong one."""
        self.expire_challenges()
        row = self._row("c.challenge = ?", secret)
        payee = self._store.one("SELECT name FROM account WHERE id = ?", row["account_id"])
        return Challenge(
            charge_id=row["id"],
            status=row["status"],
            payee="" if payee is None else payee["name"],
            amount=row["amount"],
            currency=row["currency"],
            brand=row["brand"],
            last4=row["last4"],
            description=row["description"],
            return_url=row["return_url"],
            locale=row["locale"],
        )

    def answer_challenge(self, secret: str, *, approve: bool) -> None:
        """The payer's word at the bank. The first one counts; a later one changes nothing."""
        self.expire_challenges()
        with self._store.writing():
            row = self._row("c.challenge = ?", secret)
            if row["status"] != "requires_action":
                return
            if approve:
                self._close(row, "succeeded", None)
            else:
                self._close(row, "failed", "authentication_failed")

    def expire_challenges(self) -> None:
        """Fails the charges whose payer did not answer the bank within half an hour."""
        with self._store.writing():
            rows = self._store.all(
                _JOINED + " WHERE c.status = 'requires_action' AND c.challenge_ends <= ?",
                self._clock.stamp(),
            )
            for row in rows:
                self._close(row, "failed", "authentication_expired")

    def get(self, charge_id: str, account_id: str | None = None) -> Mapping[str, object]:
        """The whole charge; 404 if there is none, or none of this account."""
        row = self._row("c.id = ?", charge_id)
        if account_id not in {None, row["account_id"]}:
            raise not_found()
        return self._full(row)

    def list(
        self, wanted: Filter, limit: int, *, brief: bool
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Charges, newest first, and the id to go on from; `brief` shows seven fields only."""
        self.expire_challenges()
        where: list[str] = []
        values: list[Value] = []
        for column in ("account_id", "customer", "reference", "status"):
            value = getattr(wanted, column)
            if value:
                where.append(f"c.{column} = ?")
                values.append(value)
        if wanted.before:
            where.append("c.seq < ?")
            values.append(self._row("c.id = ?", wanted.before)["seq"])
        rows = self._store.all(
            _JOINED
            + (" WHERE " + " AND ".join(where) if where else "")
            + " ORDER BY c.seq DESC LIMIT ?",
            *values,
            limit + 1,
        )
        shown = [_brief(row) if brief else self._full(row) for row in rows[:limit]]
        return shown, rows[limit - 1]["id"] if len(rows) > limit else None

    def _row(self, condition: str, value: str) -> sqlite3.Row:
        row = self._store.one(f"{_JOINED} WHERE {condition}", value)
        if row is None:
            raise not_found()
        return row

    def _full(self, row: sqlite3.Row) -> Mapping[str, object]:
        failure_code = row["failure_code"]
        return _brief(row) | {
            "description": row["description"],
            "card": {
                "brand": row["brand"],
                "last4": row["last4"],
                "exp_month": row["exp_month"],
                "exp_year": row["exp_year"],
            },
            "failure": None
            if failure_code is None
            else {"code": failure_code, "message": FAILURE_MESSAGES[failure_code]},
            "next_action": {"type": "redirect", "url": self._challenge_url(row)}
            if row["status"] == "requires_action"
            else None,
        }

    def _challenge_url(self, row: sqlite3.Row) -> str:
        url = f"{self.public_url}/3ds/{row['challenge']}"
        return f"{url}?locale={quote(row['locale'])}" if row["locale"] else url


def _brief(row: sqlite3.Row) -> dict[str, object]:
    columns = ("id", "amount", "currency", "status", "customer", "reference", "created")
    return {column: row[column] for column in columns}


def _replay(known: sqlite3.Row, digest: str) -> Begun:
    if known["body_hash"] != digest:
        raise GatewayError(
            409, "idempotency_conflict", "This idempotency key was used with another body."
        )
    if known["answer"] is None:
        raise GatewayError(
            409, "idempotency_in_progress", "A call with this idempotency key is still running."
        )
    return Begun(known["charge_id"], known["answer"])


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
