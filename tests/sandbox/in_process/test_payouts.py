"""Balance and payouts: every movement, its fee, and what arrives at the bank each morning."""

from datetime import datetime

import pytest

from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.settings import AccountSettings
from sandbox.till import JSON, LATE, Till


def paid_out(till: Till) -> list[JSON]:
    """Every payout, oldest first."""
    found: list[JSON] = till.get("/v1/payouts")["data"][::-1]
    return found


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (1, 30),
        (100, 33),
        (10_000, 320),
        (17, 30),
        (18, 31),
        (20_355, 620),
        (10**12, 29 * 10**9 + 30),
    ],
)
def test_card_fee_is_a_share_and_a_fixed_part(amount: int, fee: int) -> None:
    """2.9 % rounded half up, and 30."""
    assert AccountSettings().charge_fee("card", amount) == fee
    assert AccountSettings().charge_fee("wallet", amount) == fee
    assert AccountSettings().charge_fee("bank_debit", amount) == 35


def test_fees_are_settings_of_the_account() -> None:
    """What is left out stays; nonsense is refused."""
    till = Till(card_fee_percent="1.25", card_fee=0)
    till.card(amount=10_010)
    assert till.get("/v1/balance/transactions")["data"][0]["fee"] == 125
    path = f"/v1/accounts/{till.account.id}"
    changed = till.post(path, {"settings": {"card_fee": 7}})
    assert (changed["settings"]["card_fee_percent"], changed["settings"]["card_fee"]) == ("1.25", 7)
    assert till.refusal(path, {"settings": {"card_fee": -1}})[1] == "parameter_invalid"
    assert till.refusal(path, {"settings": {"tip": 1}}) == (
        400, "parameter_unknown", "settings.tip",
    )  # fmt: skip


def test_payout_pays_what_is_available_each_morning() -> None:
    """Two working days after a card's charge, at two; it arrives a working day later, at six."""
    till = Till()
    first, second = till.card(), till.card(amount=5_000)
    till.refund(second, 1_000)
    assert till.balance() == [{"currency": "EUR", "available": -1_000, "pending": 14_505}]
    till.advance(days=1, hours=16, minutes=59)
    assert paid_out(till) == []
    till.advance(minutes=1)
    [payout] = paid_out(till)
    assert payout == {
        "id": payout["id"],
        "status": "in_transit",
        "amount": 13_505,
        "currency": "EUR",
        "arrival_date": "2026-03-05",
        "statement_descriptor": f"COUNTERFOIL {payout['id'][-8:].upper()}",
        "created": "2026-03-04T02:00:00.000Z",
        "failure": None,
    }
    rows = till.get(f"/v1/payouts/{payout['id']}/transactions")["data"]
    assert [(row["type"], row["source"]) for row in rows] == [
        ("refund", rows[0]["source"]),
        ("charge", second["id"]),
        ("charge", first["id"]),
    ]
    assert sum(row["net"] for row in rows) == payout["amount"]
    assert [row["reference"] for row in rows] == [
        second["reference"],
        second["reference"],
        first["reference"],
    ]
    assert till.balance() == [{"currency": "EUR", "available": 0, "pending": 0}]
    till.advance(days=1, hours=4)
    assert [row["status"] for row in paid_out(till)] == ["paid"]
    assert till.kinds()[3:] == ["payout.created", "payout.paid"]
    assert till.get("/v1/payouts", statement_descriptor=payout["statement_descriptor"])["data"]


def test_payouts_of_one_weekday_wait_for_it() -> None:
    """Everything that became available since the last one is in it."""
    till = Till(payout_weekday=0)
    for _ in range(9):
        till.card()
        till.advance(days=1)
    till.advance(days=7)
    made = [datetime.fromisoformat(row["created"]) for row in paid_out(till)]
    assert {one.weekday() for one in made} == {0}
    assert sum(row["amount"] for row in paid_out(till)) == 9 * 9_680


def test_payout_is_made_a_currency_each() -> None:
    """Euros and yen never meet."""
    till = Till()
    till.card()
    till.card(currency="JPY", amount=500)
    till.advance(days=2)
    assert [(row["currency"], row["amount"]) for row in paid_out(till)] == [
        ("EUR", 9_680),
        ("JPY", 455),
    ]
    assert [row["currency"] for row in till.get("/v1/payouts", currency="JPY")["data"]] == ["JPY"]


def test_negative_balance_is_carried_over() -> None:
    """A return after the payout: the next money covers it first."""
    till = Till()
    till.debit(LATE)
    till.advance(days=20)
    [first] = paid_out(till)
    assert first["amount"] == 9_965
    assert till.balance() == [{"currency": "EUR", "available": -10_000, "pending": 0}]
    till.card(amount=5_000)
    till.advance(days=7)
    assert paid_out(till) == [first | {"status": "paid"}]
    assert till.balance()[0]["available"] == -10_000 + 4_825
    till.card(amount=20_000)
    till.advance(days=7)
    assert [row["amount"] for row in paid_out(till)] == [9_965, 14_215]
    assert till.balance() == [{"currency": "EUR", "available": 0, "pending": 0}]


def test_payout_that_fails_is_paid_again_with_the_next() -> None:
    """Its money comes back as a movement; only while it is in transit."""
    till = Till()
    till.card()
    till.advance(days=2)
    [payout] = paid_out(till)
    failed = till.post(f"/v1/payouts/{payout['id']}/fail", {"code": "account_closed"})
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "account_closed")
    assert till.refusal(f"/v1/payouts/{payout['id']}/fail") == (409, "payout_not_in_transit", None)
    till.advance(days=5)
    first, second = paid_out(till)
    assert (first["status"], second["status"], second["amount"]) == ("failed", "paid", 9_680)
    assert first["statement_descriptor"] != second["statement_descriptor"]
    [row] = till.get(f"/v1/payouts/{second['id']}/transactions")["data"]
    assert (row["type"], row["source"], row["net"]) == ("payout_reversal", payout["id"], 9_680)
    assert till.kinds()[1:] == [
        "payout.created",
        "payout.failed",
        "payout.created",
        "payout.paid",
    ]
    assert till.movements() == (
        "2026-03-02 charge             10000   320    9680 EUR 2026-03-04\n"
        "2026-03-04 payout             -9680     0   -9680 EUR 2026-03-04\n"
        "2026-03-04 payout_reversal     9680     0    9680 EUR 2026-03-04\n"
        "2026-03-05 payout             -9680     0   -9680 EUR 2026-03-05"
    )


def test_movements_are_listed_by_what_they_are() -> None:
    """Type, currency, source, charge and payout narrow the list; it goes on behind its limit."""
    till = Till()
    charge, other = till.card(), till.card()
    refund = till.refund(charge, 100)
    till.advance(days=2)
    path = "/v1/balance/transactions"

    def types(**query: str) -> list[str]:
        return [row["type"] for row in till.get(path, **query)["data"]]

    assert types() == ["payout", "refund", "charge", "charge"]
    assert types(type="charge") == ["charge", "charge"]
    assert types(source=refund["id"]) == ["refund"]
    assert types(charge=charge["id"]) == ["refund", "charge"]
    assert types(charge=other["id"]) == ["charge"]
    assert types(currency="JPY") == []
    first = till.get(path, limit="3")
    rest = till.get(path, limit="3", cursor=first["next_cursor"])
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (3, 1, None)
    with pytest.raises(GatewayError, match="type"):
        till.get(path, type="tip")
    with pytest.raises(GatewayError, match="no such object"):
        till.get(path, cursor="txn_none")


def test_sum_of_all_movements_is_the_balance() -> None:
    """Over every kind there is, a year long."""
    till = Till()
    for number in ("4242424242424242", "4000000000000259", "4000000000005126"):
        charge = till.card(number)
        till.refund(charge, 2_500)
    till.debit(LATE)
    dispute = till.post(f"/v1/charges/{till.card()['id']}/dispute")
    till.post(f"/v1/disputes/{dispute['id']}/evidence", {"text": "winning_evidence"})
    till.advance(days=365)
    rows = till.get("/v1/balance/transactions", limit="200")["data"]
    found = {row["type"] for row in rows}
    assert found == {"charge", "refund", "refund_reversal", "dispute", "dispute_reversal", "fee",
                     "return", "payout"}  # fmt: skip
    assert sum(row["net"] for row in rows) == till.balance()[0]["available"]
    for payout in paid_out(till):
        paid = till.get(f"/v1/payouts/{payout['id']}/transactions", limit="200")["data"]
        assert sum(row["net"] for row in paid) == payout["amount"]


def test_payout_of_another_account_is_not_there() -> None:
    """Nor its movements."""
    till = Till()
    till.card()
    till.advance(days=2)
    [payout] = paid_out(till)
    till.account = till.engine.open_account("Mill Lane")
    for path in (f"/v1/payouts/{payout['id']}", f"/v1/payouts/{payout['id']}/transactions"):
        with pytest.raises(GatewayError) as refused:
            till.get(path)
        assert refused.value.status == 404
    assert (till.get("/v1/payouts")["data"], till.balance()) == ([], [])
