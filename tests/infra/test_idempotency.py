"""Keys in the database: taken once, noted with the work, taken over after a crash."""

from datetime import timedelta

import pytest

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.infra import idempotency
from counterfoil.infra.db import noting, reading
from counterfoil.infra.idempotency import Answered, Asked, Begun, KeyReused, StillRunning
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.customers import add_customer

ASKED = Asked("api:1", "k-1", "f" * 64)
NEW = NewCustomer(name="Bo", locale="en", timezone="UTC", currency="EUR")
LATER = AT + idempotency.CRASHED_AFTER


def names(business):
    with reading(business):
        return [row.name for row in queries.newest(business)]


def test_taken_once_and_answered_ever_after(business):
    begun = idempotency.begin(business, ASKED, at=AT)

    with pytest.raises(StillRunning):
        idempotency.begin(business, ASKED, at=LATER - timedelta(milliseconds=1))
    with pytest.raises(KeyReused):
        idempotency.begin(business, Asked("api:1", "k-1", "e" * 64), at=AT)
    idempotency.finish(business, begun, status=201, answer="{}")
    assert idempotency.begin(business, ASKED, at=LATER) == Answered(201, "{}")
    idempotency.finish(business, begun, status=409, answer="other")
    assert idempotency.begin(business, ASKED, at=LATER) == Answered(201, "{}")


def test_scoped_to_business_and_principal(business, other_business):
    idempotency.begin(business, ASKED, at=AT)

    assert isinstance(idempotency.begin(other_business, ASKED, at=AT), Begun)
    other = Asked("api:2", ASKED.key, ASKED.fingerprint)
    assert isinstance(idempotency.begin(business, other, at=AT), Begun)


def test_the_note_and_the_work_are_one(business):
    begun = idempotency.begin(business, ASKED, at=AT)
    with noting(lambda ids: idempotency.note_made(business, begun, ids[0])):
        (made,) = customers.add(business, [NEW], at=AT)

    taken = idempotency.begin(business, ASKED, at=LATER)
    assert taken == Begun(begun.id, LATER, made)


def test_a_run_that_was_taken_over_is_undone(business):
    slow = idempotency.begin(business, ASKED, at=AT)
    idempotency.begin(business, ASKED, at=LATER)

    with (
        pytest.raises(StillRunning),
        noting(lambda ids: idempotency.note_made(business, slow, ids[0])),
    ):
        customers.add(business, [NEW], at=AT)
    assert names(business) == []
    idempotency.finish(business, slow, status=201, answer="late")
    with pytest.raises(StillRunning):
        idempotency.begin(business, ASKED, at=LATER)


def test_only_the_first_run_is_noted(business):
    made = []
    with noting(made.append):
        first = add_customer(business, "One")
        add_customer(business, "Two")
    add_customer(business, "Three")

    assert made == [[first]]


def test_a_failed_run_is_not_noted(business):
    made = []

    def failing(ids):
        made.append(ids)
        raise ValueError

    with pytest.raises(ValueError), noting(failing):  # noqa: PT011  our own
        customers.add(business, [NEW], at=AT)
    customers.add(business, [NEW], at=AT)
    assert (len(made), names(business)) == (1, ["Bo"])


def test_let_go(business):
    begun = idempotency.begin(business, ASKED, at=AT)
    idempotency.let_go(business, begun)

    assert isinstance(idempotency.begin(business, ASKED, at=AT), Begun)


def test_let_go_after_something_was_made(business):
    begun, made = idempotency.begin(business, ASKED, at=AT), new_id()
    idempotency.note_made(business, begun, made)
    idempotency.let_go(business, begun)

    assert idempotency.begin(business, ASKED, at=AT) == Begun(begun.id, AT, made)


def test_forget_old(business, other_business):
    for one in (business, other_business):
        begun = idempotency.begin(one, ASKED, at=AT)
        idempotency.finish(one, begun, status=201, answer="{}")
    idempotency.forget_old(business, at=AT + idempotency.KEPT_FOR)
    assert idempotency.begin(business, ASKED, at=AT) == Answered(201, "{}")
    idempotency.forget_old(business, at=AT + idempotency.KEPT_FOR + timedelta(seconds=1))
    assert isinstance(idempotency.begin(business, ASKED, at=AT), Begun)
    assert idempotency.begin(other_business, ASKED, at=AT) == Answered(201, "{}")
