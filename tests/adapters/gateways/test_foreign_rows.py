"""What another program put on a gateway's list, and we can't read, holds up nothing of ours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.counterparts.btcpay import BtcPayCounterpart
from adapters.gateways.contract.counterparts.gocardless import GoCardlessCounterpart
from adapters.gateways.contract.counterparts.mollie import MollieCounterpart
from adapters.gateways.contract.counterparts.stripe import StripeCounterpart
from adapters.gateways.contract.play import paid
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.listing import Listed, Unread
from counterfoil.kernel.ports.gateways.refunds import RefundRequest

ALWAYS = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2100, 1, 1, tzinfo=UTC)}


def stripe_row(there: Any, reference: str) -> None:
    """An intent of an app that uses Stripe's script for its next step."""
    [ours] = there.server.all("payment_intent")
    action = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    facts = {**ours, "id": "pi_foreign", "status": "requires_action", "next_action": action}
    metadata = dict.fromkeys(ours["metadata"], reference) if reference else {}
    there.server.things["pi_foreign"] = facts | {"metadata": metadata}


def gocardless_row(there: Any, reference: str) -> None:
    """A refund of a mandate."""
    [ours] = there.server.rows["refunds"].values()
    metadata = {"counterfoil": reference} if reference else {}
    there.server.rows["refunds"]["RF_foreign"] = ours | {
        "id": "RF_foreign", "links": {"mandate": "MD1"}, "metadata": metadata,
    }  # fmt: skip


def mollie_row(there: Any, reference: str) -> None:
    """A payment that goes on in an app."""
    [ours] = there.server.payments.values()
    metadata = {"counterfoil": reference} if reference else {"order": "12"}
    links = {"checkout": {"href": "app://pay"}}
    there.server.payments["tr_foreign"] = ours | {
        "id": "tr_foreign", "_links": links, "metadata": metadata,
    }  # fmt: skip


def btcpay_row(there: Any, reference: str) -> None:
    """An invoice in satoshi."""
    [ours] = there.server.invoices.values()
    there.server.invoices["foreign"] = ours | {
        "id": "foreign", "currency": "SATS", "metadata": {"orderId": reference or "shop-12"},
    }  # fmt: skip


@pytest.fixture(
    params=[
        (StripeCounterpart, stripe_row),
        (GoCardlessCounterpart, gocardless_row),
        (MollieCounterpart, mollie_row),
        (BtcPayCounterpart, btcpay_row),
    ],
    ids=lambda param: param[0].name,
)
def there(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Callable[[Any, str], None]]]:
    """A counterpart, and how a row that can't be read gets there."""
    made = request.param[0]()
    made.start()
    yield made, request.param[1]
    made.stop()


def begin(there: Any) -> tuple[Any, Any]:
    """Our account, and a payment of ours that is refunded in part where that can be listed."""
    account = there.account(there.url)
    amount = there.amounts[0]
    if there.name == "gocardless":
        charge = paid(there, account, amount)
        there.gateway.refund(
            account, RefundRequest(new_reference("ref"), charge.gateway_ref, amount)
        )
        return account, charge
    wanted = there.request(Wish.SUCCEEDS, new_reference(), amount)
    return account, there.gateway.charge(account, wanted)


def test_a_row_of_another_program_is_left_out_and_counted(there: Any) -> None:
    counterpart, plant = there
    account, charge = begin(counterpart)
    plant(counterpart, "")

    found = list(counterpart.gateway.listed(account, **ALWAYS))

    assert [one for one in found if isinstance(one, Unread)] == [Unread()]
    ours = [one.fact.gateway_ref for one in found if isinstance(one, Listed)]
    assert charge.gateway_ref in ours


def test_a_row_of_ours_that_can_not_be_read_is_no_list_to_compare_with(there: Any) -> None:
    counterpart, plant = there
    account, _ = begin(counterpart)
    plant(counterpart, new_reference())
    with pytest.raises(Unavailable):
        list(counterpart.gateway.listed(account, **ALWAYS))
