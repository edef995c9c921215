"""What the adapter says over HTTP to Mollie, what it keeps, and what is pushed back."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.counterparts.mollie import (
    HOOK,
    KEY,
    TOKEN,
    MollieCounterpart,
    problem,
    pushed,
    stamp,
)
from adapters.gateways.fake_service import Reply
from counterfoil.adapters.gateways.mollie import client
from counterfoil.adapters.gateways.mollie.methods import KeptByPaying
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import encode, new_ids
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.events import Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result
from counterfoil.kernel.ports.gateways.payouts import MovementKind
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest

EUR = Money(20355, "EUR")
NOW = datetime(2026, 3, 2, 9, 30, 1, 250_000, tzinfo=UTC)


@pytest.fixture
def there():
    counterpart = MollieCounterpart()
    counterpart.start()
    yield counterpart
    counterpart.stop()


@pytest.fixture
def ours(there):
    return there.account(there.url)


@pytest.fixture
def gateway(there):
    return there.gateway


def paid(there, ours, gateway, **how):
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR, **how))
    there.finish(reference)
    return gateway.look_up(ours, reference, first.gateway_ref)


def test_a_payment_carries_reference_key_and_our_webhook(there, ours, gateway):
    reference = new_reference()
    gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    [call] = there.server.calls
    assert call.headers["idempotency-key"] == reference
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.json["amount"] == {"currency": "EUR", "value": "203.55"}
    assert call.json["metadata"] == {"counterfoil": reference, "customer": "cus_contract"}
    assert call.json["webhookUrl"] == HOOK


def test_a_key_that_mollie_is_still_at_is_unknown(there, ours, gateway):
    there.server.next = [problem(409, "Conflict", "Another request is being processed.")]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert (outcome.result, outcome.failure) == (Result.UNKNOWN, None)


@pytest.mark.parametrize("body", [{}, {"detail": "no route"}, {"status": 400}, b"<h1>proxy</h1>"])
def test_a_refusal_in_anybody_elses_words_is_unknown(there, ours, gateway, body):
    there.server.next = [Reply(404, body)]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert outcome.result is Result.UNKNOWN


def test_what_pays_a_first_payment_is_kept_and_charged_again_without_its_payer(
    there, ours, gateway
):
    ended = paid(there, ours, gateway, save=True)
    assert ended.saved
    assert ended.saved.instrument.last4 == "4242"
    assert (ended.saved.instrument.exp_year, ended.saved.instrument.exp_month) == (2029, 4)
    wanted = ChargeRequest(
        new_reference(), EUR, ended.saved.gateway_ref, "cus_1", "May", "",
        mandate=ended.saved.mandate, is_off_session=True,
    )  # fmt: skip
    again = gateway.charge(ours, wanted)
    assert (again.result, again.amount, again.step) == (Result.SUCCEEDED, EUR, None)

    gateway.remove(ours, ended.saved.gateway_ref)
    gateway.remove(ours, ended.saved.gateway_ref)
    refused = gateway.charge(ours, ChargeRequest(**{**as_dict(wanted), "reference": "pay_9"}))
    assert refused.failure
    assert (refused.result, refused.failure.code) == (Result.FAILED, FailureCode.GATEWAY_REFUSED)
    assert "mandateId" in refused.failure.message


def as_dict(request: ChargeRequest) -> dict:
    return {name: getattr(request, name) for name in ChargeRequest.__dataclass_fields__}


def test_what_was_kept_holds_no_money_up(there, ours, gateway):
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR, save=True))
    there.finish(reference)
    row = there.payments(reference)[0]
    there.server.next = [Reply(200, row), Reply(500, {})]
    outcome = gateway.look_up(ours, reference, first.gateway_ref)
    assert (outcome.result, outcome.saved) == (Result.SUCCEEDED, None)


@pytest.mark.parametrize("said", [Reply(500, {}), Reply(409, {}), b"HTTP/1.1 201"])
def test_without_a_customer_to_keep_it_for_no_payment_is_asked_for(there, ours, gateway, said):
    there.server.next = [said]
    with pytest.raises(Unavailable):
        gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR, save=True))
    assert there.server.payments == {}


def test_nothing_is_kept_that_has_not_paid(ours, gateway):
    with pytest.raises(KeptByPaying):
        gateway.save(ours, source="tok", customer="cus_1", reference="pm_1")


def test_forgetting_is_unavailable_or_uncertain_when_the_line_breaks(there, ours, gateway):
    there.server.next = [Reply(500, {})]
    with pytest.raises(Uncertain):
        gateway.remove(ours, "cst_1/mdt_1")
    there.server.next = [Reply(404, {"detail": "no route"})]
    with pytest.raises(Uncertain):
        gateway.remove(ours, "cst_1/mdt_1")


def test_the_list_is_read_back_to_when_the_reference_was_made(there, ours, gateway):
    """Older payments are not even asked for; three a page."""
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    row = {"status": "paid", "metadata": None, "createdAt": old}
    there.server.payments = {f"tr_{n}": row | {"id": f"tr_{n}"} for n in range(30)}
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    there.server.calls.clear()
    assert gateway.look_up(ours, reference).gateway_ref == first.gateway_ref
    assert [call.path for call in there.server.calls] == [
        "/v2/payments",
        f"/v2/payments/{first.gateway_ref}",
    ]
    long_ago = encode("pay", new_ids(1, at=datetime(2026, 1, 1, tzinfo=UTC))[0])
    there.server.calls.clear()
    assert gateway.look_up(ours, long_ago).result is Result.ABSENT
    assert len(there.server.calls) == 11


def test_a_list_out_of_order_proves_no_absence(there, ours, gateway):
    rows = [{"id": f"tr_{n}", "createdAt": when, "metadata": None}
            for n, when in enumerate(["2026-03-01T00:00:00Z", stamp()])]  # fmt: skip
    page = {"_embedded": {"payments": rows}, "_links": {"next": None}}
    there.server.next = [Reply(200, page)]
    with pytest.raises(Unavailable):
        gateway.look_up(ours, encode("pay", new_ids(1, at=datetime(2026, 1, 1, tzinfo=UTC))[0]))


def test_a_list_without_an_end_is_unavailable(there, ours, gateway):
    links = {"next": {"href": "https://elsewhere.example/v2/payments?from=tr_1"}}
    page = {"_embedded": {"payments": []}, "_links": links}
    there.server.next = [Reply(200, page)] * client.PAGES_MAX
    with pytest.raises(Unavailable):
        gateway.look_up(ours, new_reference())
    assert len(there.server.calls) == client.PAGES_MAX, "pages are asked of Mollie, nowhere else"


def test_an_id_of_another_reference_is_not_believed(there, ours, gateway):
    first = paid(there, ours, gateway)
    with pytest.raises(Unavailable):
        gateway.look_up(ours, new_reference(), first.gateway_ref)


# --- webhooks -----------------------------------------------------------------------------------


def test_a_push_mentions_a_payment_and_is_told_by_its_moment(ours, gateway):
    push = pushed("tr_q7Harrow")
    (event,) = gateway.parse(ours, headers={}, body=push.body, at=NOW)
    assert event.facts == (Mention("tr_q7Harrow"),)
    assert event.ref == "tr_q7Harrow@20260302T093001.250000"
    (later,) = gateway.parse(ours, headers={}, body=push.body, at=NOW + timedelta(seconds=1))
    assert later.ref != event.ref


@pytest.mark.parametrize(
    "body",
    [b"", b"id=", b"id=stl_1234", b"id=tr_1/../../x", b"{}", b"\xff", b"id=tr_" + b"a" * 300,
     b"tr_q7Harrow", b"id=tr_%00abc"],
)  # fmt: skip
def test_what_names_no_payment_is_refused(ours, gateway, body):
    with pytest.raises(SignatureInvalid):
        gateway.parse(ours, headers={}, body=body, at=NOW)


def test_what_is_behind_a_mention_is_asked_for(there, ours, gateway):
    ended = paid(there, ours, gateway)
    part = RefundRequest(new_reference("ref"), ended.gateway_ref, Money(1_000, "EUR"))
    gateway.refund(ours, part)
    there.server.chargebacks["chb_1"] = {
        "id": "chb_1", "paymentId": ended.gateway_ref, "createdAt": stamp(),
        "amount": {"currency": "EUR", "value": "203.55"},
    }  # fmt: skip
    charge, refund, chargeback = gateway.ask(ours, Mention(ended.gateway_ref))
    assert charge == ended
    assert isinstance(refund, RefundOutcome)
    assert refund.reference == part.reference
    assert isinstance(chargeback, ChargebackTold)
    assert (chargeback.charge, chargeback.amount) == (ended.gateway_ref, EUR)


def test_a_mention_that_anybody_made_up_is_no_fact(there, ours, gateway):
    assert gateway.ask(ours, Mention("tr_never")) == ()
    for said in (Reply(500, {}), Reply(404, {}), Reply(401, {}), Reply(200, {"id": "tr_1"})):
        there.server.next = [said]
        with pytest.raises(Unavailable):
            gateway.ask(ours, Mention("tr_1"))


# --- settlements --------------------------------------------------------------------------------


def test_what_lists_and_costs_do_not_explain_is_an_adjustment(there, ours, gateway):
    paid(there, ours, gateway)
    there.pay_out()
    [settlement] = there.server.settlements.values()
    settlement["amount"]["value"] = "200.00"
    moved = list(gateway.movements(ours, settlement["id"]))
    assert [(one.kind, one.net.minor) for one in moved] == [
        (MovementKind.CHARGE, 20355),
        (MovementKind.FEE, -1),
        (MovementKind.ADJUSTMENT, -354),
    ]
    assert there.server.calls[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_without_its_token_settlements_are_refused(there, ours, gateway):
    bare = GatewayAccount("M", ours.settings, {"api_key": KEY})
    with pytest.raises(AccountIncomplete, match="settlements_token"):
        list(gateway.payouts(bare, since=NOW))
