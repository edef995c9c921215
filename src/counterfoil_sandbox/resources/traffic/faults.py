"""Faults on purpose: slow and lost answers, lost and doubled webhooks, one setting an account."""

from dataclasses import dataclass

from counterfoil_sandbox.requests import FaultsRequest
from counterfoil_sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Fault:
    """How one account is being mistreated now; the default is not at all."""

    webhooks: str = "ok"
    answers: str = "ok"
    delay_seconds: float = 0

    def body(self) -> dict[str, object]:
        """The setting as JSON."""
        return {
            "webhooks": self.webhooks,
            "answers": self.answers,
            "delay_seconds": self.delay_seconds,
        }


class Faults:
    """The faults of each account; they last until they are set again, over restarts too."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Fault] = {}

    def of(self, account_id: str) -> Fault:
        """The account's faults."""
        known = self._known.get(account_id)
        if known is None:
            row = self._store.one("SELECT * FROM fault WHERE account_id = ?", account_id)
            known = Fault()
            if row is not None:
                known = Fault(row["webhooks"], row["answers"], row["delay_seconds"])
            self._known[account_id] = known
        return known

    def change(self, account_id: str, request: FaultsRequest) -> Fault:
        """Sets what the request carries; the rest stays."""
        with self._store.writing():
            old = self.of(account_id)
            delay = request.delay_seconds
            self._store.run(
                "INSERT OR REPLACE INTO fault (account_id, webhooks, answers, delay_seconds)"
                " VALUES (?, ?, ?, ?)",
                account_id,
                request.webhooks or old.webhooks,
                request.answers or old.answers,
                old.delay_seconds if delay is None else delay,
            )
        self._known.pop(account_id, None)
        return self.of(account_id)
