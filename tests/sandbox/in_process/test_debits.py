"""Bank debits: processing, then paid or returned, days later by the sandbox clock."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.till import CLOSED, LATE, MONDAY, PAYS, RETURNED, UNKNOWN, Till


def test_debit_is_processing_then_paid_after_two_working_days() -> None:
    """Until then no money moves; then it does, less 35 flat."""
    till = Till()
    charge = till.debit()
    assert charge["status"] == "processing"
    assert charge["settles_at"] == "2026-03-04T09:00:00.000Z"
    assert (charge["card"], charge["amount_captured"]) == (None, 0)
    shown = {"scheme": "sepa", "last4": "3000", "country": "DE", "holder": "Alice Adams"}
    assert charge["instrument"] == {"kind": "bank_debit"} | shown
    till.advance(days=1, hours=23)
    assert till.now_is(charge)["status"] == "processing"
    assert till.movements() == ""
    till.advance(hours=1)
    assert till.now_is(charge)["status"] == "succeeded"
    assert till.movements() == ("2026-03-04 charge             10000    35    9965 EUR 2026-03-04")
    assert till.kinds() == ["mandate.created", "charge.succeeded"]


@pytest.mark.parametrize(
    ("start", "settles"),
    [
        (datetime(2026, 3, 5, 9, tzinfo=UTC), "2026-03-09"),  # Thursday
        (datetime(2026, 3, 6, 9, tzinfo=UTC), "2026-03-10"),  # Friday
        (datetime(2026, 3, 7, 9, tzinfo=UTC), "2026-03-10"),  # Saturday
        (datetime(2026, 3, 8, 9, tzinfo=UTC), "2026-03-10"),  # Sunday
    ],
)
def test_debit_waits_over_the_weekend(start: datetime, settles: str) -> None:
    """Banks work from Monday to Friday."""
    assert Till(start).debit()["settles_at"][:10] == settles


def test_debit_settles_as_the_account_says() -> None:
    """The delay of a scheme is a setting."""
    assert Till(sepa_days=4).debit()["settles_at"][:10] == "2026-03-06"


@pytest.mark.parametrize(
    ("iban", "code", "failure", "mandate"),
    [
        (RETURNED, "AM04", "insufficient_funds", "active"),
        (CLOSED, "AC04", "account_closed", "revoked"),
        ("DE08370400440532013003", "MD01", "mandate_invalid", "revoked"),
        (UNKNOWN, "AC01", "account_unknown", "failed"),
    ],
)
def test_debit_returned_fails_with_its_code(
    iban: str, code: str, failure: str, mandate: str
) -> None:
    """No money, no fee; some codes end the mandate."""
    till = Till()
    charge = till.debit(iban)
    assert charge["status"] == "processing"
    till.advance(days=2)
    found = till.now_is(charge)
    assert (found["status"], found["return_code"]) == ("failed", code)
    assert found["failure"]["code"] == failure
    assert found["failure"]["message"]
    assert till.movements() == ""
    assert till.get(f"/v1/mandates/{charge['mandate']}")["status"] == mandate
    ended = [] if mandate == "active" else [f"mandate.{mandate}"]
    assert till.kinds() == ["mandate.created", *ended, "charge.failed"]


@pytest.mark.parametrize(
    ("fields", "scheme", "code"),
    [
        ({"routing_number": "110000000", "account_number": "000111111116"}, "ach", "R01"),
        ({"routing_number": "110000000", "account_number": "000111111113"}, "ach", "R02"),
        ({"sort_code": "108800", "account_number": "22222227"}, "bacs", "ARUDD-0"),
    ],
)
def test_debit_of_other_schemes_returns_with_their_codes(
    fields: dict[str, str], scheme: str, code: str
) -> None:
    """ACH and Bacs speak their own."""
    till = Till()
    token = till.engine.make_bank_token(**fields, holder="Alice")
    till.mandate(token, scheme)
    charge = till.charge(token)
    till.advance(days=5)
    assert till.now_is(charge)["return_code"] == code


def test_debit_returned_late_was_paid_and_is_taken_back() -> None:
    """The charge stays succeeded; the return is a movement of its own, and the fee is kept."""
    till = Till(payout_days=0)
    charge = till.debit(LATE)
    till.advance(days=3)
    assert till.now_is(charge)["status"] == "succeeded"
    till.advance(days=7)
    found = till.now_is(charge)
    assert (found["status"], found["return_code"]) == ("succeeded", "MD06")
    assert found["returned_at"] == "2026-03-11T09:00:00.000Z"
    assert (found["amount_captured"], found["amount_returned"]) == (10_000, 10_000)
    assert till.movements() == (
        "2026-03-04 charge             10000    35    9965 EUR 2026-03-04\n"
        "2026-03-05 payout             -9965     0   -9965 EUR 2026-03-05\n"
        "2026-03-11 return            -10000     0  -10000 EUR 2026-03-11"
    )
    assert till.kinds() == [
        "mandate.created",
        "charge.succeeded",
        "payout.created",
        "payout.paid",
        "mandate.revoked",
        "charge.returned",
    ]
    assert till.events()[-1]["created"] == "2026-03-11T09:00:00.000Z"


def test_debit_is_sent_back_on_demand() -> None:
    """On its way it fails; long after it was paid it is returned; not twice, and no card."""
    till = Till()
    first, second = till.debit(), till.debit()
    failed = till.post(f"/v1/charges/{first['id']}/return", {"return_code": "AC04"})
    till.advance(days=30)
    returned = till.post(f"/v1/charges/{second['id']}/return")
    assert (failed["status"], failed["return_code"]) == ("failed", "AC04")
    assert (returned["status"], returned["return_code"]) == ("succeeded", "MD06")
    again = till.refusal(f"/v1/charges/{second['id']}/return")
    card = till.refusal(f"/v1/charges/{till.card()['id']}/return")
    unknown = till.refusal(f"/v1/charges/{till.debit()['id']}/return", {"return_code": "XX"})
    assert again == (409, "charge_not_returnable", None)
    assert card == (404, "not_found", None)
    assert unknown == (400, "parameter_invalid", "return_code")


def test_return_fee_is_taken_with_the_return() -> None:
    """If the account has one."""
    till = Till(return_fee=300)
    charge = till.debit()
    till.advance(days=2)
    till.post(f"/v1/charges/{charge['id']}/return")
    assert till.movements().splitlines()[-1] == (
        "2026-03-04 return            -10000   300  -10300 EUR 2026-03-04"
    )


def test_debit_can_be_cancelled_before_its_cutoff() -> None:
    """For an hour; then it is on its way. Nothing settles afterwards."""
    till = Till()
    first, second = till.debit(), till.debit()
    assert first["cancellable_until"] == "2026-03-02T10:00:00.000Z"
    till.advance(minutes=59)
    cancelled = till.post(f"/v1/charges/{first['id']}/cancel")
    again = till.post(f"/v1/charges/{first['id']}/cancel")
    till.advance(minutes=1)
    late = till.refusal(f"/v1/charges/{second['id']}/cancel")
    till.advance(days=3)
    assert (cancelled["status"], again) == ("cancelled", cancelled)
    assert late == (409, "charge_not_cancellable", None)
    assert till.now_is(first) == cancelled
    assert till.kinds().count("charge.cancelled") == 1
    assert till.kinds().count("charge.succeeded") == 1


@pytest.mark.parametrize("number", ["4242424242424242", "4000000000000002"])
def test_decided_charge_can_not_be_cancelled(number: str) -> None:
    """What was paid is refunded, what failed has failed."""
    till = Till()
    charge = till.card(number)
    refusal = till.refusal(f"/v1/charges/{charge['id']}/cancel")
    assert refusal == (409, "charge_not_cancellable", None)
    assert till.now_is(charge) == charge


def test_waiting_charge_can_be_cancelled() -> None:
    """The payer's approval comes too late then."""
    till = Till()
    charge = till.card("4000002500003155")
    secret = charge["next_action"]["url"].rpartition("/")[2]
    till.post(f"/v1/charges/{charge['id']}/cancel")
    till.engine.challenges.answer(secret, approve=True)
    till.advance(hours=1)
    assert till.now_is(charge)["status"] == "cancelled"
    assert till.kinds() == ["charge.cancelled"]


def test_list_of_what_moved_shows_what_came_back() -> None:
    """A processing or failed debit moved nothing; a returned one did, and says what returned."""
    till = Till()
    till.debit(RETURNED)
    late = till.debit(LATE)
    till.debit(PAYS)
    assert till.get("/v1/charges", customer="cus_1")["data"] == []
    till.advance(days=9)
    found = till.get("/v1/charges", customer="cus_1")["data"]
    assert [(row["amount_captured"], row["amount_returned"]) for row in found] == [
        (10_000, 0),
        (10_000, 10_000),
    ]
    assert found[1]["id"] == late["id"]


def test_times_of_a_large_step_are_those_of_each_moment() -> None:
    """Two years at once: each thing is written as of when it was due, in sequence."""
    till = Till()
    till.debit()
    till.advance(days=730)
    assert [(event["type"], event["created"][:16]) for event in till.events()] == [
        ("mandate.created", f"{MONDAY:%Y-%m-%dT%H:%M}"),
        ("charge.succeeded", "2026-03-04T09:00"),
        ("payout.created", "2026-03-05T02:00"),
        ("payout.paid", "2026-03-06T06:00"),
    ]


def test_things_of_different_nouns_happen_in_the_sequence_of_their_times() -> None:
    """Whatever was begun first: what is due first happens first."""
    till = Till()
    till.debit()
    till.card("4000000000000259")
    till.card("4000002500003155")
    till.advance(days=10)
    told = [(event["type"], event["created"][:16]) for event in till.events(since=2)]
    assert told == [
        ("dispute.opened", "2026-03-02T09:01"),
        ("charge.failed", "2026-03-02T09:30"),
        ("charge.succeeded", "2026-03-04T09:00"),
        ("payout.created", "2026-03-05T02:00"),
        ("payout.paid", "2026-03-06T06:00"),
        ("dispute.lost", "2026-03-09T09:01"),
    ]


def test_what_fell_due_unseen_is_written_as_of_then() -> None:
    """The gateway was down, or nobody asked: times are those when it was due."""
    till = Till()
    charge = till.debit()
    clock = till.engine.clock
    clock.set_offset(clock.offset + timedelta(days=30))
    assert till.engine.catch_up() == 3
    assert till.now_is(charge)["status"] == "succeeded"
    assert [event["created"][:10] for event in till.events(since=1)] == [
        "2026-03-04",
        "2026-03-05",
        "2026-03-06",
    ]
