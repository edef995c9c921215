"""Accounts: who may charge, with which keys, from which pages, and where webhooks go."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.errors import GatewayError, not_found
from counterfoil_sandbox.ids import Ids
from counterfoil_sandbox.requests import AccountChanges, AccountRequest
from counterfoil_sandbox.settings import AccountSettings
from counterfoil_sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """One account at the gateway; its keys are kept out of every printed form."""

    id: str
    name: str
    business_id: str
    webhook_url: str
    origins: tuple[str, ...]
    publishable_key: str
    settings: AccountSettings
    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    def body(self) -> dict[str, object]:
        """The account as its owner sees it, keys included."""
        return {
            "id": self.id,
            "name": self.name,
            "business_id": self.business_id,
            "webhook_url": self.webhook_url,
            "origins": list(self.origins),
            "publishable_key": self.publishable_key,
            "secret_key": self.secret_key,
            "webhook_secret": self.webhook_secret,
            "settings": self.settings.model_dump(),
        }


def _account(row: sqlite3.Row) -> Account:
    return Account(
        id=row["id"],
        name=row["name"],
        business_id=row["business_id"],
        webhook_url=row["webhook_url"],
        origins=tuple(json.loads(row["origins"])),
        publishable_key=row["publishable_key"],
        settings=AccountSettings.model_validate_json(row["settings"]),
        secret_key=row["secret_key"],
        webhook_secret=row["webhook_secret"],
    )


class Accounts:
    """The accounts of one sandbox."""

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._known: dict[str, Account] = {}

    def open(self, request: AccountRequest) -> tuple[Account, bool]:
        """Opens an account, or finds the one of this name; True if it is new.

        The found one takes the address and origins that the request carries, so a caller that
        came back on another port is reachable again. Keys never change.
        """
        with self._store.writing():
            row = self._store.one("SELECT * FROM account WHERE name = ?", request.name)
            if row is None:
                return self._insert(request), True
            given = request.model_dump(exclude={"name"}, exclude_unset=True)
            return self.change(_account(row), AccountChanges.model_validate(given)), False

    def _insert(self, request: AccountRequest) -> Account:
        account_id = self._ids.new("acct")
        self._store.insert(
            "account",
            id=account_id,
            name=request.name,
            business_id=request.business_id,
            webhook_url=request.webhook_url,
            webhook_secret=self._ids.webhook_secret(),
            secret_key=self._ids.new("sk_sandbox"),
            publishable_key=self._ids.new("pk_sandbox"),
            origins=json.dumps(request.origins),
            created=self._clock.stamp(),
            settings=request.settings.model_dump_json(exclude_unset=True),
        )
        return self.by_id(account_id)

    def change(self, account: Account, changes: AccountChanges) -> Account:
        """Writes what the request carries; the rest stays as it is."""
        origins = list(account.origins) if changes.origins is None else changes.origins
        business_id = account.business_id if changes.business_id is None else changes.business_id
        url = account.webhook_url if changes.webhook_url is None else changes.webhook_url
        settings = account.settings.model_dump(exclude_unset=True)
        if changes.settings is not None:
            settings |= changes.settings.model_dump(exclude_unset=True)
        self._store.run(
            "UPDATE account SET business_id = ?, webhook_url = ?, origins = ?, settings = ?"
            " WHERE id = ?",
            business_id,
            url,
            json.dumps(origins),
            json.dumps(settings),
            account.id,
        )
        self._known.pop(account.id, None)
        return self.by_id(account.id)

    def all_ids(self) -> Sequence[str]:
        """Every account's id, oldest first."""
        return [row["id"] for row in self._store.all("SELECT id FROM account ORDER BY rowid")]

    def by_id(self, account_id: str) -> Account:
        """The account of this id; 404 without."""
        known = self._known.get(account_id)
        if known is None:
            row = self._store.one("SELECT * FROM account WHERE id = ?", account_id)
            if row is None:
                raise not_found("There is no such account.")
            known = self._known[account_id] = _account(row)
        return known

    def by_publishable_key(self, key: str) -> Account:
        """The account whose pages use this key; 404 without."""
        row = self._store.one("SELECT * FROM account WHERE publishable_key = ?", key)
        if row is None:
            raise not_found("There is no account with this publishable key.")
        return _account(row)

    def by_secret_key(self, key: str) -> Account:
        """The account that this secret key opens; 401 without."""
        row = self._store.one("SELECT * FROM account WHERE secret_key = ?", key)
        if row is None:
            raise GatewayError(401, "invalid_key", "This secret key is not known here.")
        return _account(row)
