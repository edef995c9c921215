"""What the adapter says over HTTP to BTCPay, and what is pushed back."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.counterparts.btcpay import (
    KEY,
    STORE,
    BtcPayCounterpart,
    event_of,
    held,
    signed,
)
from adapters.gateways.fake_service import Reply
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount
from counterfoil.kernel.ports.gateways.events import Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result

EUR = Money(20355, "EUR")
NOW = datetime(2026, 3, 2, tzinfo=UTC)
INVOICE = {"id": "Inv1", "metadata": {"orderId": "pay_1"}}


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
def gateway(there):
    return there.gateway


def test_an_invoice_is_asked_for_before_it_is_made(there, ours, gateway):
    reference = new_reference()
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    asked, made = there.server.calls
    assert (asked.method, asked.query["orderId"]) == ("GET", [reference])
    assert asked.query["includeArchived"] == ["true"]
    assert made.headers["authorization"] == f"token {KEY}"
    assert made.path == f"/api/v1/stores/{STORE}/invoices"
    assert made.json["amount"] == "203.55"
    assert made.json["metadata"]["orderId"] == reference
    assert made.json["checkout"]["paymentTolerance"] == 0
    assert (outcome.result, outcome.amount) == (Result.ACTION_REQUIRED, None)


def test_a_reference_that_has_an_invoice_gets_no_second_one(there, ours, gateway):
    """BTCPay knows no idempotency key."""
    reference = new_reference()
    wanted = there.request(Wish.SUCCEEDS, reference, EUR)
    first = gateway.charge(ours, wanted)
    there.invoices(reference)[0]["archived"] = True  # staff put it away: it is there all the same
    assert gateway.charge(ours, wanted) == first
    assert len(there.invoices(reference)) == 1


def test_when_it_can_not_be_asked_no_invoice_is_made(there, ours, gateway):
    for said in (Reply(500, {}), Reply(403, {"code": "missing-permission", "message": "No"}),
                 Reply(200, {"not": "a list"}), b"HTTP/1.1 200 OK\r\nContent-Le"):  # fmt: skip
        there.server.next = [said]
        with pytest.raises(Unavailable):
            gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert there.server.invoices == {}


def test_a_server_that_does_not_search_is_not_believed(there, ours, gateway):
    """It would give invoices of others, and an empty page further on."""
    gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    there.server.next = [Reply(200, list(there.server.invoices.values()))]
    with pytest.raises(Unavailable):
        gateway.look_up(ours, new_reference())


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (422, [{"path": "currency", "message": "Not known"}], "currency: Not known"),
        (400, {"code": "generic-error", "message": "No wallet"}, "generic-error: No wallet"),
    ],
)
def test_a_refusal_in_its_own_words_is_a_definite_no(there, ours, gateway, status, body, words):
    there.server.next = [Reply(200, []), Reply(status, body)]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert outcome.failure
    assert (outcome.result, outcome.failure.code) == (Result.FAILED, FailureCode.GATEWAY_REFUSED)
    assert outcome.failure.message == words


@pytest.mark.parametrize("body", [{}, [], {"detail": "no route"}, "no", b"<h1>proxy</h1>"])
def test_a_refusal_in_anybody_elses_words_is_unknown(there, ours, gateway, body):
    there.server.next = [Reply(200, []), Reply(400, body)]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert (outcome.result, outcome.failure) == (Result.UNKNOWN, None)


def test_an_invoice_is_found_by_its_id_alone(there, ours, gateway):
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert gateway.look_up(ours, "", first.gateway_ref) == first


def test_the_list_goes_on_after_a_page(there, ours, gateway):
    made = [there.request(Wish.SUCCEEDS, new_reference(), EUR) for _ in range(3)]
    for wanted in made:
        gateway.charge(ours, wanted)
    [row, *_] = there.server.invoices.values()
    there.server.invoices |= {f"X{n}": row | {"id": f"X{n}"} for n in range(120)}
    now = datetime.now(UTC)
    listed = list(gateway.listed(ours, since=now - timedelta(days=1), until=now))
    assert len({one.fact.gateway_ref for one in listed}) == 123


# --- webhooks -----------------------------------------------------------------------------------


OURS = held("http://127.0.0.1:1", KEY, "hooks-contract")


def parsed(gateway, push, account=OURS):
    return gateway.parse(account, headers=push.headers, body=push.body, at=NOW)


def test_an_event_mentions_its_invoice(gateway):
    (event,) = parsed(gateway, signed(event_of(INVOICE)))
    assert (event.ref, event.kind) == ("d-Inv1", "InvoiceSettled")
    assert event.facts == (Mention("Inv1", "pay_1"),)


def test_a_second_delivery_is_the_same_event(gateway):
    again = event_of(INVOICE, deliveryId="d-2", isRedelivery=True)
    assert parsed(gateway, signed(again))[0].ref == "d-Inv1"


def test_the_old_secret_holds_while_it_is_replaced(gateway):
    account = held("http://127.0.0.1:1", KEY, "new")
    both = GatewayAccount("B", account.settings, {**account.secrets, "webhook_secret_old": "old"})
    assert parsed(gateway, signed(event_of(INVOICE), "old"), both)
    with pytest.raises(SignatureInvalid):
        parsed(gateway, signed(event_of(INVOICE), "old"), account)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{}", b"\xff", event_of(INVOICE, storeId="other"),
     event_of(INVOICE, timestamp="now"), event_of(INVOICE, timestamp=10**30),
     event_of(INVOICE, type=None)],
)  # fmt: skip
def test_what_is_signed_but_no_event_of_our_store_is_refused(gateway, body):
    with pytest.raises(SignatureInvalid):
        parsed(gateway, signed(body))


def test_an_event_of_no_invoice_is_kept_without_facts(gateway):
    event = {name: value for name, value in event_of(INVOICE).items() if name != "invoiceId"}
    assert parsed(gateway, signed(event))[0].facts == ()


def test_a_signature_without_its_name_is_refused(gateway):
    push = signed(event_of(INVOICE))
    bare = push.headers["BTCPay-Sig"].removeprefix("sha256=")
    with pytest.raises(SignatureInvalid):
        parsed(gateway, type(push)({"BTCPay-Sig": bare}, push.body))


def test_an_incomplete_account_is_refused(gateway):
    with pytest.raises(AccountIncomplete, match="store_id, api_key"):
        gateway.look_up(GatewayAccount("B", {"url": "x"}, {"webhook_secret": "s"}), "pay_1")
    assert json.dumps(KEY) not in repr(held("u", KEY, "s"))
