"""A stored state changes by its table, from the state it was read in, with a row of history."""

import pytest

from counterfoil.domain.billing.states import INVOICE, DocumentState
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.transitions import Move, Stored, move_many
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.states import IllegalMove
from factories.businesses import AT
from factories.invoices import draft_invoice
from factories.payments import pay
from ledger_text import counts
from races.racing import kinds, race

CLERK = Actor(ActorKind.STAFF, "carol", "Carol")
DRAFT, ISSUED, VOIDED, _ = DocumentState
NUMBERED = {
    "number": "INV-1", "issued_at": AT, "issue_date": AT.date(), "due_date": AT.date()
}  # fmt: skip

INVOICES = Stored(INVOICE, "billing_invoice")


def move(business, *moves):
    run(business, lambda: move_many(business, INVOICES, moves, at=AT, by=CLERK))


def history(business, object_id):
    with reading(business):
        return execute(
            "SELECT seq, from_state, to_state, actor, reason FROM infra_transition "
            "WHERE business_id = %(b)s::uuid AND object_id = %(id)s::uuid ORDER BY seq",
            {"b": business, "id": object_id},
        )


def test_a_move_leaves_its_history(business, customer):
    draft = draft_invoice(business, customer)

    move(business, Move(draft, DRAFT, ISSUED, "agreed", NUMBERED))

    assert history(business, draft) == [
        (1, "", "draft", "system", ""), (2, "draft", "issued", "staff:carol", "agreed")
    ]  # fmt: skip


def test_what_a_new_object_goes_through_at_once_is_history_too(business, issued, gateway):
    attempt = pay(business, issued())

    assert history(business, attempt.id)[:2] == [
        (1, "", "created", "system", ""), (2, "created", "submitted", "system", "")
    ]  # fmt: skip
    assert attempt.submitted_at == AT


@pytest.mark.parametrize(
    ("source", "target"), [(DRAFT, VOIDED), (ISSUED, DRAFT), (VOIDED, ISSUED), (DRAFT, DRAFT)]
)
def test_an_illegal_move_writes_nothing(business, customer, source, target):
    draft = draft_invoice(business, customer)
    before = counts(business)
    with pytest.raises(IllegalMove):
        move(business, Move(draft, source, target))
    assert counts(business) == before


def test_a_stale_state_is_a_conflict(business, issued):
    invoice = issued()
    before = counts(business)
    with pytest.raises(Conflict):
        move(business, Move(invoice.id, DRAFT, ISSUED, columns=NUMBERED))
    assert counts(business) == before


def test_all_or_none(business, customer):
    draft = draft_invoice(business, customer)
    before = counts(business)
    with pytest.raises(Conflict):
        move(
            business,
            Move(draft, DRAFT, ISSUED, columns=NUMBERED),
            Move(new_id(), DRAFT, ISSUED, columns=NUMBERED),
        )
    assert counts(business) == before


def test_another_businesss_object_is_a_conflict(business, other_business, customer):
    draft = draft_invoice(business, customer)
    with pytest.raises(Conflict):
        move(other_business, Move(draft, DRAFT, ISSUED, columns=NUMBERED))


def test_two_racers_do_not_both_move(business, customer):
    draft = draft_invoice(business, customer)
    one = Move(draft, DRAFT, ISSUED, columns=NUMBERED)

    results = race(*[lambda: move(business, one)] * 4)

    assert kinds(results) == ["Conflict"] * 3 + ["ok"]
    assert len(history(business, draft)) == 2
