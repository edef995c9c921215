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


def test_what_was_stopped_is_not_said_to_have_never_been_sent(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    """The gateway had it, and has a reference for it."""
    invoice = issued()
    attempt = pay(business, invoice, source="slow")
    path = f"payments/{encode('pay', attempt.id)}"
    assert owner.post(f"{path}/stop").status_code == 302

    page = owner.get(path).content.decode()
    listed = owner.get("payments/").content.decode().split("<tbody")[1]
    story = owner.get(f"invoices/{encode('inv', invoice.id)}").content.decode()

    for one in (page, listed, story):
        assert "ever sent" not in one
        assert "ever to have been sent" not in one
        assert "never reached the gateway" not in one
    assert "It was stopped before any money moved." in page
    assert "Stopped: no money moves" in page
    assert ">Stopped</span>" in listed
    assert "Payment stopped" in story
