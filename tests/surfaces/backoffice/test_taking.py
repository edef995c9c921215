"""Recording a cheque or cash: the form, what it refuses, and that twice is once."""

import re
from typing import Any

import pytest

from counterfoil.domain.identity.roles import Role
from counterfoil.kernel.ids import encode
from factories.statements import counted
from ledger_text import counts, trial_balance

FACTS = {"method": "cash", "amount": "100.00", "currency": "EUR", "on": "2026-03-01",
         "form_key": "k1", "reference": "4711"}  # fmt: skip


def test_cash_is_recorded_once_with_its_receipt(
    owner: Any, business: Any, customer: Any, issued: Any
):
    invoice = issued()
    path = f"customers/{encode('cus', customer)}/payment"
    assert encode("inv", invoice.id) in owner.get(path).content.decode()
    facts = FACTS | {"invoice": encode("inv", invoice.id)}

    done = owner.post(path, facts)

    payment = done["Location"].removeprefix("/backoffice/")
    assert trial_balance(business) == {"cash:Cheques and cash": 100, "revenue": -100}
    body = owner.get(payment).content.decode()
    assert "Cash" in body
    assert owner.get(f"{payment}/receipt").content[:5] == b"%PDF-"
    before = counts(business)
    assert owner.post(path, facts)["Location"].endswith(encode("cus", customer))
    assert counts(business) == before


def test_money_whose_day_alone_is_known_is_shown_without_an_hour(
    owner: Any, customer: Any, issued: Any
):
    invoice = issued()
    facts = FACTS | {"invoice": encode("inv", invoice.id)}
    path = owner.post(f"customers/{encode('cus', customer)}/payment", facts)["Location"]

    payment = texts(owner.get(path.removeprefix("/backoffice/")).content.decode())
    life = texts(owner.get(f"invoices/{encode('inv', invoice.id)}").content.decode())

    assert "1 March 2026" in payment
    assert "1 March 2026, " not in payment
    assert "Sent to the gateway" not in payment
    story = payment[payment.index("What happened") :]
    assert story.index("Payment recorded") < story.index("Money received")  # newest first
    assert life.index("Payment recorded") < life.index("Money received")


def texts(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


@pytest.mark.parametrize(
    "wrong", [{"amount": "a lot"}, {"amount": "0"}, {"on": ""}, {"on": "2999-01-01"},
              {"currency": "XXX"}]
)  # fmt: skip
def test_what_is_wrong_comes_back(owner: Any, business: Any, customer: Any, wrong: Any):
    before = counts(business)
    answer = owner.post(f"customers/{encode('cus', customer)}/payment", FACTS | wrong)
    assert answer.status_code == 422
    assert counts(business) == before


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_the_same_with_one_invoice_and_three(
    owner: Any, customer: Any, issued: Any, rows: int
):
    for _ in range(rows):
        issued()
    with counted() as asked:
        body = owner.get(f"customers/{encode('cus', customer)}/payment").content.decode()
    assert body.count('name="invoice"') == rows
    assert asked.count == 6


def test_read_only_staff_record_nothing(desk: Any, customer: Any):
    path = f"customers/{encode('cus', customer)}/payment"
    assert desk(Role.READONLY).post(path, FACTS).status_code == 403
