"""The provider without its web server: the same rules for a request, a test and a simulation."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.desk import Answer, AnswerLost, Desk
from counterfoil_sandbox.doors.door import Call
from counterfoil_sandbox.doors.table import find
from counterfoil_sandbox.ids import Ids
from counterfoil_sandbox.requests import (
    AccountRequest,
    BankDebitData,
    CardData,
    TokenRequest,
)
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.nouns import Nouns
from counterfoil_sandbox.resources.traffic.webhooks import SignedWebhook, sign
from counterfoil_sandbox.store import Store

_WEBHOOKS_AT_ONCE = 100_000


class Engine(Nouns):
    """One sandbox: its nouns over one store and one clock. Every call is finished when it returns.

    ```python
    store = Store(":memory:")
    clock = VirtualClock(store, start=datetime(2024, 11, 21, tzinfo=UTC))
    engine = Engine(store, clock, seed="7")
    account = engine.open_account("Harrow Water", origins=["http://localhost:8000"])
    token = engine.make_token("4242424242424242", 12, 2030, "123")
    charge = engine.charge(account, "pay_1", amount=20355, currency="EUR", source=token,
                           customer="cus_1", reference="pay_1")
    answer = engine.call("POST", f"/v1/charges/{charge['id']}/refunds", {"reference": "ref_1"},
                         account=account, key="ref_1")
    engine.advance(86_400)
    for webhook in engine.take_webhooks():
        receive(webhook.headers, webhook.body)
    ```
    """

    def __init__(
        self, store: Store, clock: Clock, *, webhooks: bool = True, seed: str | None = None
    ) -> None:
        """With `webhooks` off, events are kept and never sent; with a `seed`, ids repeat."""
        super().__init__(Ground.of(store, clock, Ids(seed), webhooks=webhooks))
        self.desk = Desk(self)

    def open_account(self, name: str, **fields: object) -> Account:
        """Opens the account of this name, or finds it."""
        return self.accounts.open(AccountRequest.model_validate({"name": name, **fields}))[0]

    def make_token(self, number: str, exp_month: int, exp_year: int, cvc: str) -> str:
        """A card's token, for use by any account."""
        card = CardData(number=number, exp_month=exp_month, exp_year=exp_year, cvc=cvc)
        return str(self.tokens.make(TokenRequest(card=card), None)["id"])

    def make_bank_token(self, **fields: Any) -> str:
        """A bank account's token; `fields` as in POST /v1/tokens under `bank_debit`."""
        request = TokenRequest(bank_debit=BankDebitData.model_validate(fields))
        return str(self.tokens.make(request, None)["id"])

    def charge(self, account: Account, key: str, **fields: object) -> Mapping[str, object]:
        """Charges at once, even if a fault would lose the answer; `fields` as in POST /v1/charges.

        Raises `AnswerLost` if a plan lost the call itself.
        """
        door, _ = find("POST", "/v1/charges")
        answer = self.desk.at_once(door, Call({}, {}, fields, key, account))
        if not answer.text:
            raise AnswerLost
        body: Mapping[str, object] = answer.body
        return body

    def call(self, method: str, path: str, body: Any = None, **how: Any) -> Answer:
        """Any call of the API, as `Desk.call` takes it: with `account`, `key` and `query`."""
        return self.desk.call(method, path, body, **how)

    def due_webhooks(self, *, signed_at: datetime | None = None) -> Sequence[SignedWebhook]:
        """What is due by the sandbox clock, in sequence; it stays due until it is settled.

        Signatures carry real time, or the time that is given.
        """
        at = signed_at or datetime.now(UTC)
        found = self.events.due(self.clock.now().timestamp(), _WEBHOOKS_AT_ONCE)
        return [sign(self.accounts.by_id(one.account_id), one, at) for one in found]

    def settle_webhook(self, webhook: SignedWebhook, *, is_taken: bool) -> None:
        """The receiver took it, or did not: then it is due again later."""
        if is_taken:
            self.events.delivered(webhook.delivery)
        else:
            self.events.refused(webhook.delivery, self.clock.now().timestamp())

    def take_webhooks(self, *, signed_at: datetime | None = None) -> Sequence[SignedWebhook]:
        """What is due, as if it were all delivered now; a forged one is still due, unforged."""
        webhooks = self.due_webhooks(signed_at=signed_at)
        with self.store.writing():
            for webhook in webhooks:
                self.settle_webhook(webhook, is_taken=not webhook.is_forged)
        return webhooks
