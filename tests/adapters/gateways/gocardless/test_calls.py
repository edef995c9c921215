"""What the adapter says over HTTP, and what it makes of refusals, conflicts and long lists."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.counterparts.gocardless import GoCardlessCounterpart, error
from adapters.gateways.fake_service import Reply
from counterfoil.adapters.gateways.gocardless import client
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode, new_ids
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest
from counterfoil.kernel.ports.gateways.mandates import DebitScheme, MandateState
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, MethodKind, Result, StepKind
from counterfoil.kernel.ports.gateways.refunds import RefundRequest

EUR = Money(20355, "EUR")


@pytest.fixture
def there():
    counterpart = GoCardlessCounterpart()
    counterpart.start()
    yield counterpart
    counterpart.stop()


@pytest.fixture
def ours(there):
    return there.account(there.url)


@pytest.fixture
def gateway(there):
    return there.gateway


def test_a_debit_carries_reference_key_version_and_no_retry(there, ours, gateway):
    reference = new_reference()
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    [call] = there.server.calls
    assert call.headers["idempotency-key"] == reference
    assert call.headers["gocardless-version"] == "2015-07-06"
    ours_there = {"counterfoil": reference, "customer": "cus_contract"}
    assert call.json["payments"]["metadata"] == ours_there
    assert call.json["payments"]["retry_if_possible"] is False
    assert outcome.settles_on is not None


def test_the_key_that_was_used_gives_the_first_debit(there, ours, gateway):
    reference = new_reference()
    wanted = there.request(Wish.SUCCEEDS, reference, EUR)
    first = gateway.charge(ours, wanted)
    there.finish(reference)
    again = gateway.charge(ours, wanted)
    assert (again.gateway_ref, again.result) == (first.gateway_ref, Result.SUCCEEDED)
    assert len(there.payments(reference)) == 1


def test_the_first_debit_that_can_not_be_fetched_is_unknown(there, ours, gateway):
    links = {"conflicting_resource_id": "PM404"}
    there.server.next = [
        error(409, "invalid_state", "idempotent_creation_conflict", "Created already", links),
        Reply(503, {}),
    ]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert (outcome.result, outcome.failure) == (Result.UNKNOWN, None)


def test_another_conflict_is_unknown(there, ours, gateway):
    there.server.next = [error(409, "invalid_state", "busy", "Another one is at it")]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert outcome.result is Result.UNKNOWN


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_that_is_not_in_their_words_is_unknown(there, ours, gateway, status):
    """A proxy's page says nothing about the debit."""
    there.server.next = [Reply(status, {"detail": "no route"})]
    outcome = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert outcome.result is Result.UNKNOWN


def test_a_dead_mandate_is_a_definite_no_in_our_word(there, ours, gateway):
    wanted = there.request(Wish.SUCCEEDS, new_reference(), EUR)
    there.server.rows["mandates"][wanted.mandate]["status"] = "cancelled"
    outcome = gateway.charge(ours, wanted)
    assert outcome.result is Result.FAILED
    assert outcome.failure
    assert outcome.failure.code is FailureCode.DEBIT_NOT_AUTHORISED
    assert outcome.failure.message == "invalid_state: mandate_is_inactive Mandate is inactive"


def test_without_a_mandate_or_in_yen_nothing_is_sent(there, ours, gateway):
    for amount, mandate in ((EUR, ""), (Money(500, "JPY"), "MD1")):
        wanted = ChargeRequest("pay_1", amount, "", "cus_1", "x", "", mandate=mandate)
        assert gateway.charge(ours, wanted).result is Result.FAILED
    assert there.server.calls == []


def test_the_list_is_read_from_when_the_reference_was_made(there, ours, gateway):
    reference = encode("pay", new_ids(1, at=datetime(2026, 3, 1, 12, tzinfo=UTC))[0])
    assert gateway.look_up(ours, reference).result is Result.ABSENT
    [call] = there.server.calls
    assert call.query["created_at[gte]"] == ["2026-03-01T11:45:00+00:00"]


def test_absence_is_said_only_at_the_end_of_the_list(there, ours, gateway):
    """Three a page: the one that is looked for is on the third."""
    reference = new_reference()
    gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    for _ in range(7):
        gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    assert gateway.look_up(ours, reference).result is Result.PROCESSING
    there.server.next = [Reply(200, {"payments": [], "meta": {}})]
    with pytest.raises(Unavailable):
        gateway.look_up(ours, reference)


def test_a_list_without_an_end_is_unavailable_not_absence(there, ours, gateway):
    page = {"payments": [], "meta": {"cursors": {"after": "PM1"}}}
    there.server.next = [Reply(200, page)] * client.PAGES_MAX
    with pytest.raises(Unavailable):
        gateway.look_up(ours, new_reference())


def test_an_id_of_another_reference_is_not_believed(there, ours, gateway):
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, new_reference(), EUR))
    with pytest.raises(Unavailable):
        gateway.look_up(ours, new_reference(), first.gateway_ref)
    assert gateway.look_up(ours, "", first.gateway_ref).reference == first.reference


def test_a_late_failure_is_looked_up_as_returned(there, ours, gateway):
    reference = new_reference()
    wanted = there.request(Wish.RETURNED, reference, EUR)
    gateway.charge(ours, wanted)
    there.finish(reference)
    outcome = gateway.look_up(ours, reference)
    assert (outcome.result, outcome.amount) == (Result.RETURNED, EUR)
    assert outcome.failure
    assert (outcome.failure.code, outcome.failure.bank_code) == (
        FailureCode.DEBIT_CONTESTED,
        "MD06",
    )


def test_a_failure_whose_reason_can_not_be_read_waits(there, ours, gateway):
    """Else the bank's code would be lost for good."""
    reference = new_reference()
    first = gateway.charge(ours, there.request(FailureCode.ACCOUNT_CLOSED, reference, EUR))
    there.finish(reference)
    failed = there.payments(reference)[0]
    there.server.next = [Reply(200, {"payments": failed}), Reply(500, {})]
    with pytest.raises(Unavailable):
        gateway.look_up(ours, reference, first.gateway_ref)


def test_a_debit_that_was_sent_can_not_be_stopped(there, ours, gateway):
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    there.payments(reference)[0]["status"] = "submitted"
    told = gateway.cancel(ours, reference, first.gateway_ref)
    assert told.result is Result.PROCESSING
    there.server.next = [Reply(500, {})]
    assert gateway.cancel(ours, reference, first.gateway_ref).result is Result.UNKNOWN
    assert gateway.cancel(ours, new_reference(), "").result is Result.ABSENT


def test_a_refund_says_what_all_refunds_come_to(there, ours, gateway):
    reference = new_reference()
    first = gateway.charge(ours, there.request(Wish.SUCCEEDS, reference, EUR))
    for minor, total in ((1_000, 1_000), (500, 1_500)):
        asked = RefundRequest(new_reference("ref"), first.gateway_ref, Money(minor, "EUR"))
        assert gateway.refund(ours, asked).result is Result.PROCESSING
        body = there.server.calls[-1].json["refunds"]
        assert body["total_amount_confirmation"] == total
    other = RefundRequest(new_reference("ref"), first.gateway_ref, Money(1, "GBP"))
    assert gateway.refund(ours, other).result is Result.FAILED


def test_a_mandate_is_given_on_their_page_and_followed_to_its_account(there, ours, gateway):
    reference = new_reference("mnd")
    wanted = there.mandate_request(reference)
    first = gateway.set_up(ours, wanted)
    assert first.state is MandateState.PENDING
    assert first.step
    assert first.step.kind is StepKind.REDIRECT
    assert first.gateway_ref.startswith("BRQ")
    there.finish_mandate(reference)
    told = gateway.look_up_mandate(ours, reference, first.gateway_ref)
    assert (told.state, told.gateway_ref[:2]) == (MandateState.ACTIVE, "MD")
    assert told.instrument
    assert told.instrument.last4 == "3000"
    assert (told.instrument.country, told.instrument.holder) == ("DE", "Ada Lovelace")


def test_a_page_that_is_lost_leaves_the_mandate_unknown(there, ours, gateway):
    wanted = there.mandate_request(new_reference("mnd"))
    made = {"billing_requests": {"id": "BRQ1", "status": "pending"}}
    there.server.next = [Reply(201, made), Reply(500, {})]
    assert gateway.set_up(ours, wanted).state is MandateState.UNKNOWN
    assert gateway.set_up(ours, wanted).state is MandateState.PENDING


def test_a_request_that_nobody_gave_can_be_dropped(there, ours, gateway):
    reference = new_reference("mnd")
    first = gateway.set_up(ours, there.mandate_request(reference))
    assert gateway.revoke(ours, reference, first.gateway_ref).state is MandateState.REVOKED


def test_a_scheme_that_gocardless_has_not_is_refused_here(there, ours, gateway):
    wanted = there.mandate_request("CF-1")
    other = type(wanted)(
        reference="CF-1", source="", scheme=DebitScheme.SEPA_B2B, customer="c",
        accepted_at=wanted.accepted_at,
    )  # fmt: skip
    assert gateway.set_up(ours, other).state is MandateState.FAILED
    assert there.server.calls == []


def test_the_account_says_where_and_with_what():
    secrets = {"access_token": "t", "webhook_secret": "w", "webhook_secret_old": "o"}
    live = GoCardlessSettings.of(GatewayAccount("GC", {"environment": "live"}, secrets))
    assert (live.url, live.webhook_secrets) == ("https://api.gocardless.com", ("w", "o"))
    assert "secrets" not in repr(live).replace("webhook_secrets", "")
    for settings, held in (({}, secrets), ({"environment": "live"}, {}), ({"url": ""}, secrets)):
        with pytest.raises(AccountIncomplete):
            GoCardlessSettings.of(GatewayAccount("GC", settings, held))


def test_bank_details_are_taken_on_their_page(ours, gateway):
    step = gateway.fields(ours, FieldsRequest(method=MethodKind.BANK_DEBIT))
    assert step.kind is StepKind.HOSTED_PAGE


def test_only_the_time_that_is_asked_for_is_listed(there, ours, gateway):
    now = datetime.now(UTC)
    list(gateway.listed(ours, since=now - timedelta(days=1), until=now))
    [payments, refunds] = there.server.calls
    assert (payments.path, refunds.path) == ("/payments", "/refunds")
    assert set(payments.query) == {"limit", "created_at[gte]", "created_at[lt]"}
    assert json.dumps(payments.query) == json.dumps(refunds.query)
