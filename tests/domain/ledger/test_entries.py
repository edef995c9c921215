"""What entries are named by and say beside their postings, which the page of the ledger shows."""

import re
from uuid import UUID

import pytest
from tools import entries

from counterfoil.domain.billing.postings import issue_key
from counterfoil.domain.ledger.journal import CUSTOMER_KINDS, AccountKind, AccountRef
from counterfoil.domain.receivables import chargeback_postings as chargebacks
from counterfoil.domain.receivables import postings as receivables
from counterfoil.domain.receivables import reversal_postings as reversals
from counterfoil.domain.receivables.giving_back import GivenBack, TakenOff
from counterfoil.domain.receivables.rows import Applied
from counterfoil.domain.receivables.surcharging import Shares
from counterfoil.domain.reconciliation import payout_postings as payouts
from counterfoil.domain.reconciliation import refund_postings as hands
from counterfoil.kernel.money import Money

AT = entries.AT
ALICE, GATEWAY, PAYMENT, REFUND, OURS, TILL, ONE = (UUID(int=number) for number in range(1, 8))
NAMES = {ALICE: "Alice", GATEWAY: "gateway", OURS: "ours", TILL: "till"}
HOLDER = AccountRef(AccountKind.CLEARING, GATEWAY)
NAMED = """
invoice-issued:3 3 INV-1
invoice-voided:3 3 INV-1
credit-note-issued:4 4 CN-1
credit-applied:5 5 CN-1
payment-received:5 5 pay_1
payment-received:5 5 pay_4
refund-sent:20 20 ref_2
payment-received:5 5 pay_2
payment-received:5 5 pay_3
refund-sent:20 20 ref_1
refund-returned:20 20 ref_1
payment-returned:4 5 pay_1
payment-returned:4 5 pay_1
return-undone:4 5 pay_1
credit-applied:5:4 5 pay_1
payment-unapplied:20 5 pay_1
refund-sent:20 20 ref_3
refund-cleared:new 20 ref_3
refund-unmatched:new 20 ref_3
refund-unsent:20 20 ref_3
credit-applied:5 5 pay_3
refund-returned:20 20 ref_3
refund-cleared:new 20 ref_3
refund-sent:20 20 ref_4
chargeback-opened:21 21 dis_1
chargeback-won:21 21 dis_1
chargeback-lost:21 21 dis_1
chargeback-won-late:21 21 dis_1
invoice-written-off:4 3 INV-1: gone
write-off-recovered:5 5 pay_1
write-off-taken-back:4 3 INV-1
payout-made:22 22 po_1
payout-made:22 22 po_1
movement-explained:20 4 po_1
payout-failed:22 22 po_1
payout-arrived:22 22 po_1
"""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def euro(minor):
    return Money(minor, "EUR")


def shares(brought, surcharge, beyond, currency="EUR"):
    return Shares(*(Money(minor, currency) for minor in (brought, surcharge, beyond)))


def short(text):
    """Ids as the small numbers that the examples have; one that is new each time is `new`."""
    ids = ((found, UUID(found).int) for found in _ID.findall(text))
    for found, number in ids:
        text = text.replace(found, str(number) if number < 1000 else "new")
    return text


def lines(entry):
    def name(ref):
        return f"{ref.kind}:{NAMES[ref.party]}" if ref.party else str(ref.kind)

    return [
        f"{name(post.debit)} {name(post.credit)} {post.amount.minor} {post.amount.currency}"
        for post in entry.posts
    ]


def test_each_entry_happens_once_by_its_key_and_names_its_source():
    found = [entry for entry in entries.examples().values() if entry]
    told = [short(f"{one.key} {one.source_id} {one.memo}") for one in found]
    assert told == NAMED.strip().splitlines()
    assert {one.occurred_at for one in found} == {AT}
    assert issue_key(ONE) == f"invoice-issued:{ONE}"


def test_the_kinds_that_a_customer_has():
    assert {AccountKind.RECEIVABLE, AccountKind.CUSTOMER_CREDIT} == CUSTOMER_KINDS


def test_what_may_happen_again_has_another_key_each_time():
    one = Applied(PAYMENT, ALICE, "payment", euro(5), ((ONE, euro(5)),), (), ((ONE, euro(5)),))
    for make in (receivables.credit_applied, receivables.write_off_recovered):
        first, again = (make(one, occurred_at=AT, memo="", application=a) for a in (None, ONE))
        assert again.key == f"{first.key}:{ONE}"
    given = GivenBack(PAYMENT, ALICE, REFUND, euro(5), ())
    for before, end in ((0, ""), (1, ":1"), (2, ":2")):
        facts = {"occurred_at": AT, "memo": "", "before": before}
        sent = reversals.refund_sent(given, shares(5, 0, 0), REFUND, HOLDER, **facts)
        unsent = reversals.refund_unsent(shares(5, 0, 0), REFUND, ALICE, HOLDER, **facts)
        assert sent.key == f"refund-sent:{REFUND}{end}"
        assert unsent.key == f"refund-unsent:{REFUND}{end}"


def test_where_the_money_of_a_refund_comes_from():
    assert [receivables.given_from(method, GATEWAY, TILL) for method in ("", "cheque", "cash")] == [
        AccountRef(AccountKind.CLEARING, GATEWAY),
        AccountRef(AccountKind.IN_TRANSIT, GATEWAY),
        AccountRef(AccountKind.CASH, TILL),
    ]


@pytest.mark.parametrize(
    "make", [receivables.invoice_written_off, receivables.write_off_taken_back]
)
def test_a_long_reason_is_cut(make):
    entry = make(ONE, ALICE, euro(5), occurred_at=AT, memo="x" * 300, write_off_id=ONE)
    assert entry.memo == "x" * 200


def test_the_surcharge_and_what_is_beyond_it_come_back():
    facts = {"occurred_at": AT, "memo": ""}
    back = [
        reversals.refund_returned(shares(50, 7, 3), REFUND, ALICE, HOLDER, **facts),
        reversals.refund_unsent(shares(50, 7, 3), REFUND, ALICE, HOLDER, **facts),
        reversals.return_undone(PAYMENT, ALICE, shares(50, 7, 3), HOLDER, undo_id=ONE, **facts),
    ]
    assert [lines(entry) for entry in back] == [
        [
            "clearing:gateway customer_credit:Alice 50 EUR",
            "clearing:gateway surcharges 7 EUR",
            "clearing:gateway chargeback_losses 3 EUR",
        ]
    ] * 3


def test_a_lost_chargeback_takes_credit_then_invoices_then_the_surcharge():
    given = GivenBack(PAYMENT, ALICE, None, euro(20), (TakenOff(ONE, ONE, euro(30)),), ONE)
    one = chargebacks.Charged(ONE, ALICE, GATEWAY, euro(60), euro(15), "dis_1")

    assert lines(chargebacks.chargeback_lost(one, given, shares(50, 7, 3), occurred_at=AT)) == [
        "customer_credit:Alice in_dispute:gateway 20 EUR",
        "receivable:Alice in_dispute:gateway 30 EUR",
        "surcharges in_dispute:gateway 7 EUR",
        "chargeback_losses in_dispute:gateway 3 EUR",
        "gateway_fees:gateway clearing:gateway 15 EUR",
    ]
    assert lines(chargebacks.chargeback_won_late(one, shares(50, 7, 3), occurred_at=AT)) == [
        "clearing:gateway customer_credit:Alice 50 EUR",
        "clearing:gateway surcharges 7 EUR",
        "clearing:gateway chargeback_losses 3 EUR",
        "gateway_fees:gateway clearing:gateway 15 EUR",
    ]


def test_a_chargeback_in_another_currency_meets_the_payment_in_the_losses():
    given = GivenBack(PAYMENT, ALICE, None, euro(20), (TakenOff(ONE, ONE, euro(30)),), ONE)
    one = chargebacks.Charged(ONE, ALICE, GATEWAY, Money(66, "USD"), Money(-15, "USD"), "dis_1")

    assert lines(chargebacks.chargeback_lost(one, given, shares(50, 7, 0), occurred_at=AT)) == [
        "customer_credit:Alice chargeback_losses 20 EUR",
        "receivable:Alice chargeback_losses 30 EUR",
        "surcharges chargeback_losses 7 EUR",
        "chargeback_losses in_dispute:gateway 66 USD",
        "clearing:gateway gateway_fees:gateway 15 USD",
    ]
    assert lines(chargebacks.chargeback_won_late(one, shares(50, 7, 0), occurred_at=AT)) == [
        "chargeback_losses customer_credit:Alice 50 EUR",
        "chargeback_losses surcharges 7 EUR",
        "clearing:gateway chargeback_losses 66 USD",
        "clearing:gateway gateway_fees:gateway 15 USD",
    ]


def test_a_payout_below_zero_goes_the_other_way():
    facts = {"occurred_at": AT, "memo": ""}
    made = payouts.payout_made(
        ONE, GATEWAY, euro(-50), fee=euro(-7), suspense=euro(-3), **facts
    )  # fmt: skip
    assert lines(made) == [
        "clearing:gateway in_transit:gateway 50 EUR",
        "clearing:gateway gateway_fees:gateway 7 EUR",
        "suspense:gateway clearing:gateway 3 EUR",
    ]
    nothing = {"fee": euro(0), "suspense": euro(0)}
    assert payouts.payout_made(ONE, GATEWAY, euro(0), **nothing, **facts) is None


def test_a_refund_by_hand_goes_between_its_way_and_the_bank():
    facts = {"occurred_at": AT, "memo": ""}
    out, home = "in_transit:gateway bank:ours 40 EUR", "bank:ours in_transit:gateway 40 EUR"
    for minor, cleared, unmatched in ((-40, out, home), (40, home, out)):
        moved = (REFUND, GATEWAY, OURS, euro(minor))
        assert lines(hands.refund_cleared(*moved, **facts)) == [cleared]
        assert lines(hands.refund_unmatched(*moved, **facts)) == [unmatched]
