"""Refunds: never more than is left, once per reference, pending for debits, and some fail."""

from typing import Any

import pytest

from counterfoil_sandbox.errors import GatewayError
from sandbox.till import JSON, LATE, Till


def left(till: Till, charge: JSON) -> int:
    """What was captured, less what went back."""
    found = till.now_is(charge)
    came_back = ("amount_refunded", "amount_disputed", "amount_returned")
    total: int = found["amount_captured"] - sum(found[name] for name in came_back)
    return total


def test_refund_whole_succeeds_at_once() -> None:
    """A card's: the whole answer, the movement, the event. Its fee is not given back."""
    till = Till()
    charge = till.card()
    refund = till.refund(charge, reason="Paid twice", reference="ref_a")
    assert refund == {
        "id": refund["id"],
        "status": "succeeded",
        "amount": 10_000,
        "currency": "EUR",
        "reason": "Paid twice",
        "reference": "ref_a",
        "created": "2026-03-02T09:00:00.000Z",
        "charge": charge["id"],
        "failure": None,
    }
    assert refund["id"].startswith("re_")
    assert till.now_is(charge)["amount_refunded"] == 10_000
    assert till.movements() == (
        "2026-03-02 charge             10000   320    9680 EUR 2026-03-04\n"
        "2026-03-02 refund            -10000     0  -10000 EUR 2026-03-02"
    )
    event = till.events()[-1]
    assert (event["type"], event["data"]["object"]) == ("refund.succeeded", refund)
    assert till.get(f"/v1/refunds/{refund['id']}") == refund
    assert till.get("/v1/refunds", reference="ref_a")["data"] == [refund]


def test_refunds_in_parts_never_exceed_the_charge() -> None:
    """60 and 40 go, one more cent does not; without an amount, it is what is left."""
    till = Till()
    charge = till.card()
    till.refund(charge, 6_000)
    path = f"/v1/charges/{charge['id']}/refunds"
    over = till.refusal(path, {"reference": "r", "amount": 4_001})
    rest = till.refund(charge)
    nothing = till.refusal(path, {"reference": "r"})
    assert over == (400, "refund_exceeds_charge", "amount")
    assert rest["amount"] == 4_000
    assert nothing == (400, "refund_exceeds_charge", "amount")
    assert left(till, charge) == 0
    assert len(till.get(path)["data"]) == 2


def test_refund_of_a_debit_is_pending_first() -> None:
    """It counts as gone from the start, and succeeds a working day later."""
    till = Till()
    charge = till.debit()
    till.advance(days=2)
    refund = till.refund(charge, 4_000)
    over = till.refusal(f"/v1/charges/{charge['id']}/refunds", {"reference": "r", "amount": 6_001})
    assert (refund["status"], left(till, charge)) == ("pending", 6_000)
    assert over == (400, "refund_exceeds_charge", "amount")
    assert till.kinds()[-1] == "charge.succeeded"
    till.advance(days=1)
    assert till.get(f"/v1/refunds/{refund['id']}")["status"] == "succeeded"
    assert till.kinds()[-1] == "refund.succeeded"


def test_refund_that_fails_puts_the_money_back() -> None:
    """5126: it succeeds, and fails a working day later; then it can be refunded again."""
    till = Till()
    charge = till.card("4000000000005126")
    refund = till.refund(charge)
    assert (refund["status"], left(till, charge)) == ("succeeded", 0)
    till.advance(days=1)
    failed = till.get(f"/v1/refunds/{refund['id']}")
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "declined")
    assert left(till, charge) == 10_000
    assert till.movements() == (
        "2026-03-02 charge             10000   320    9680 EUR 2026-03-04\n"
        "2026-03-02 refund            -10000     0  -10000 EUR 2026-03-02\n"
        "2026-03-03 refund_reversal    10000     0   10000 EUR 2026-03-03"
    )
    assert till.kinds() == ["charge.succeeded", "refund.succeeded", "refund.failed"]
    assert till.refund(charge)["status"] == "succeeded"


@pytest.mark.parametrize("kind", ["card", "debit"])
def test_refund_fails_on_demand(kind: str) -> None:
    """A pending one never succeeds afterwards; a failed one can't fail again."""
    till = Till()
    charge = till.card() if kind == "card" else till.debit()
    till.advance(days=2)
    refund = till.refund(charge)
    failed = till.post(f"/v1/refunds/{refund['id']}/fail", {"code": "account_closed"})
    till.advance(days=5)
    assert failed["failure"]["code"] == "account_closed"
    assert till.get(f"/v1/refunds/{refund['id']}") == failed
    assert left(till, charge) == 10_000
    again = till.refusal(f"/v1/refunds/{refund['id']}/fail")
    assert again == (409, "refund_failed_before", None)


def test_refund_reference_is_good_for_one_refund() -> None:
    """Under another key the same refund is given back, and another one is refused."""
    till = Till()
    charge, other = till.card(), till.card()
    path = f"/v1/charges/{charge['id']}/refunds"
    first = till.post(path, {"reference": "ref_a", "amount": 500}, "key-1")
    again = till.engine.call(
        "POST", path, {"reference": "ref_a", "amount": 500}, account=till.account, key="key-2"
    )
    more = till.refusal(path, {"reference": "ref_a", "amount": 501})
    elsewhere = till.refusal(
        f"/v1/charges/{other['id']}/refunds", {"reference": "ref_a", "amount": 500}
    )
    assert (again.status, again.is_replay, again.body) == (201, True, first)
    assert more == elsewhere == (409, "reference_taken", "reference")
    assert left(till, charge) == 9_500
    assert left(till, other) == 10_000


def test_refund_key_is_good_for_one_charge() -> None:
    """The same key at another charge's door is a conflict, even with the same body."""
    till = Till()
    one, other = till.card(), till.card()
    body = {"reference": "ref_a", "amount": 1}
    first = till.post(f"/v1/charges/{one['id']}/refunds", body, "k")
    again = till.post(f"/v1/charges/{one['id']}/refunds", body, "k")
    conflict = till.refusal(f"/v1/charges/{other['id']}/refunds", body, "k")
    assert again == first
    assert conflict == (409, "idempotency_conflict", None)
    assert till.now_is(one)["amount_refunded"] == 1


@pytest.mark.parametrize("number", ["4000000000000002", "4000002500003155"])
def test_charge_without_money_is_not_refunded(number: str) -> None:
    """Failed, or still waiting for the payer."""
    till = Till()
    charge = till.card(number)
    refusal = till.refusal(f"/v1/charges/{charge['id']}/refunds", {"reference": "r"})
    assert refusal == (400, "charge_not_refundable", "charge")
    assert till.get("/v1/refunds")["data"] == []


def test_debit_on_its_way_is_not_refunded() -> None:
    """Nor one that came back."""
    till = Till()
    on_its_way, late = till.debit(), till.debit(LATE)
    path = "/v1/charges/{}/refunds"
    first = till.refusal(path.format(on_its_way["id"]), {"reference": "r"})
    till.advance(days=20)
    returned = till.refusal(path.format(late["id"]), {"reference": "r"})
    assert first == (400, "charge_not_refundable", "charge")
    assert returned == (400, "refund_exceeds_charge", "amount")


def test_refund_bad_parameter_is_refused() -> None:
    """Amounts are whole and positive, the reference is needed."""
    till = Till()
    path = f"/v1/charges/{till.card()['id']}/refunds"
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({"amount": 0}, "parameter_invalid", "amount"),
        ({"amount": "1"}, "parameter_invalid", "amount"),
        ({"amount": -1}, "parameter_invalid", "amount"),
        ({"reference": "a b"}, "parameter_invalid", "reference"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
    ]
    for change, code, field in bad:
        assert till.refusal(path, {"reference": "r"} | change) == (400, code, field)
    assert till.refusal(path, {}) == (400, "parameter_missing", "reference")
    assert till.refusal(path, {"reference": "r"}, "a b")[1] == "idempotency_key_required"
    assert till.get("/v1/refunds")["data"] == []


def test_refund_of_another_account_is_not_there() -> None:
    """Neither its charge nor the refund."""
    till = Till()
    charge = till.card()
    refund = till.refund(charge, 1)
    till.account = till.engine.open_account("Mill Lane")
    assert till.refusal(f"/v1/charges/{charge['id']}/refunds", {"reference": "r"})[0] == 404
    with pytest.raises(GatewayError) as refused:
        till.get(f"/v1/refunds/{refund['id']}")
    assert refused.value.status == 404
    assert till.get("/v1/refunds", reference=refund["reference"])["data"] == []
