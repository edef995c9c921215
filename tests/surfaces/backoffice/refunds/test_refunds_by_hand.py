"""Money that the business gives back itself, on staff's pages: how, recorded, sent, matched."""

from typing import Any

import pytest

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.payments import queries
from counterfoil.domain.reconciliation.queries import lines
from counterfoil.flows.banking import import_statement
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.bank_files import PAYER_IBAN, Booking, statement
from factories.businesses import AT
from factories.refunds import by_hand, by_transfer
from flows.banking.test_take_offline import hand_over
from ledger_text import counts, trial_balance

DAY = AT.date().isoformat()


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def path(payment_id: Any) -> str:
    return f"payments/{encode('pay', payment_id)}"


def refunds_of(business: Any, payment_id: Any) -> list[Any]:
    with reading(business):
        return queries.refunds_of(business, [payment_id])


@pytest.fixture
def paid(business: Any, customer: Any, issued: Any) -> Any:
    return by_transfer(business, customer, "110.00", issued())


def asked(do: str, **more: str) -> dict[str, str]:
    facts = {
        "amount": "10",
        "form_key": "k",
        "method": "bank_transfer",
        "sent_on": "",
        "reference": "",
    }
    return facts | more | {"do": do}


def test_the_page_says_that_no_money_is_moved_here_and_where_it_came_from(
    owner: Any, paid: Any
) -> None:
    page = text(owner.get(f"{path(paid)}/refund"))
    assert "Counterfoil does not move it" in page
    assert PAYER_IBAN in page
    assert 'value="bank_transfer" selected' in page
    assert f'href="/backoffice/{path(paid)}/refund"' in text(owner.get(path(paid)))


def test_a_transfer_is_recorded_then_sent(owner: Any, business: Any, paid: Any) -> None:
    review = text(owner.post(f"{path(paid)}/refund", asked("review")))
    assert "Counterfoil moves no money here." in review
    assert "Until then it can be withdrawn." in review
    assert "Record the refund of €10.00" in review
    assert refunds_of(business, paid) == []

    for _ in range(2):
        owner.post(f"{path(paid)}/refund", asked("refund"))
    (found,) = refunds_of(business, paid)
    page = text(owner.get(path(paid)))
    assert "To be sent" in page
    assert f'data-copy="{found.transfer_ref}"' in page
    assert f'data-copy="{PAYER_IBAN}"' in page
    assert "Noted: the transfer is to be sent: €10.00" in page
    assert "Refund sent to the gateway" not in page
    assert "Refund to send: Alice" in text(owner.get(""))

    owner.post(f"refunds/{encode('ref', found.id)}/sent", {"sent_on": DAY})
    page = text(owner.get(path(paid)))
    assert "whose statement does not show it yet" in page
    assert "Partly refunded" in page
    assert "Refund to send: Alice" not in text(owner.get(""))
    assert trial_balance(business)["in_transit:Main Bank DE89370400440532013000"] == -10


@pytest.mark.parametrize("on", ["", "2031-01-01", "x"])
def test_a_day_that_can_not_be_changes_nothing_and_says_why(
    owner: Any, business: Any, paid: Any, on: str
) -> None:
    found = by_hand(business, paid, 1_000)
    before = counts(business)
    answer = owner.post(f"refunds/{encode('ref', found.id)}/sent", {"sent_on": on})
    assert answer.status_code == 302
    assert "notice--bad" in text(owner.get(path(paid)))
    assert counts(business) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "gold"},
        {"method": "cash"},
        {"method": "cheque", "sent_on": "2031-01-01"},
        {"sent_on": "x"},
        {"amount": "110.01"},
    ],
)
@pytest.mark.parametrize("do", ["review", "refund"])
def test_what_can_not_be_is_refused_beside_its_field(
    owner: Any, business: Any, paid: Any, wrong: dict[str, str], do: str
) -> None:
    before = counts(business)
    answer = owner.post(f"{path(paid)}/refund", asked(do, **wrong))
    assert answer.status_code == 422
    assert "field-error" in text(answer)
    assert counts(business) == before


def test_cash_handed_back_is_done_and_can_be_taken_back(
    owner: Any, business: Any, customer: Any, issued: Any
) -> None:
    cash = hand_over(business, customer, issued(), method="cash")
    page = text(owner.get(f"{path(cash)}/refund"))
    assert 'value="cash" selected' in page
    hand = asked("refund", method="cash", sent_on=DAY, reference="Slip 7")
    review = text(owner.post(f"{path(cash)}/refund", hand | {"do": "review"}))
    assert "It went back on 1 Mar 2026: Cash, or their own cheque handed back." in review

    owner.post(f"{path(cash)}/refund", hand)
    page = text(owner.get(path(cash)))
    assert "You have handed it over: cash, or their own cheque." in page
    assert "Slip 7" in page

    (found,) = refunds_of(business, cash)
    owner.post(f"refunds/{encode('ref', found.id)}/take-back")
    page = text(owner.get(path(cash)))
    assert "It came back, or did not go." in page
    assert "Refund came back: Alice" not in text(owner.get(""))


def test_a_transfer_is_withdrawn(owner: Any, business: Any, paid: Any) -> None:
    found = by_hand(business, paid, 1_000)
    for _ in range(2):
        owner.post(f"refunds/{encode('ref', found.id)}/withdraw")
    page = text(owner.get(path(paid)))
    assert "Withdrawn" in page
    assert "No money moved; it can be refunded again." in page
    assert "Somebody has dealt with this refund already." in page


def test_keeping_it_as_credit_works_as_for_cards(owner: Any, business: Any, paid: Any) -> None:
    review = text(owner.post(f"{path(paid)}/refund", asked("review", amount="110")))
    assert "Keep it as credit instead" in review
    owner.post(f"{path(paid)}/refund", asked("credit", amount="100"))
    assert trial_balance(business)["customer_credit:Alice"] == -110
    assert refunds_of(business, paid) == []


def bring_in(business: Any, *bookings: Booking) -> None:
    plan = import_statement.preview(business, statement(*bookings))
    import_statement.apply(business, plan, at=AT, by=SYSTEM)


def line_path(business: Any) -> str:
    with reading(business):
        return f"bank/{encode('bnk', lines(business, limit=1)[0].id)}"


def test_an_outgoing_line_is_the_refund_by_one_click_and_is_not_by_another(
    owner: Any, business: Any, paid: Any
) -> None:
    found = by_hand(business, paid, 1_000)
    bring_in(business, Booking("-10.00", "thanks", ref="OUT"))
    assert "it may be a refund" in text(owner.get("bank/"))
    line = line_path(business)
    page = text(owner.get(line))
    assert "This is the refund" in page
    assert "Paid to" in page

    owner.post(f"{line}/refund", {"refund": encode("ref", found.id)})
    assert "shows that it has left your account" in text(owner.get(path(paid)))
    assert line in text(owner.get(path(paid)))
    page = text(owner.get(line))
    assert "Booked as a refund" in page
    owner.post(f"{line}/refund", {"refund": encode("ref", found.id)})
    assert "has been dealt with already" in text(owner.get(line))

    owner.post(f"{line}/no-refund")
    assert "This is the refund" in text(owner.get(line))
    owner.post(f"{line}/no-refund")
    assert "Somebody has dealt with this refund already." in text(owner.get(line))


def test_a_line_that_comes_first_is_recorded_as_the_refund(
    owner: Any, business: Any, paid: Any
) -> None:
    bring_in(business, Booking("-10.00", "overpaid", ref="OUT"))
    line = line_path(business)
    assert "the same payer; no refund is recorded yet" in text(owner.get(line))
    owner.post(f"{line}/refund", {"payment": encode("pay", paid)})
    (found,) = refunds_of(business, paid)
    assert (found.state, found.method) == ("succeeded", "bank_transfer")


def test_who_only_reads_sees_no_button(desk: Any, business: Any, paid: Any) -> None:
    found = by_hand(business, paid, 1_000)
    reader = desk(Role.READONLY)
    page = text(reader.get(path(paid)))
    assert "To be sent" in page
    assert "It was sent" not in page
    for word in ("sent", "withdraw", "take-back"):
        assert reader.post(f"refunds/{encode('ref', found.id)}/{word}").status_code == 403


def test_a_wrong_line_is_taken_off_and_the_transfer_is_to_be_sent_again(
    owner: Any, business: Any, paid: Any
) -> None:
    refund = by_hand(business, paid, 1_000)
    file = statement(Booking("-10.00", "rent", name="Landlord", ref="RENT", on=AT.date()))
    plan = import_statement.preview(business, file)
    import_statement.apply(business, plan, at=AT, by=SYSTEM)
    with reading(business):
        wrong = max(lines(business), key=lambda one: one.id)  # the one that came last
    at_line = f"bank/{encode('bnk', wrong.id)}"
    owner.post(f"{at_line}/refund", {"refund": encode("ref", refund.id)})
    page = text(owner.get(at_line))
    assert "Nothing else says that the refund was sent" in page

    owner.post(f"{at_line}/no-refund")

    assert "it is to be sent as before" in text(owner.get(at_line))
    page = text(owner.get(path(paid)))
    assert "To be sent" in page
    assert "Not sent after all: the bank line was another&#39;s: €10.00" in page
    assert f'data-copy="{refund.transfer_ref}"' in page
    assert "Partly refunded" not in page
