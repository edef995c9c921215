"""The gateway without its web server: the same rules for a request, a test and a seeding run."""

from collections.abc import Mapping

from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.requests import AccountRequest, CardData, ChargeRequest
from counterfoil_sandbox.resources.accounts import Account, Accounts
from counterfoil_sandbox.resources.charges import Charges
from counterfoil_sandbox.resources.events import Events
from counterfoil_sandbox.resources.faults import Faults
from counterfoil_sandbox.resources.tokens import Tokens
from counterfoil_sandbox.store import Store


class Engine:
    """One sandbox: its nouns over one store and one clock. Every call is finished when it returns.

    ```python
    store = Store(folder)
    engine = Engine(store, Clock(store, start=datetime(2024, 11, 21, tzinfo=UTC)), webhooks=False)
    account = engine.open_account("Harrow Water", origins=["http://localhost:8000"])
    token = engine.make_token("4242424242424242", 12, 2030, "123")
    charge = engine.charge(account, "pay_1", amount=20355, currency="EUR", source=token,
                           customer="cus_1", reference="pay_1")
    engine.advance(86_400)
    ```
    """

    def __init__(self, store: Store, clock: Clock, *, webhooks: bool = True) -> None:
        self.clock = clock
        self.accounts = Accounts(store, clock)
        self.tokens = Tokens(store, clock)
        self.faults = Faults(store)
        self.events = Events(store, clock, deliver=webhooks)
        self.charges = Charges(store, clock, self.tokens, self.events, self.faults)

    def open_account(self, name: str, **fields: object) -> Account:
        """Opens the account of this name, or finds it."""
        return self.accounts.open(AccountRequest.model_validate({"name": name, **fields}))[0]

    def make_token(self, number: str, exp_month: int, exp_year: int, cvc: str) -> str:
        """A token for one charge by any account."""
        card = CardData(number=number, exp_month=exp_month, exp_year=exp_year, cvc=cvc)
        return str(self.tokens.make(card, None)["id"])

    def charge(self, account: Account, key: str, **fields: object) -> Mapping[str, object]:
        """Charges at once, without a fault's delay; `fields` as in POST /v1/charges."""
        begun = self.charges.begin(account, key, ChargeRequest.model_validate(fields))
        if begun.replay is None:
            self.charges.finish(begun.charge_id)
        return self.charges.get(begun.charge_id)

    def advance(self, seconds: float) -> None:
        """Moves the sandbox clock forward and lets what is due happen."""
        self.clock.advance(seconds)
        self.charges.expire_challenges()
