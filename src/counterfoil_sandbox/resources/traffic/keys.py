"""Idempotency keys: one key, one effect, and the same answer for as long as the file lives."""

from dataclasses import dataclass

from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Claim:
    """A key in the hands of one call: whose it is, and the hash of what it was sent with."""

    account_id: str
    key: str
    operation: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer of an earlier call."""

    status: int
    text: str


class Keys:
    """The keys of every account. One without an answer is a call that is still running."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, claim: Claim) -> Stored | None:
        """The stored answer of this very call, or nothing if the key is new.

        Refuses the same key with another body or for another operation, and a key whose call is
        still running (409).
        """
        row = self._store.one(
            "SELECT * FROM idempotency_key WHERE account_id = ? AND key = ?",
            claim.account_id,
            claim.key,
        )
        if row is None:
            return None
        if (row["operation"], row["body_hash"]) != (claim.operation, claim.body_hash):
            raise GatewayError(
                409, "idempotency_conflict", "This idempotency key was used with another body."
            )
        if row["answer"] is None:
            raise GatewayError(
                409, "idempotency_in_progress", "A call with this idempotency key is still running."
            )
        return Stored(row["status"], row["answer"])

    def take(self, claim: Claim, charge_id: str | None) -> None:
        """The call runs from now on; `charge_id` is what it has begun, if it begins something."""
        self._store.insert(
            "idempotency_key",
            account_id=claim.account_id,
            key=claim.key,
            operation=claim.operation,
            body_hash=claim.body_hash,
            charge_id=charge_id,
        )

    def answer(self, claim: Claim, stored: Stored) -> None:
        """The call is over; this is its answer from now on."""
        self._store.run(
            "UPDATE idempotency_key SET status = ?, answer = ? WHERE account_id = ? AND key = ?",
            stored.status,
            stored.text,
            claim.account_id,
            claim.key,
        )

    def release(self, claim: Claim) -> None:
        """The call came to nothing: its key is free again."""
        self._store.run(
            "DELETE FROM idempotency_key WHERE account_id = ? AND key = ? AND answer IS NULL",
            claim.account_id,
            claim.key,
        )

    def release_interrupted(self) -> None:
        """Frees the keys of calls that a dead process had not begun to carry out."""
        self._store.run("DELETE FROM idempotency_key WHERE answer IS NULL AND charge_id IS NULL")

    def answer_interrupted(self, charge_id: str, stored: Stored) -> None:
        """The answer of a charge that a dead process left behind."""
        self._store.run(
            "UPDATE idempotency_key SET status = ?, answer = ?"
            " WHERE charge_id = ? AND answer IS NULL",
            stored.status,
            stored.text,
            charge_id,
        )
