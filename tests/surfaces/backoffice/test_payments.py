"""Payments: the list, the story, and asking the gateway now."""

from typing import Any

from counterfoil.domain.payments import queries
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from factories.payments import pay
from factories.statements import counted


def test_a_received_payment_shows_its_story_and_its_books(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    attempt = pay(business, issued())
    body = owner.get(f"payments/{encode('pay', attempt.id)}").content.decode()
    story = body.split('class="timeline"')[1]
    order = ["Money received", "Sent to the gateway", "Payment begun"]
    assert sorted(order, key=story.index) == order
    assert "Gateway clearing: scripted" in body
    assert "Receivable: Alice" in body
    assert "Ask the gateway now" not in body
    receipt = owner.get(f"payments/{encode('pay', attempt.id)}/receipt")
    assert receipt.content[:5] == b"%PDF-"


def test_asking_now_settles_a_lost_answer(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    attempt = pay(business, issued(), source="lost")
    path = f"payments/{encode('pay', attempt.id)}"
    assert "Ask the gateway now" in owner.get(path).content.decode()
    assert owner.post(f"{path}/ask")["Location"] == f"/backoffice/{path}"
    with reading(business):
        assert queries.attempt(business, attempt.id).state == "succeeded"
    assert "The gateway answered: Received." in owner.get(path).content.decode()


def test_the_list_filters_and_costs_the_same_with_one_row_and_three(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    pay(business, issued())
    with counted() as with_one:
        owner.get("payments/")
    pay(business, issued(), source="declined")
    pay(business, issued(), source="slow")
    with counted() as with_three:
        assert owner.get("payments/").content.decode().count("row-link") == 3
    assert with_one.count == with_three.count == 5
    for status, count in (("succeeded", 1), ("failed", 1), ("processing", 1), ("unknown", 0)):
        assert owner.get(f"payments/?status={status}").content.decode().count("row-link") == count
