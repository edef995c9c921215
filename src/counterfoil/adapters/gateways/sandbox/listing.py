"""Reading the sandbox gateway's lists from end to end: charges, refunds, disputes, payouts and
their movements."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from counterfoil.adapters.answers import Unreadable, described, text
from counterfoil.adapters.gateways.sandbox import afterwards, client, translate
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.shapes import rows
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.payouts import Movement, PayoutTold

_PAGE = "200"
_NONE = "none"


class SandboxListing:
    """The capabilities to list, and to read payouts."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed]:
        """Every charge, refund and dispute made from `since` to before `until`, in any state."""
        settings = SandboxSettings.of(account)
        for row in _rows(settings, "/v1/charges", {"status": "all"}, since):
            if _created(row) < until:
                customer, purpose = row.get("customer") or "", described(row)
                yield Listed(_created(row), _read(_charge, row), customer, purpose)
        for row in _rows(settings, "/v1/refunds", {"status": "all"}, since):
            if _created(row) < until:
                yield Listed(_created(row), _read(translate.refund_of, row))
        for row in _rows(settings, "/v1/disputes", {"status": "all"}, since):
            if _created(row) < until:
                yield Listed(_created(row), _read(afterwards.chargeback_of, row))

    def payouts(self, account: GatewayAccount, *, since: datetime) -> Iterator[PayoutTold]:
        """Those made since then, newest first."""
        settings = SandboxSettings.of(account)
        for row in _rows(settings, "/v1/payouts", {"status": "all"}, since):
            yield _read(afterwards.payout_of, row)

    def movements(self, account: GatewayAccount, gateway_ref: str) -> Iterator[Movement]:
        """Everything that a payout pays; the nets come to its amount."""
        path = f"/v1/payouts/{quote(gateway_ref, safe='')}/transactions"
        for row in _rows(SandboxSettings.of(account), path, {}, None):
            yield _read(afterwards.movement_of, row)


def _charge(row: Any) -> Outcome:
    """A charge that was made without us carries no reference; the reader wants one."""
    if row.get("reference"):
        return translate.outcome_of(row)
    return replace(translate.outcome_of({**row, "reference": _NONE}), reference="")


def _rows(
    settings: SandboxSettings, path: str, wanted: dict[str, str], since: datetime | None
) -> Iterator[Any]:
    """The rows of a list, newest first, page after page, until they are older than `since`."""
    cursor = ""
    while True:
        query = {**wanted, "limit": _PAGE, **({"cursor": cursor} if cursor else {})}
        answer = client.get(settings, path, query)
        if answer.status != client.OK:
            raise Unavailable(f"The gateway refused its list (HTTP {answer.status}).")
        body = _read(json.loads, answer.body)
        for row in _read(rows, body):
            if since is not None and _created(row) < since:
                return
            yield row
        cursor = body.get("next_cursor") or ""
        if not cursor:
            return


def _read(reader: Any, value: Any) -> Any:
    """What can't be read is no list to compare with."""
    try:
        return reader(value)
    except ValueError as error:
        raise Unavailable("The gateway's list can't be read.") from error


def _created(row: Any) -> datetime:
    try:
        return datetime.fromisoformat(text(row["created"]))
    except (KeyError, TypeError, Unreadable) as error:
        raise Unavailable("The gateway's list can't be read.") from error
