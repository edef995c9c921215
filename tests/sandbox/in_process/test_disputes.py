"""Disputes: the bank takes the money, hears the evidence, and decides."""

import pytest

from sandbox.till import JSON, Till

CARD = "4000000000000259"


def disputed(till: Till) -> tuple[JSON, JSON]:
    """A charge that came back, and its dispute."""
    charge = till.card(CARD)
    till.advance(minutes=1)
    [dispute] = till.get("/v1/disputes", charge=charge["id"])["data"]
    return charge, dispute


def test_charge_comes_back_as_a_dispute_a_minute_later() -> None:
    """The whole answer; the money and a fee are gone."""
    till = Till()
    charge, dispute = disputed(till)
    assert charge["status"] == "succeeded"
    assert dispute == {
        "id": dispute["id"],
        "status": "needs_response",
        "amount": 10_000,
        "currency": "EUR",
        "fee": 1_500,
        "reason_code": "10.4",
        "created": "2026-03-02T09:01:00.000Z",
        "reference": charge["reference"],
        "charge": charge["id"],
        "customer": "cus_1",
        "evidence_due_at": "2026-03-09T09:01:00.000Z",
        "evidence": None,
        "decided_at": None,
    }
    assert dispute["id"].startswith("dis_")
    found = till.now_is(charge)
    assert (found["status"], found["amount_disputed"]) == ("succeeded", 10_000)
    assert till.movements() == (
        "2026-03-02 charge             10000   320    9680 EUR 2026-03-04\n"
        "2026-03-02 dispute           -10000     0  -10000 EUR 2026-03-02\n"
        "2026-03-02 fee                    0  1500   -1500 EUR 2026-03-02"
    )
    assert till.kinds() == ["charge.succeeded", "dispute.opened"]
    assert till.events()[-1]["data"]["object"] == dispute
    assert till.get(f"/v1/disputes/{dispute['id']}") == dispute


@pytest.mark.parametrize(
    ("text", "status"),
    [("Signed delivery note: winning_evidence", "won"), ("losing_evidence", "lost")],
)
def test_evidence_is_looked_at_and_decided(text: str, status: str) -> None:
    """Under review for a minute; a won dispute gives money and fee back."""
    till = Till()
    charge, dispute = disputed(till)
    files = [{"name": "note.pdf", "type": "application/pdf", "size": 12_345}]
    door = f"/v1/disputes/{dispute['id']}/evidence"
    given = till.post(door, {"text": text, "files": files})
    assert given["status"] == "under_review"
    assert given["evidence"] == {"text": text, "files": files}
    assert till.refusal(door, {"text": "more"}) == (409, "dispute_not_open", None)
    till.advance(minutes=1)
    decided = till.get(f"/v1/disputes/{dispute['id']}")
    assert (decided["status"], decided["decided_at"]) == (status, "2026-03-02T09:02:00.000Z")
    assert till.kinds()[1:] == ["dispute.opened", "dispute.updated", f"dispute.{status}"]
    back = till.movements().splitlines()[3:]
    if status == "won":
        assert back == [
            "2026-03-02 dispute_reversal   10000     0   10000 EUR 2026-03-02",
            "2026-03-02 fee                    0 -1500    1500 EUR 2026-03-02",
        ]
        assert till.now_is(charge)["amount_disputed"] == 0
    else:
        assert back == []
        assert till.now_is(charge)["amount_disputed"] == 10_000
    till.advance(days=30)
    assert till.get(f"/v1/disputes/{dispute['id']}") == decided


def test_accepted_dispute_is_lost_at_once() -> None:
    """And takes no evidence, and can't be accepted again."""
    till = Till()
    _, dispute = disputed(till)
    door = f"/v1/disputes/{dispute['id']}"
    lost = till.post(f"{door}/accept")
    assert (lost["status"], till.kinds()[-1]) == ("lost", "dispute.lost")
    assert till.refusal(f"{door}/accept") == (409, "dispute_not_open", None)
    assert till.refusal(f"{door}/evidence", {"text": "x"}) == (409, "dispute_not_open", None)


@pytest.mark.parametrize("text", ["", "Some words that decide nothing."])
def test_dispute_without_good_evidence_is_lost_on_its_deadline(text: str) -> None:
    """Whether nobody answered, or the answer said nothing."""
    till = Till()
    _, dispute = disputed(till)
    door = f"/v1/disputes/{dispute['id']}"
    if text:
        till.post(f"{door}/evidence", {"text": text})
    till.advance(days=6, hours=23)
    assert till.get(door)["decided_at"] is None
    till.advance(hours=1)
    found = till.get(door)
    assert (found["status"], found["decided_at"]) == ("lost", dispute["evidence_due_at"])


def test_dispute_is_opened_on_demand() -> None:
    """On any card's charge, in part, with a reason; once, and on nothing that took no money."""
    till = Till(dispute_fee=0)
    charge, failed, debit = till.card(), till.card("4000000000000002"), till.debit()
    door = f"/v1/charges/{charge['id']}/dispute"
    over = till.refusal(door, {"amount": 10_001})
    dispute = till.post(door, {"amount": 2_500, "reason_code": "13.1"})
    assert over == (400, "dispute_exceeds_charge", "amount")
    assert (dispute["amount"], dispute["reason_code"], dispute["fee"]) == (2_500, "13.1", 0)
    assert till.movements().splitlines()[1:] == [
        "2026-03-02 dispute            -2500     0   -2500 EUR 2026-03-02"
    ]
    assert till.refusal(door) == (409, "dispute_exists", None)
    for other in (failed, debit):
        refusal = till.refusal(f"/v1/charges/{other['id']}/dispute")
        assert refusal == (409, "charge_not_disputable", None)
    assert till.refusal("/v1/charges/ch_x/dispute") == (404, "not_found", None)


def test_dispute_on_demand_comes_instead_of_the_due_one() -> None:
    """0259 disputed by hand is not disputed again a minute later."""
    till = Till()
    charge = till.card(CARD)
    till.post(f"/v1/charges/{charge['id']}/dispute")
    till.advance(days=1)
    assert till.kinds().count("dispute.opened") == 1


def test_disputed_money_can_not_be_refunded() -> None:
    """What is left can; a won dispute makes it whole again."""
    till = Till()
    charge = till.card()
    dispute = till.post(f"/v1/charges/{charge['id']}/dispute", {"amount": 6_000})
    path = f"/v1/charges/{charge['id']}/refunds"
    over = till.refusal(path, {"reference": "r", "amount": 4_001})
    part = till.refund(charge)
    till.post(f"/v1/disputes/{dispute['id']}/evidence", {"text": "winning_evidence"})
    till.advance(minutes=1)
    rest = till.refund(charge)
    assert over == (400, "refund_exceeds_charge", "amount")
    assert (part["amount"], rest["amount"]) == (4_000, 6_000)


def test_refund_does_not_stop_the_bank() -> None:
    """The bank takes the whole charge, refunded or not: a fact, and the account bears it."""
    till = Till()
    charge = till.card(CARD)
    till.refund(charge, 7_000)
    till.advance(minutes=1)
    found = till.now_is(charge)
    assert (found["amount_refunded"], found["amount_disputed"]) == (7_000, 10_000)
    assert till.balance() == [{"currency": "EUR", "available": -18_500, "pending": 9_680}]
    refusal = till.refusal(f"/v1/charges/{charge['id']}/refunds", {"reference": "r"})
    assert refusal == (400, "refund_exceeds_charge", "amount")


def test_evidence_bad_parameter_is_refused() -> None:
    """Text is needed; a file is a name, a type and a size."""
    till = Till()
    _, dispute = disputed(till)
    door = f"/v1/disputes/{dispute['id']}/evidence"
    assert till.refusal(door, {}) == (400, "parameter_missing", "text")
    assert till.refusal(door, {"text": ""}) == (400, "parameter_invalid", "text")
    bad = {"text": "x", "files": [{"name": "a"}]}
    assert till.refusal(door, bad) == (400, "parameter_missing", "files.0.type")
    assert till.get(f"/v1/disputes/{dispute['id']}") == dispute


def test_disputes_are_listed_by_state() -> None:
    """Newest first, of the own account alone."""
    till = Till()
    _, first = disputed(till)
    _, second = disputed(till)
    till.post(f"/v1/disputes/{first['id']}/accept")

    def ids(**query: str) -> list[str]:
        return [row["id"] for row in till.get("/v1/disputes", **query)["data"]]

    assert ids() == [second["id"], first["id"]]
    assert ids(status="lost") == [first["id"]]
    till.account = till.engine.open_account("Mill Lane")
    assert ids() == []
    assert till.refusal(f"/v1/disputes/{second['id']}/accept") == (404, "not_found", None)
