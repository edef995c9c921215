"""How money that arrived covers invoices: by its plan, as far as each is open."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.domain.receivables.allocating import allocate, spread
from counterfoil.domain.receivables.rows import Applied, Arrived, LockedCredit, LockedItem
from counterfoil.kernel.money import Money

ALICE, BOB = UUID(int=1), UUID(int=2)
FIRST, SECOND, THIRD = (UUID(int=number) for number in (11, 12, 13))
PAID, PAID_TOO, NOTE = (UUID(int=number) for number in (21, 22, 23))


def euro(minor):
    return Money(minor, "EUR")


def item(invoice, minor, *, customer=ALICE, currency="EUR", lost=0, due=20, number="INV-1"):
    return LockedItem(
        invoice, customer, number, currency, date(2026, 3, due), minor, 0, 0, False, lost
    )


def by_id(*items):
    return {one.id: one for one in items}


def paid(amount, *plan, credit=PAID, customer=ALICE):
    return Arrived(credit, customer, "payment", amount, plan)


def covering(applied):
    return [(one.id, [(i, part.minor) for i, part in one.parts], one.settled) for one in applied]


def test_a_payment_covers_what_it_is_for_and_the_rest_is_credit():
    items = by_id(item(FIRST, 70), item(SECOND, 50))

    (one,) = allocate([paid(euro(130), (FIRST, 70), (SECOND, 40))], items)

    assert one == Applied(
        PAID, ALICE, "payment", euro(130), ((FIRST, euro(70)), (SECOND, euro(40))), (FIRST,)
    )
    assert one.unapplied == euro(20)


def test_no_more_is_taken_than_arrived_or_is_open():
    items = by_id(item(FIRST, 70), item(SECOND, 50), item(THIRD, 50))
    plan = ((FIRST, 100), (SECOND, 50), (THIRD, 50))

    assert covering(allocate([paid(euro(90), *plan)], items)) == [
        (PAID, [(FIRST, 70), (SECOND, 20)], (FIRST,))
    ]


def test_the_second_takes_what_the_first_has_left_and_settles_it():
    items = by_id(item(FIRST, 70))

    applied = allocate(
        [paid(euro(50), (FIRST, 70)), paid(euro(50), (FIRST, 70), credit=PAID_TOO)], items
    )

    assert covering(applied) == [(PAID, [(FIRST, 50)], ()), (PAID_TOO, [(FIRST, 20)], (FIRST,))]
    assert [one.unapplied for one in applied] == [euro(0), euro(30)]


def test_invoices_of_others_and_in_other_currencies_are_never_touched():
    items = by_id(item(FIRST, 70, customer=BOB), item(SECOND, 70, currency="USD"), item(THIRD, 70))

    (one,) = allocate([paid(euro(90), (FIRST, 70), (SECOND, 70), (THIRD, 1))], items)

    assert covering([one]) == [(PAID, [(THIRD, 1)], ())]


def test_what_was_written_off_is_recovered_last():
    items = by_id(item(FIRST, 100, lost=60), item(SECOND, 30, lost=30), item(THIRD, 10))
    plan = ((FIRST, 100), (SECOND, 30), (THIRD, 10))

    applied = allocate(
        [
            paid(euro(40), *plan),
            paid(euro(25), *plan, credit=PAID_TOO),
            paid(euro(75), *plan, credit=NOTE),
        ],
        items,
    )

    assert [one.recovered for one in applied] == [
        (),
        ((FIRST, euro(25)),),
        ((FIRST, euro(35)), (SECOND, euro(30))),
    ]


def test_credits_that_stand_cover_what_is_due_first():
    items = by_id(
        item(FIRST, 50, due=21, number="INV-1"),
        item(SECOND, 50, due=20, number="INV-3"),
        item(THIRD, 50, due=20, number="INV-2"),
    )
    standing = [
        LockedCredit(NOTE, ALICE, "credit_note", "EUR", 60),
        LockedCredit(PAID, ALICE, "payment", "EUR", 50),
    ]

    applied = spread(standing, items)

    assert covering(applied) == [
        (NOTE, [(THIRD, 50), (SECOND, 10)], (THIRD,)),
        (PAID, [(SECOND, 40), (FIRST, 10)], (SECOND,)),
    ]
    assert [(one.customer_id, one.kind, one.amount) for one in applied] == [
        (ALICE, "credit_note", euro(60)),
        (ALICE, "payment", euro(50)),
    ]


def test_credits_that_stand_cover_nothing_of_others_and_nothing_written_off():
    items = by_id(
        item(FIRST, 50, customer=BOB), item(SECOND, 50, currency="USD"), item(THIRD, 50, lost=20)
    )
    standing = [
        LockedCredit(NOTE, ALICE, "credit_note", "EUR", 60),
        LockedCredit(PAID, ALICE, "payment", "EUR", 5),
        LockedCredit(PAID_TOO, ALICE, "payment", "GBP", 5),
    ]

    (one,) = spread(standing, items)

    assert covering([one]) == [(NOTE, [(THIRD, 30)], ())]
    assert one.recovered == ()


amounts = st.integers(1, 200)


plans = st.lists(st.tuples(st.integers(0, 3), amounts), max_size=4, unique_by=lambda one: one[0])


@given(
    opened=st.lists(st.tuples(amounts, st.integers(0, 100)), min_size=1, max_size=4),
    payments=st.lists(st.tuples(amounts, plans), max_size=5),
)
def test_whatever_arrives_no_cent_is_made_or_lost(opened, payments):
    items = by_id(*(item(UUID(int=n), minor, lost=minor * share // 100)
                    for n, (minor, share) in enumerate(opened)))  # fmt: skip
    arrived = [
        paid(euro(minor), *((UUID(int=n), part) for n, part in plan if n < len(opened)),
             credit=UUID(int=100 + index))
        for index, (minor, plan) in enumerate(payments)
    ]  # fmt: skip

    applied = allocate(arrived, items)

    settled = [invoice for one in applied for invoice in one.settled]
    for one in items.values():
        covered = sum(part.minor for a in applied for i, part in a.parts if i == one.id)
        again = sum(part.minor for a in applied for i, part in a.recovered if i == one.id)
        left = one.total_minor - covered
        assert left >= 0
        assert again == one.written_off_minor - min(one.written_off_minor, left)
        assert settled.count(one.id) == (left == 0)
    assert all(one.unapplied.minor >= 0 for one in applied)
    assert all(part.minor > 0 for one in applied for _, part in (*one.parts, *one.recovered))
