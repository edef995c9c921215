"""Refunds of BTCPay: a link that the payer fetches money by, and what becomes of it."""

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.counterparts.btcpay import STORE, BtcPayCounterpart
from adapters.gateways.fake_service import Reply
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundRequest

EUR = Money(20355, "EUR")


@pytest.fixture
def there():
    counterpart = BtcPayCounterpart()
    counterpart.start()
    yield counterpart
    counterpart.stop()


@pytest.fixture
def ours(there):
    return there.account(there.url)


@pytest.fixture
def wanted(there, ours):
    """A refund of 50.00 of a settled invoice."""
    reference = new_reference()
    there.gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    there.finish(reference)
    (invoice,) = there.invoices(reference)
    return RefundRequest(new_reference("ref"), invoice["id"], Money(5_000, "EUR"), "Late")


def payout(state, amount="50.00", currency="EUR"):
    return {"state": state, "originalAmount": amount, "originalCurrency": currency}


def test_a_link_over_so_much_of_the_invoices_currency_is_made(there, ours, wanted):
    told = there.gateway.refund(ours, wanted)

    made = there.server.calls[-1]
    assert made.path == f"/api/v1/stores/{STORE}/invoices/{wanted.charge}/refund"
    assert made.json == {
        "name": wanted.reference, "description": "Late", "refundVariant": "Custom",
        "customAmount": "50.00", "customCurrency": "EUR",
    }  # fmt: skip
    assert (told.result, told.amount) == (Result.PROCESSING, wanted.amount)
    assert told.claim_url == f"https://pay.example/pull-payments/{told.gateway_ref}"


@pytest.mark.parametrize(
    ("archived", "payouts", "result"),
    [
        (False, [], Result.PROCESSING),
        (False, [payout("AwaitingApproval")], Result.PROCESSING),
        (False, [payout("InProgress")], Result.PROCESSING),
        (False, [payout("Completed", "20.00")], Result.PROCESSING),
        (False, [payout("Completed", "20.00"), payout("Completed", "30.00")], Result.SUCCEEDED),
        (True, [payout("Completed")], Result.SUCCEEDED),
        (True, [], Result.CANCELLED),
        (True, [payout("AwaitingApproval")], Result.CANCELLED),
        (True, [payout("AwaitingPayment")], Result.UNKNOWN),
        (True, [payout("Completed", "20.00")], Result.UNKNOWN),
    ],
)
def test_it_is_sent_when_all_of_it_was_fetched_and_sent(
    there, ours, wanted, archived, payouts, result
):
    told = there.gateway.refund(ours, wanted)
    there.server.pulls[told.gateway_ref]["archived"] = archived
    there.server.payouts[told.gateway_ref] = payouts

    found = there.gateway.look_up_refund(ours, wanted.reference, wanted.charge)

    assert (found.result, found.gateway_ref, found.amount) == (
        result, told.gateway_ref, wanted.amount,
    )  # fmt: skip
    assert bool(found.claim_url) is (result is Result.PROCESSING)


def test_an_invoice_that_can_not_be_refunded_is_a_definite_no(there, ours, wanted):
    there.server.invoices[wanted.charge]["status"] = "Processing"
    told = there.gateway.refund(ours, wanted)
    assert told.result is Result.FAILED
    assert "Cannot refund" in told.failure.message


@pytest.mark.parametrize("body", [{}, [1], [{"name": 5}], "x"])
def test_a_list_that_can_not_be_read_is_no_absence(there, ours, wanted, body):
    there.server.next.append(Reply(200, body))
    if body == [{"name": 5}]:
        assert there.gateway.look_up_refund(ours, "ref_1").result is Result.ABSENT
        return
    with pytest.raises(Unavailable):
        there.gateway.look_up_refund(ours, "ref_1")
