"""Hooks for Schemathesis: made-up ids become ids of the demo that is scanned.

Seven of eight, so that calls reach what stands behind a look-up; the eighth stays made up, for 404
is an answer too. `COUNTERFOIL_SCANNED` names the demo's folder.
"""

import json
import os
import re
import zlib
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from schemathesis.core.parameters import ParameterLocation

_KINDS = "cus|inv|cn|pay|pm|ref|gwa|mdt|line|evt|je"
AN_ID = re.compile(rf"(?:{_KINDS})_[0-9a-hjkmnp-tv-z]{{26}}")
IN_PATHS = {
    "customer_id": "cus",
    "invoice_id": "inv",
    "credit_note_id": "cn",
    "payment_id": "pay",
    "refund_id": "ref",
    "mandate_id": "mdt",
}
LISTS = {
    "customers": "cus",
    "invoices": "inv",
    "credit-notes": "cn",
    "payments": "pay",
    "mandates": "mdt",
    "gateways": "gwa",
    "events": "evt",
    "ledger/entries": "je",
}
WHOLE = frozenset({"customers", "invoices", "credit-notes", "payments", "mandates"})
PAYS_OTHERWISE = ((), ("payment_method",), ("payment_method", "invoices"), ("gateway", "invoices"))
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
MADE = frozenset({200, 201})
FRESH = 40  # with what was made last most can still be done


class Known:
    """The ids of the demo, which grow by what the scan makes."""

    def __init__(self, folder: Path) -> None:
        demo = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        self.sandbox = str(demo["sandbox_url"])
        self.ids: dict[str, list[str]] = {}
        self.payment_of: dict[str, str] = {}  # a refund's
        self.turn = 0
        headers = {"Authorization": f"Bearer {demo['api_key']}"}
        with httpx.Client(base_url=demo["api_url"], headers=headers, timeout=30) as api:
            for what in LISTS:
                self._read(api, what)

    def _read(self, api: httpx.Client, what: str) -> None:
        cursor = {}
        while True:
            page = api.get(f"/{what}", params=cursor).raise_for_status().json()
            for row in page["data"]:
                self.learn(row["id"])
                self._look_below(api, what, row)
            if page["next_cursor"] is None or what not in WHOLE:
                return
            cursor = {"cursor": page["next_cursor"]}

    def _look_below(self, api: httpx.Client, what: str, row: dict[str, Any]) -> None:
        if what == "customers":
            for one in api.get(f"/customers/{row['id']}/payment-methods").json()["data"]:
                self.learn(one["id"])
        if what == "payments" and row["refunded"]:
            for one in api.get(f"/payments/{row['id']}/refunds").json()["data"]:
                self.learn(one["id"])
                self.payment_of[one["id"]] = row["id"]

    def learn(self, told: object) -> None:
        """Remembers an id."""
        if isinstance(told, str) and AN_ID.fullmatch(told):
            kept = self.ids.setdefault(told.partition("_")[0], [])
            if told not in kept:
                kept.append(told)

    def one(self, kind: str, made_up: str) -> str:
        """An id of this kind: mostly a real one, and half of those a fresh one."""
        self.turn += 1
        chance = zlib.crc32(f"{self.turn}{made_up}".encode(errors="replace"))
        kept = self.ids.get(kind)
        if not kept or chance % 8 == 0:
            return made_up
        among = kept[-FRESH:] if chance % 2 else kept
        return among[chance // 16 % len(among)]

    def real(self, value: Any) -> Any:
        """The same value with real ids where it has made-up ones."""
        if isinstance(value, dict):
            return {key: self.real(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.real(one) for one in value]
        if isinstance(value, str) and AN_ID.fullmatch(value):
            return self.one(value.partition("_")[0], value)
        return value

    def payable(self, body: Any) -> Any:
        """A body with a currency that customers have, and with a card that pays."""
        if not isinstance(body, dict):
            return body
        if isinstance(body.get("currency"), str):
            body = body | {"currency": "EUR"}
        if isinstance(body.get("source"), str):
            left_out = PAYS_OTHERWISE[self.turn % len(PAYS_OTHERWISE)]
            body = {key: one for key, one in body.items() if key not in left_out}
            body["source"] = self._token()
        return body

    def _token(self) -> str:
        answer = httpx.post(f"{self.sandbox}/v1/tokens", json={"card": CARD}, timeout=30)
        return str(answer.raise_for_status().json()["id"])


KNOWN = Known(Path(os.environ["COUNTERFOIL_SCANNED"]))


def _lacks_a_header(case: Any) -> bool:
    """Whether a header is what the call is about: one more of them, and Schemathesis takes the call
    for a good one, adds the key that it was to lack, and calls the answer a hole."""
    about = case.meta and getattr(case.meta.phase.data, "parameter_location", None)
    return bool(about == ParameterLocation.HEADER)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Puts real ids into the path, the query and the body."""
    where = dict(case.path_parameters or {})
    for name, made_up in where.items():
        where[name] = KNOWN.one(IN_PATHS[name], str(made_up))
    refund = where.get("refund_id")
    if refund in KNOWN.payment_of:
        where["payment_id"] = KNOWN.payment_of[refund]
    if where:
        case.path_parameters = where
    if isinstance(case.query, dict):
        case.query = dict(KNOWN.real(case.query))
        list_of = LISTS.get(case.path.removeprefix("/api/v1/"))
        if list_of and isinstance(case.query.get("cursor"), str):
            case.query["cursor"] = KNOWN.one(list_of, case.query["cursor"])
    has_key = "Idempotency-Key" in (case.headers or {}) and not _lacks_a_header(case)
    if has_key and KNOWN.turn % 4:
        case.headers["Idempotency-Key"] = f"scan-{os.getpid()}-{KNOWN.turn}"
    if isinstance(case.body, (dict, list)):
        body = KNOWN.real(case.body)
        case.body = KNOWN.payable(body) if KNOWN.turn % 8 else body


@schemathesis.hook
def after_call(_context: Any, case: Any, response: Any) -> None:
    """Remembers what was made."""
    if case.method != "POST" or response.status_code not in MADE:
        return
    told = response.json()
    KNOWN.learn(told.get("id"))
    if case.path.endswith("/refunds"):
        KNOWN.payment_of[told["id"]] = case.path_parameters["payment_id"]
