"""A difference with a gateway: its page says what each side has, so that a person can decide."""

from html import unescape
from typing import Any

import pytest

from counterfoil.domain.reconciliation.discrepancies import (
    Difference,
    NewDiscrepancy,
    note_compared,
)
from counterfoil.flows.aftermath.repair_difference import ASKABLE
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.surfaces.backoffice.payments.differences.words import difference_by_hand
from factories.aftermath import open_discrepancies
from factories.businesses import AT
from factories.payments import pay


@pytest.fixture
def payment(business: Any, issued: Any, gateway: Any) -> Any:
    return pay(business, issued())


def facts(owner: Any, business: Any, payment: Any, found: NewDiscrepancy) -> dict[str, str]:
    """What the page of the difference says, by its names."""
    note_compared(business, payment.gateway_account_id, [found], agreed=[], until=AT, at=AT)
    with reading(business):
        row = open_discrepancies(business)[0]
    page = unescape(owner.get(f"differences/{encode('dcy', row.id)}").content.decode())
    listed = page.split('<dl class="facts">')[1].split("</dl>")[0]
    words = [part.split("</dt>") for part in listed.split("<dt>")[1:]]
    return {name: _text(rest) for name, rest in words}


def _text(html: str) -> str:
    return "".join(part.split(">")[-1] for part in html.split("<")).strip()


def test_another_amount_is_told_beside_that_of_the_books(
    owner: Any, business: Any, payment: Any
) -> None:
    found = NewDiscrepancy(
        Difference.AMOUNT_DIFFERS, payment.gateway_ref, payment.amount - Money(500, "EUR"), AT,
        theirs="succeeded", ours="succeeded", attempt_id=payment.id,
    )  # fmt: skip
    told = facts(owner, business, payment, found)
    assert (told["Amount there"], told["Amount in the books"]) == ("€95.00", "€100.00")
    assert "State there" not in told


@pytest.mark.parametrize("theirs", Result)
def test_another_state_is_told_beside_that_of_the_books(
    owner: Any, business: Any, payment: Any, theirs: Result
) -> None:
    found = NewDiscrepancy(
        Difference.STATE_DIFFERS, payment.gateway_ref, payment.amount, AT,
        theirs=theirs.value, ours="returned", attempt_id=payment.id,
    )  # fmt: skip
    told = facts(owner, business, payment, found)
    assert told["State in the books"] == "Came back"
    assert told["State there"]
    assert "Amount in the books" not in told
    if theirs is Result.SUCCEEDED:
        assert told["State there"] == "Received"


def test_what_only_the_gateway_knows_has_nothing_beside_it(
    owner: Any, business: Any, payment: Any
) -> None:
    found = NewDiscrepancy(
        Difference.UNKNOWN_CHARGE, "ch_stranger", Money(4_200, "EUR"), AT, theirs="succeeded"
    )
    told = facts(owner, business, payment, found)
    assert told["Amount there"] == "€42.00"
    assert not {"Amount in the books", "State in the books", "State there"} & set(told)


def test_a_click_has_the_gateway_asked_again_and_says_what_came_of_it(
    owner: Any, business: Any, payment: Any, gateway: Any
) -> None:
    reference = encode("pay", payment.id)
    found = NewDiscrepancy(
        Difference.MISSING_THERE, reference, payment.amount, AT, attempt_id=payment.id
    )
    known = gateway.known.pop(reference)
    facts(owner, business, payment, found)
    with reading(business):
        (row,) = open_discrepancies(business)
    path = f"differences/{encode('dcy', row.id)}"
    page = unescape(owner.get(path).content.decode())
    assert "Ask the gateway again" in page
    assert "If it differs still: Its customer has a receipt for this payment." in page
    assert owner.post(f"{path}/ask")["Location"] == f"/backoffice/{path}"
    gateway.unreachable = Unavailable()
    assert owner.post(f"{path}/ask")["Location"] == f"/backoffice/{path}"
    assert "The gateway can't be asked now" in unescape(owner.get(path).content.decode())
    gateway.unreachable = None
    gateway.known[reference] = known
    assert owner.post(f"{path}/ask")["Location"] == "/backoffice/"
    assert "Ask the gateway again" not in owner.get(path).content.decode()


@pytest.mark.parametrize("kind", sorted(ASKABLE))
def test_what_can_be_asked_about_says_why_a_click_may_not_end_it(kind: Difference) -> None:
    assert difference_by_hand(kind).endswith(".")
