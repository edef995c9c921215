"""Mandates: the payer's word that an account may be debited, and whether it still holds."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterfoil_sandbox.clock import rfc3339
from counterfoil_sandbox.errors import GatewayError, invalid, not_found
from counterfoil_sandbox.instruments.returns import RETURN_REASONS
from counterfoil_sandbox.requests import MandateRequest
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.instruments import instrument_of
from counterfoil_sandbox.resources.tokens import Tokens

STATUSES = ("active", "revoked", "failed")
_SELECT = (
    "SELECT x.*, i.kind, i.last4, i.country, i.holder"
    " FROM mandate x JOIN instrument i ON i.id = x.instrument_id"
)


@dataclass(frozen=True, slots=True)
class MandateFilter:
    """Which mandates to list; what is empty does not narrow the list."""

    customer: str = ""
    reference: str = ""
    status: str = ""


class Mandates:
    """Takes mandates in, and ends them: by their owner's word, or by a bank's return code."""

    def __init__(self, ground: Ground, tokens: Tokens) -> None:
        self._ground = ground
        self._tokens = tokens

    def make(self, account_id: str, request: MandateRequest) -> Mapping[str, object]:
        """An active mandate for a bank token, which stays good for its one charge or method.

        Refuses a token that is no bank account's, of another scheme or with a mandate already
        (400), and a reference that another mandate has (409).
        """
        token = self._tokens.unused(request.token, account_id, "token")
        if token["kind"] != "bank_debit":
            raise invalid("token_not_bank_debit", "This token is no bank account's.", "token")
        if token["scheme"] != request.scheme:
            raise invalid("scheme_mismatch", "The account is not of this scheme.", "scheme")
        self._check_new(account_id, request)
        mandate_id = self._ground.ids.new("mdt")
        self._ground.store.insert(
            "mandate",
            id=mandate_id,
            account_id=account_id,
            token_id=request.token,
            instrument_id=token["instrument_id"],
            status="active",
            scheme=request.scheme,
            reference=request.reference,
            customer=request.customer,
            accepted_at=rfc3339(request.accepted_at),
            evidence=json.dumps(request.evidence, ensure_ascii=False),
            created=self._ground.clock.stamp(),
        )
        body = self.get(mandate_id, account_id)
        self._ground.events.record(account_id, "mandate.created", body)
        return body

    def _check_new(self, account_id: str, request: MandateRequest) -> None:
        one = self._ground.store.one
        if one("SELECT 1 FROM mandate WHERE token_id = ?", request.token):
            raise invalid("mandate_exists", "This token has a mandate already.", "token")
        if one(
            "SELECT 1 FROM mandate WHERE account_id = ? AND reference = ?",
            account_id,
            request.reference,
        ):
            raise GatewayError(
                409, "reference_taken", "Another mandate has this reference.", "reference"
            )

    def active_for_token(self, token_id: str, field: str) -> str:
        """The mandate under which a bank token may be debited.

        Refuses without an active one, naming the parameter that brought the token.
        """
        row = self._ground.store.one("SELECT * FROM mandate WHERE token_id = ?", token_id)
        if row is None:
            raise invalid("mandate_required", "A debit needs a mandate; make one first.", field)
        return self.require_active(row["id"], field)

    def require_active(self, mandate_id: str, field: str) -> str:
        """Gives the id back; refuses a mandate that was revoked or has failed."""
        row = self._row(mandate_id)
        if row["status"] != "active":
            raise invalid("mandate_inactive", f"The mandate is {row['status']}.", field)
        return mandate_id

    def revoke(self, mandate_id: str, account_id: str) -> Mapping[str, object]:
        """Ends a mandate by its owner's word; ending it again changes nothing."""
        self.get(mandate_id, account_id)
        self._end(mandate_id, "revoked", "requested")
        return self.get(mandate_id, account_id)

    def end_after_return(self, mandate_id: str | None, return_code: str) -> None:
        """Ends the mandate of a debit that came back, where the code says that it is gone."""
        status = RETURN_REASONS[return_code].mandate_status
        if mandate_id is not None and status != "active":
            self._end(mandate_id, status, return_code)

    def _end(self, mandate_id: str, status: str, reason: str) -> None:
        changed = self._ground.store.run(
            "UPDATE mandate SET status = ?, reason = ?, ended_at = ?"
            " WHERE id = ? AND status = 'active'",
            status,
            reason,
            self._ground.clock.stamp(),
            mandate_id,
        )
        if changed:
            row = self._row(mandate_id)
            self._ground.events.record(row["account_id"], f"mandate.{status}", _body(row))

    def get(self, mandate_id: str, account_id: str) -> Mapping[str, object]:
        """One mandate; 404 if there is none of this account."""
        row = self._row(mandate_id)
        if row["account_id"] != account_id:
            raise not_found()
        return _body(row)

    def page(
        self, account_id: str, wanted: MandateFilter, *, before: str, limit: int
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Mandates, newest first, and the id to go on from."""
        narrowed = {
            "x.account_id": account_id,
            "x.customer": wanted.customer,
            "x.reference": wanted.reference,
            "x.status": wanted.status,
        }
        rows, cursor = self._ground.store.page(_SELECT, narrowed, before=before, limit=limit)
        return [_body(row) for row in rows], cursor

    def _row(self, mandate_id: str) -> sqlite3.Row:
        row = self._ground.store.one(f"{_SELECT} WHERE x.id = ?", mandate_id)
        if row is None:
            raise not_found()
        return row


def _body(row: sqlite3.Row) -> Mapping[str, object]:
    names = ("id", "status", "scheme", "reference", "customer", "accepted_at", "created")
    return {name: row[name] for name in names} | {
        "token": row["token_id"],
        "instrument": instrument_of(row),
        "evidence": json.loads(row["evidence"]),
        "reason": row["reason"],
        "ended_at": row["ended_at"],
    }
