"""A whole payment at Adyen over HTTP: link, notification, refund, notification; and what is
pushed that is not Adyen's."""

import json
from datetime import UTC, datetime

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.counterparts.adyen import (
    HMAC,
    KEY,
    MERCHANT,
    AdyenCounterpart,
    held,
    item_of,
    problem,
    signed,
)
from adapters.gateways.fake_service import Reply
from counterfoil.adapters.gateways.adyen.settings import AdyenSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import (
    AccountIncomplete,
    GatewayAccount,
    KeysRefused,
)
from counterfoil.kernel.ports.gateways.events import Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundRequest

EUR = Money(20355, "EUR")
NOW = datetime(2026, 3, 2, tzinfo=UTC)
OURS = held("http://127.0.0.1:1", KEY, HMAC)


@pytest.fixture
def there():
    counterpart = AdyenCounterpart()
    counterpart.start()
    yield counterpart
    counterpart.stop()


@pytest.fixture
def ours(there):
    return there.account(there.url)


@pytest.fixture
def gateway(there):
    return there.gateway


def parsed(gateway, push, account=OURS):
    return gateway.parse(account, headers=push.headers, body=push.body, at=NOW)


def test_a_payment_from_its_link_to_its_refund(there, ours, gateway):
    reference, refund = new_reference(), new_reference("ref")
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    [call] = there.server.calls
    assert call.headers["idempotency-key"] == reference
    assert (call.headers["x-api-key"], call.json["merchantAccount"]) == (KEY, MERCHANT)
    assert (first.result, first.gateway_ref[:2]) == (Result.ACTION_REQUIRED, "PL")

    there.finish(reference)
    waiting = gateway.look_up(ours, reference, first.gateway_ref)
    assert (waiting.result, waiting.amount) == (Result.PROCESSING, None)

    [push] = there.pushes(reference)
    [event] = parsed(gateway, push, ours)
    [ended] = event.facts
    assert (ended.reference, ended.result, ended.amount) == (reference, Result.SUCCEEDED, EUR)
    assert ended.gateway_ref.startswith("PSP")

    part = RefundRequest(refund, ended.gateway_ref, Money(1_000, "EUR"))
    wished = gateway.refund(ours, part)
    assert (wished.result, wished.amount) == (Result.PROCESSING, part.amount)
    told = item_of(
        "REFUND", pspReference=wished.gateway_ref, originalReference=ended.gateway_ref,
        merchantReference=refund, amount={"currency": "EUR", "value": 1_000},
    )  # fmt: skip
    [event] = parsed(gateway, signed(told), ours)
    [done] = event.facts
    assert (done.result, done.reference, done.gateway_ref) == (
        Result.SUCCEEDED, refund, wished.gateway_ref,
    )  # fmt: skip


def test_a_link_that_nobody_was_shown_can_not_be_paid(there, ours, gateway):
    """Adyen can't be asked by our reference; but it has to answer us to say even that."""
    assert gateway.look_up(ours, new_reference()).result is Result.ABSENT
    for said in (Reply(500, {}), Reply(404, {"detail": "no route"}), Reply(200, {}), b""):
        there.server.next = [said]
        with pytest.raises(Unavailable):
            gateway.look_up(ours, new_reference())
    with pytest.raises(KeysRefused):
        gateway.look_up(there.stranger(there.url), new_reference())


def test_a_payment_can_not_be_asked_for(ours, gateway):
    with pytest.raises(Unavailable):
        gateway.look_up(ours, new_reference(), "PSP00000000000001")
    with pytest.raises(Unavailable):
        gateway.look_up_refund(ours, "ref_1", "PSP1")


@pytest.mark.parametrize("code", ["704", "14_030"])
def test_a_key_that_adyen_is_still_at_is_unknown(there, ours, gateway, code):
    there.server.next = [problem(422, code, "Said.")]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert outcome.result is (Result.UNKNOWN if code == "704" else Result.FAILED)
    if outcome.failure:
        assert outcome.failure.message == "14_030: Said."


@pytest.mark.parametrize("body", [{}, {"status": 422}, {"detail": "no route"}, b"<h1>proxy</h1>"])
def test_a_refusal_in_anybody_elses_words_is_unknown(there, ours, gateway, body):
    there.server.next = [Reply(422, body)]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert (outcome.result, outcome.failure) == (Result.UNKNOWN, None)


def test_an_amount_that_adyen_can_not_count_is_not_sent(there, ours, gateway):
    odd = Money(150, "IDR")
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), odd))
    assert outcome.failure
    assert outcome.failure.code is FailureCode.GATEWAY_REFUSED
    assert gateway.refund(ours, RefundRequest("ref_1", "PSP1", odd)).result is Result.FAILED
    assert there.server.calls == []


@pytest.mark.parametrize(
    "change",
    [{"status": "odd"}, {"reference": "ref_2"}, {"amount": {}}, {"pspReference": ""}],
)
def test_a_wish_to_refund_whose_answer_is_odd_is_unknown(there, ours, gateway, change):
    body = {"status": "received", "reference": "ref_1", "pspReference": "R",
            "amount": {"currency": "EUR", "value": 1}}  # fmt: skip
    there.server.next = [Reply(201, body | change)]
    asked = RefundRequest("ref_1", "PSP1", Money(1, "EUR"))
    assert gateway.refund(ours, asked).result is Result.UNKNOWN


def test_ending_a_link_whose_answer_is_lost_is_unknown(there, ours, gateway):
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    link = there.links(reference)[0]
    there.server.next = [Reply(200, link), Reply(500, {})]
    assert gateway.cancel(ours, reference, first.gateway_ref).result is Result.UNKNOWN
    assert gateway.cancel(ours, reference, first.gateway_ref).result is Result.CANCELLED


def test_a_paid_link_is_not_ended(there, ours, gateway):
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    there.finish(reference)
    assert gateway.cancel(ours, reference, first.gateway_ref).result is Result.PROCESSING
    assert [call.method for call in there.server.calls if call.method == "PATCH"] == []


# --- notifications ------------------------------------------------------------------------------


def test_each_item_of_a_batch_is_an_event(gateway):
    items = [item_of("AUTHORISATION", pspReference=f"P{n}") for n in range(3)]
    events = parsed(gateway, signed(*items, item_of("REPORT_AVAILABLE", pspReference="a.csv")))
    assert [event.ref for event in events] == [
        "AUTHORISATION:P0:true", "AUTHORISATION:P1:true", "AUTHORISATION:P2:true",
        "REPORT_AVAILABLE:a.csv:true",
    ]  # fmt: skip
    assert events[3].facts == ()


@pytest.mark.parametrize(
    "change",
    [
        {"pspReference": "P2"},
        {"merchantReference": "pay_2"},
        {"merchantAccountCode": "Another"},
        {"amount": {"currency": "EUR", "value": 20356}},
        {"amount": {"currency": "USD", "value": 20355}},
        {"eventCode": "CHARGEBACK"},
        {"success": "false"},
        {"additionalData": {}},
        {"additionalData": {"hmacSignature": ""}},
        {"additionalData": {"hmacSignature": None}},
        {"additionalData": {"hmacSignature": "é"}},
    ],
)
def test_a_signed_field_that_was_altered_is_refused(gateway, change):
    good, other = signed(item_of("AUTHORISATION")), signed(item_of("AUTHORISATION"))
    rows = json.loads(other.body)
    rows["notificationItems"][0]["NotificationRequestItem"] |= change
    with pytest.raises(SignatureInvalid):
        parsed(gateway, type(good)({}, json.dumps(rows).encode()))


def test_one_bad_item_refuses_the_batch(gateway):
    good = json.loads(signed(item_of("AUTHORISATION")).body)
    bad = json.loads(signed(item_of("AUTHORISATION"), key="00" * 32).body)
    good["notificationItems"] += bad["notificationItems"]
    with pytest.raises(SignatureInvalid):
        parsed(gateway, type(signed())({}, json.dumps(good).encode()))


@pytest.mark.parametrize("name", ["pspReference", "merchantReference", "success"])
def test_what_can_not_even_be_signed_is_refused(gateway, name):
    """Half of a letter that takes two, by anybody at all."""
    told = json.loads(signed(item_of("AUTHORISATION")).body)
    told["notificationItems"][0]["NotificationRequestItem"][name] = "\ud800"
    with pytest.raises(SignatureInvalid):
        parsed(gateway, type(signed())({}, json.dumps(told).encode()))


@pytest.mark.parametrize(("environment", "live"), [("test", "true"), ("live", "false")])
def test_a_notification_of_the_other_mode_tells_nothing(gateway, environment, live):
    settings = {**OURS.settings, "environment": environment}
    account = GatewayAccount("A", settings, OURS.secrets)
    good = signed(item_of("AUTHORISATION"))
    told = json.loads(good.body) | {"live": live}
    [event] = parsed(gateway, type(good)({}, json.dumps(told).encode()), account)
    assert (event.facts, bool(event.doubt)) == ((), True)
    told["live"] = "true" if environment == "live" else "false"
    [event] = parsed(gateway, type(good)({}, json.dumps(told).encode()), account)
    assert (bool(event.facts), event.doubt) == (True, "")


def test_an_item_that_could_be_cut_elsewhere_is_refused(gateway):
    """`a:b` + `c` and `a` + `b:c` have one signature."""
    with pytest.raises(SignatureInvalid):
        parsed(gateway, signed(item_of("AUTHORISATION", pspReference="P1:P2")))


def test_a_notification_for_another_merchant_account_is_refused(gateway):
    with pytest.raises(SignatureInvalid):
        parsed(gateway, signed(item_of("AUTHORISATION", merchantAccountCode="MillLane")))


def test_the_old_key_holds_while_it_is_replaced(gateway):
    push = signed(item_of("AUTHORISATION"), key="ab" * 32)
    both = GatewayAccount("A", OURS.settings, {**OURS.secrets, "hmac_key_old": "AB" * 32})
    assert parsed(gateway, push, both)
    with pytest.raises(SignatureInvalid):
        parsed(gateway, push)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{}", b'{"notificationItems": []}', b'{"notificationItems": [{}]}',
     b'{"notificationItems": [{"NotificationRequestItem": null}]}', b"\xff", b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_notification_is_refused(gateway, body):
    with pytest.raises(SignatureInvalid):
        parsed(gateway, type(signed())({}, body))


@pytest.mark.parametrize(
    "change",
    [{"eventDate": "yesterday"}, {"eventDate": "2026-03-02T09:30:01"}, {"pspReference": ""},
     {"amount": {"currency": "EUR", "value": 1.5}}],
)  # fmt: skip
def test_what_is_signed_but_odd_is_refused(gateway, change):
    with pytest.raises(SignatureInvalid):
        parsed(gateway, signed(item_of("AUTHORISATION", **change)))


def test_after_a_refused_try_the_link_is_asked_for(there, ours, gateway):
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    [fact] = gateway.ask(ours, Mention(first.gateway_ref, reference))
    assert fact.result is Result.ACTION_REQUIRED


def test_the_account_says_where_and_with_what():
    secrets = {"api_key": "k", "hmac_key": HMAC}

    def of(**settings):
        return AdyenSettings.of(GatewayAccount("A", {"merchant_account": "M", **settings}, secrets))

    assert of(environment="test").url == "https://checkout-test.adyen.com"
    assert of(environment="live", prefix="1797a841fbb37ca7-Harrow").url == (
        "https://1797a841fbb37ca7-Harrow-checkout-live.adyenpayments.com/checkout"
    )
    for settings in ({}, {"environment": "live"}, {"environment": "moon"}):
        with pytest.raises(AccountIncomplete):
            of(**settings)
    for key in ("", "abc", "zz", HMAC[:-1]):
        with pytest.raises(AccountIncomplete):
            AdyenSettings.of(
                GatewayAccount(
                    "A", {"merchant_account": "M", "url": "u"}, secrets | {"hmac_key": key}
                )
            )
