"""Refunds in the backoffice: what will follow is said first, it is sent once, failures are told."""

from typing import Any

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.payments import queries
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.aftermath import contested
from factories.businesses import AT
from factories.gateways import ScriptedGateway, refund_failed, refunded
from factories.invoices import credit_note, line
from factories.payments import pay
from factories.refunds import refund
from ledger_text import counts, trial_balance


def path(payment: Any) -> str:
    return f"payments/{encode('pay', payment.id)}"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def refunds_of(business: Any, payment: Any) -> list[Any]:
    with reading(business):
        return queries.refunds_of(business, [payment.id])


@pytest.fixture
def payment(business: Any, issued: Any, gateway: Any) -> Any:
    return pay(business, issued())


def test_the_form_has_what_is_left_and_says_what_will_follow(
    owner: Any, business: Any, payment: Any
) -> None:
    refund(business, payment, 2_500)
    page = text(owner.get(f"{path(payment)}/refund"))
    assert 'value="75.00"' in page

    asked = {"amount": "60", "reason": "Twice", "form_key": "k", "do": "review"}
    review = text(owner.post(f"{path(payment)}/refund", asked))

    assert "€60.00 goes back to Visa •••• 4242." in review
    assert "is open again by €60.00." in review
    assert len(refunds_of(business, payment)) == 1


def test_credit_beside_an_invoice_that_is_open_again_is_told(
    owner: Any, business: Any, customer: Any, issued: Any, gateway: Any
) -> None:
    invoice = issued()
    payment = pay(business, invoice)
    asked = {"amount": "30", "form_key": "k", "do": "review"}
    assert "of credit that covers nothing" not in text(owner.post(f"{path(payment)}/refund", asked))

    credit_note(business, customer, line("30"), invoice_id=invoice.id)
    review = text(owner.post(f"{path(payment)}/refund", asked))
    assert "is open again by €30.00." in review
    assert "The customer also has €30.00 of credit that covers nothing." in review


def test_the_whole_of_a_payment_with_a_surcharge_says_what_of_it_that_is(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    card = {"card": {"percent": "1.5", "fixed": {"EUR": 30}}}
    businesses.change(business, {"surcharges": card})
    payment = pay(business, issued(), fee_minor=180)

    asked = {"amount": "101.80", "form_key": "k", "do": "review"}
    review = text(owner.post(f"{path(payment)}/refund", asked))
    assert "€101.80 goes back to Visa •••• 4242." in review
    assert "is open again by €100.00." in review
    assert "€1.80 of it is the surcharge" in review

    refund(business, payment, 4_000)
    review = text(owner.post(f"{path(payment)}/refund", asked | {"amount": "61.80"}))
    assert "is open again by €60.00." in review
    assert "€1.80 of it is the surcharge" in review


def test_confirming_twice_sends_it_once(
    owner: Any, business: Any, payment: Any, gateway: Any
) -> None:
    asked = {"amount": "60,00", "reason": "Twice", "form_key": "k", "do": "refund"}
    for _ in range(2):
        answer = owner.post(f"{path(payment)}/refund", asked)
        assert answer["Location"] == f"/backoffice/{path(payment)}"

    assert len(gateway.refunds) == 1
    page = text(owner.get(path(payment)))
    assert "Partly refunded" in page
    assert "Refunded so far: €60.00. Still possible: €40.00." in page
    assert "Refund sent" in page
    assert "Money given back: €60.00" in page
    assert trial_balance(business)["clearing:scripted"] == 40


@pytest.mark.parametrize("amount", ["", "0", "-1", "100.01", "1e3", "12.345", "x"])
@pytest.mark.parametrize("do", ["review", "refund"])
def test_an_amount_that_can_not_be_is_refused_beside_its_field(
    owner: Any, business: Any, payment: Any, gateway: Any, amount: str, do: str
) -> None:
    before = counts(business)
    asked = {"amount": amount, "form_key": "k", "do": do}
    answer = owner.post(f"{path(payment)}/refund", asked)
    assert answer.status_code == 422
    assert "field-error" in text(answer)
    assert (counts(business), gateway.refunds) == (before, [])


def test_where_a_refund_is_fetched_is_shown_to_who_may_refund(
    desk: Any, business: Any, payment: Any, gateway: Any
) -> None:
    """Whoever has the address says where the money goes."""
    fetch = "https://pay.example/pull/1"
    gateway.refund_answer = lambda asked: refunded(asked, result=Result.PROCESSING, claim_url=fetch)
    refund(business, payment, 6_000)
    shown = {
        role: fetch in text(desk(role).get(path(payment)))
        for role in (Role.OWNER, Role.FINANCE, Role.COLLECTOR, Role.SUPPORT, Role.READONLY)
    }
    assert [role for role, is_shown in shown.items() if is_shown] == [Role.OWNER, Role.FINANCE]
    assert "Whoever may refund finds the link here." in text(desk(Role.SUPPORT).get(path(payment)))


def test_a_failure_says_what_happened_whether_money_moved_and_what_now(
    owner: Any, business: Any, payment: Any, gateway: Any
) -> None:
    gateway.refund_answer = refund_failed
    owner.post(f"{path(payment)}/refund", {"amount": "60", "form_key": "k", "do": "refund"})
    page = text(owner.get(path(payment)))
    assert "The card or account that paid takes no money any more." in page
    assert "No money moved, and the invoices stay as they are." in page
    assert "Try again later, or pay the customer back in another way." in page

    assert "Refund failed: Alice" in text(owner.get(""))
    (found,) = refunds_of(business, payment)
    owner.post(f"refunds/{encode('ref', found.id)}/looked-at")
    assert "Refund failed: Alice" not in text(owner.get(""))


def test_a_lost_answer_is_on_the_work_list_until_it_is_known(
    owner: Any, business: Any, payment: Any, gateway: Any
) -> None:
    def answer(request: Any) -> Any:
        gateway.known_refunds[request.reference] = refunded(request)
        return refunded(request, result=Result.UNKNOWN, amount=None)

    gateway.refund_answer = answer
    found = refund(business, payment)
    assert "Refund outcome unknown for" in text(owner.get(""))
    assert "never send it twice" in text(owner.get(path(payment)))

    owner.post(f"refunds/{encode('ref', found.id)}/ask")

    assert "The gateway answered: Refunded." in text(owner.get(path(payment)))
    assert "Refund outcome unknown for" not in text(owner.get(""))


def test_who_only_reads_may_not_refund(desk: Any, business: Any, payment: Any) -> None:
    reader = desk(Role.READONLY)
    before = counts(business)
    assert "/refund" not in reader.get(path(payment)).content.decode()
    asked = {"amount": "1", "form_key": "k", "do": "refund"}
    assert reader.post(f"{path(payment)}/refund", asked).status_code == 403
    assert counts(business) == before


def test_finance_may(desk: Any, payment: Any, gateway: Any) -> None:
    asked = {"amount": "1", "form_key": "k", "do": "refund"}
    assert desk(Role.FINANCE).post(f"{path(payment)}/refund", asked).status_code == 302
    assert len(gateway.refunds) == 1


def test_a_gateway_that_can_not_says_so(owner: Any, payment: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(ScriptedGateway, "capabilities", frozenset({Capability.CHARGES}))
    page = text(owner.get(path(payment)))
    assert "Refunds are not offered here" in page
    assert f"{path(payment)}/refund" not in page


def test_taking_a_payment_off_an_invoice(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    invoice = issued()
    payment = pay(business, invoice)
    where = f"{path(payment)}/off/{encode('inv', invoice.id)}"
    assert "No money moves." in text(owner.get(where))
    for _ in range(2):
        owner.post(where)
    assert trial_balance(business) == {
        "clearing:scripted": 100, "customer_credit:Alice": -100, "receivable:Alice": 100,
        "revenue": -100,
    }  # fmt: skip


def test_taking_off_is_not_offered_while_a_chargeback_is_open(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    invoice = issued()
    payment = pay(business, invoice)
    where = f"{path(payment)}/off/{encode('inv', invoice.id)}"
    assert where in text(owner.get(path(payment)))

    settle_chargeback(business, payment.id, contested(payment), at=AT, by=SYSTEM)

    assert where not in text(owner.get(path(payment)))
    for answer in (owner.get(where), owner.post(where)):
        assert answer.status_code == 409
        assert "Nothing was changed: until that is decided" in text(answer)
