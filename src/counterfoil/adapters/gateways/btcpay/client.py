"""Talks with the Greenfield API of a BTCPay Server, always about our one store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from counterfoil.adapters import answers, outbound
from counterfoil.adapters.gateways.btcpay.settings import BtcPaySettings
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import KeysRefused

_OK = 200
_DONE = frozenset({200, 201})
_REFUSED_FROM = 400
_WITH_PAYMENTS = {"includePaymentMethods": "true"}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to an invoice that we wanted made: the invoice, or why not in BTCPay's words."""

    status: int
    body: Any

    @property
    def is_done(self) -> bool:
        """Whether it was made."""
        return self.status in _DONE

    @property
    def refusal(self) -> str:
        """BTCPay's own words for nothing having been made; empty if these are not its words.

        A list of fields that can't be taken (422), or a code with a message.
        """
        if self.status < _REFUSED_FROM:
            return ""
        rows = self.body if isinstance(self.body, list) else [self.body]
        told = [
            f"{row.get('path') or row.get('code')}: {row['message']}"
            for row in rows
            if isinstance(row, dict) and row.get("message") and (row.get("path") or row.get("code"))
        ]
        return "; ".join(told)


def make_invoice(settings: BtcPaySettings, body: Mapping[str, object]) -> Said:
    """Makes an invoice. BTCPay knows no idempotency key: whoever calls this has looked first.

    `Unavailable` if surely nothing was made, `KeysRefused` among them, or the server asks to come
    later (429); `Uncertain` if the answer is late, cut, unreadable or a 5xx.
    """
    return _make(settings, f"{settings.url}{_path(settings)}", body)


def make_refund(settings: BtcPaySettings, invoice_id: str, body: Mapping[str, object]) -> Said:
    """Makes a link by which the payer of an invoice fetches money; errors as for an invoice."""
    url = f"{settings.url}{_path(settings)}/{quote(invoice_id, safe='')}/refund"
    return _make(settings, url, body)


def _make(settings: BtcPaySettings, url: str, body: Mapping[str, object]) -> Said:
    answer = outbound.send("POST", url, headers=_headers(settings), content=json.dumps(body))
    said = Said(answer.status, _json(answer, Uncertain("The gateway's answer can't be read.")))
    if said.refusal and said.status in answers.KEYS_REFUSED:
        raise KeysRefused
    return said


def invoice(settings: BtcPaySettings, invoice_id: str) -> Any:
    """One invoice, with its payments."""
    return _get(settings, f"/{quote(invoice_id, safe='')}", _WITH_PAYMENTS)


def invoices(settings: BtcPaySettings, query: Mapping[str, str]) -> list[Any]:
    """Invoices that fit, those put away too, with their payments."""
    return _list(_get(settings, "", {**query, **_WITH_PAYMENTS, "includeArchived": "true"}))


def pull_payments(settings: BtcPaySettings) -> list[Any]:
    """The links by which money of our store is fetched, those put away too."""
    url = f"{settings.url}/api/v1/stores/{quote(settings.store_id, safe='')}/pull-payments"
    return _list(_read(settings, url, {"includeArchived": "true"}))


def payouts(settings: BtcPaySettings, pull_payment_id: str) -> list[Any]:
    """What was fetched by such a link, or is about to be."""
    url = f"{settings.url}/api/v1/pull-payments/{quote(pull_payment_id, safe='')}/payouts"
    return _list(_read(settings, url, {}))


def _list(rows: Any) -> list[Any]:
    if not isinstance(rows, list):
        raise Unavailable("The gateway's list can't be read.")
    return rows


def _get(settings: BtcPaySettings, path: str, query: Mapping[str, str]) -> Any:
    return _read(settings, f"{settings.url}{_path(settings)}{path}", query)


def _read(settings: BtcPaySettings, url: str, query: Mapping[str, str]) -> Any:
    """GETs; whatever is not a whole and good answer is `Unavailable`, never 'there is none'."""
    answer = outbound.read(url, headers=_headers(settings), query=query)
    if answer.status in answers.KEYS_REFUSED:
        raise KeysRefused
    if answer.status != _OK:
        raise Unavailable(f"The gateway did not tell (HTTP {answer.status}).")
    return _json(answer, Unavailable("The gateway's answer can't be read."))


def _path(settings: BtcPaySettings) -> str:
    return f"/api/v1/stores/{quote(settings.store_id, safe='')}/invoices"


def _headers(settings: BtcPaySettings) -> dict[str, str]:
    return {
        "Authorization": f"token {settings.api_key}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


def _json(answer: outbound.Answer, otherwise: Exception) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise otherwise from None
