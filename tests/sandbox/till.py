"""The provider in process, with one account and a clock that stands still: what tests do there."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from counterfoil_sandbox.clock import VirtualClock
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.store import Store

JSON = dict[str, Any]
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = 86_400
PAYS = "DE89 3704 0044 0532 0130 00"
RETURNED = "DE62 3704 0044 0532 0130 01"
CLOSED = "DE35 3704 0044 0532 0130 02"
LATE = "DE51 3704 0044 0532 0130 05"
UNKNOWN = "DE78 3704 0044 0532 0130 04"


class Till:
    """An engine in memory and its account; ids of ours are counted."""

    def __init__(self, start: datetime = MONDAY, **settings: Any) -> None:
        store = Store(":memory:")
        self.engine = Engine(store, VirtualClock(store, start), seed="till")
        self.account = self.engine.open_account("Harrow Water", settings=settings)
        self._count = 0

    def next(self, prefix: str) -> str:
        """A reference of ours that was not used before."""
        self._count += 1
        return f"{prefix}_{self._count}"

    def post(self, path: str, body: JSON | None = None, key: str = "") -> JSON:
        """POSTs as the account; gives the answer's body."""
        answer = self.engine.call(
            "POST", path, body, account=self.account, key=key or self.next("key")
        )
        found: JSON = json.loads(answer.text)
        return found

    def get(self, path: str, **query: str) -> Any:
        """GETs as the account."""
        answer = self.engine.call("GET", path, account=self.account, query=query)
        return json.loads(answer.text)

    def refusal(self, path: str, body: JSON | None = None, key: str = "") -> tuple[int, str, Any]:
        """POSTs what is refused: status, code and field."""
        try:
            answer = self.post(path, body, key)
        except GatewayError as error:
            return error.status, error.code, error.field
        raise AssertionError(f"not refused: {answer}")

    def token(self, number: str = "4242424242424242", exp_month: int = 12, year: int = 2030) -> str:
        """A card's token."""
        return self.engine.make_token(number, exp_month, year, "123")

    def bank_token(self, iban: str = PAYS) -> str:
        """A bank account's token."""
        return self.engine.make_bank_token(iban=iban, holder="Alice Adams")

    def mandate(self, token: str, scheme: str = "sepa", **fields: Any) -> JSON:
        """A mandate for a bank token."""
        body = {
            "token": token,
            "scheme": scheme,
            "reference": self.next("MND"),
            "accepted_at": "2026-03-02T08:59:00Z",
            "customer": "cus_1",
        }
        return self.post("/v1/mandates", body | fields)

    def charge(self, source: str, amount: int = 10_000, **fields: Any) -> JSON:
        """A charge of 100 euros."""
        reference = self.next("pay")
        body = {
            "amount": amount,
            "currency": "EUR",
            "source": source,
            "customer": "cus_1",
            "reference": reference,
        }
        return self.post("/v1/charges", body | fields, key=reference)

    def card(self, number: str = "4242424242424242", **fields: Any) -> JSON:
        """A charge of a card."""
        return self.charge(self.token(number), **fields)

    def debit(self, iban: str = PAYS, **fields: Any) -> JSON:
        """A charge of a bank account, with its mandate."""
        token = self.bank_token(iban)
        self.mandate(token)
        return self.charge(token, **fields)

    def refund(self, charge: JSON, amount: int | None = None, **fields: Any) -> JSON:
        """A refund of a charge."""
        reference = self.next("ref")
        body = {"reference": reference} | ({} if amount is None else {"amount": amount})
        return self.post(f"/v1/charges/{charge['id']}/refunds", body | fields, key=reference)

    def now_is(self, charge: JSON) -> JSON:
        """The charge as it is now."""
        found: JSON = self.get(f"/v1/charges/{charge['id']}")
        return found

    def advance(self, **how: float) -> None:
        """Moves the clock by days, hours, minutes."""
        self.engine.advance(timedelta(**how).total_seconds())

    def events(self, *, since: int = 0) -> Sequence[JSON]:
        """Every event of the account, oldest first."""
        found: list[JSON] = self.get("/v1/events", limit="200")["data"]
        return found[since:]

    def kinds(self) -> list[str]:
        """What happened, oldest first."""
        return [event["type"] for event in self.events()]

    def movements(self) -> str:
        """The account's money as text, oldest first: day, type, gross, fee, net, available."""
        rows = self.get("/v1/balance/transactions", limit="200")["data"]
        return "\n".join(
            f"{row['created'][:10]} {row['type']:<16} {row['gross']:>7} {row['fee']:>5}"
            f" {row['net']:>7} {row['currency']} {row['available_on']}"
            for row in reversed(rows)
        )

    def balance(self) -> list[JSON]:
        """What is available and pending."""
        found: list[JSON] = self.get("/v1/balance")["data"]
        return found
