"""How a charge is read and shown: its row with its instrument, in brief and in full."""

import sqlite3
from collections.abc import Mapping
from urllib.parse import quote

from counterfoil_sandbox.errors import not_found
from counterfoil_sandbox.instruments.cards import FAILURE_MESSAGES, Behaviour
from counterfoil_sandbox.instruments.returns import RETURN_REASONS
from counterfoil_sandbox.resources.instruments import card_of, instrument_of
from counterfoil_sandbox.store import Store

OPEN_AMOUNT = "digital_currency"  # its payer decides how much is sent
SELECT = (
    "SELECT x.*, i.kind, i.behaviour, i.brand, i.last4, i.exp_month, i.exp_year, i.wallet,"
    " i.scheme, i.country, i.holder, i.fingerprint, i.return_code AS bank_code"
    " FROM charge x JOIN instrument i ON i.id = x.instrument_id"
)
_BRIEF = (
    "id",
    "amount",
    "currency",
    "status",
    "customer",
    "reference",
    "created",
    "amount_captured",
    "amount_refunded",
    "amount_disputed",
    "amount_returned",
)


def charge_row(store: Store, charge_id: str) -> sqlite3.Row:
    """The charge of this id; 404 without."""
    row = store.one(f"{SELECT} WHERE x.id = ?", charge_id)
    if row is None:
        raise not_found()
    return row


def brief(row: sqlite3.Row) -> dict[str, object]:
    """What an outsider may see of a charge: what moved, for whom, and what came back."""
    return {column: row[column] for column in _BRIEF}


def full(row: sqlite3.Row, public_url: str) -> Mapping[str, object]:
    """The whole charge, as its account sees it."""
    is_waiting = row["status"] == "requires_action"
    code = row["failure_code"]
    if is_waiting and row["off_session"]:
        code = "authentication_required"
    return brief(row) | {
        "description": row["description"],
        "card": card_of(row),
        "instrument": instrument_of(row),
        "fingerprint": row["fingerprint"],
        "method": row["method_id"],
        "mandate": row["mandate_id"],
        "off_session": bool(row["off_session"]),
        "failure": None if code is None else {"code": code, "message": _message(row, code)},
        "return_code": row["return_code"],
        "returned_at": row["returned_at"],
        "settles_at": row["settles_at"],
        "cancellable_until": row["cancellable_until"],
        "amount_is_open": row["kind"] == OPEN_AMOUNT,
        "next_action": {"type": "redirect", "url": _page_url(row, public_url)}
        if is_waiting
        else None,
    }


def _message(row: sqlite3.Row, code: str) -> str:
    if row["return_code"] is not None:
        return RETURN_REASONS[row["return_code"]].message
    return FAILURE_MESSAGES[code]


def _page_url(row: sqlite3.Row, public_url: str) -> str:
    place = "pay" if row["behaviour"] == Behaviour.OWN_PAGE else "3ds"
    url = f"{public_url}/{place}/{row['challenge']}"
    return f"{url}?locale={quote(row['locale'])}" if row["locale"] else url
