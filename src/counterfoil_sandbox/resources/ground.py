"""The ground that every noun stands on: store, clock, names, accounts, timers and events."""

from dataclasses import dataclass

from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.ids import Ids
from counterfoil_sandbox.resources.accounts import Accounts
from counterfoil_sandbox.resources.timers import Timers
from counterfoil_sandbox.resources.traffic.events import Events
from counterfoil_sandbox.settings import AccountSettings
from counterfoil_sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Ground:
    """One of each; nothing here knows of money."""

    store: Store
    clock: Clock
    ids: Ids
    accounts: Accounts
    timers: Timers
    events: Events

    @classmethod
    def of(cls, store: Store, clock: Clock, ids: Ids, *, webhooks: bool) -> "Ground":
        """Puts them together; with `webhooks` off, events are kept and never sent."""
        return cls(
            store=store,
            clock=clock,
            ids=ids,
            accounts=Accounts(store, clock, ids),
            timers=Timers(store, clock),
            events=Events(store, clock, ids, deliver=webhooks),
        )

    def settings(self, account_id: str) -> AccountSettings:
        """How this account's money runs."""
        return self.accounts.by_id(account_id).settings
