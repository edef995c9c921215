"""Claims, credits and allocations by themselves; a verb that refuses has written nothing."""

import pytest
from django.db import IntegrityError

from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.rows import Arrived
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.money import Money
from factories.businesses import AT
from factories.payments import pay
from ledger_text import counts


def item(business, invoice):
    return run(business, lambda: receivables.lock_items(business, [invoice.id]))[invoice.id]


def arrived(customer, minor, *plan, currency="EUR", kind="payment"):
    return Arrived(new_id(), customer, kind, Money(minor, currency), plan)


def apply(business, *credits_):
    return receivables.apply_credits(business, list(credits_), at=AT)


def test_a_payment_covers_by_its_plan(business, customer, issued):
    one, two = issued(), issued()

    [applied] = apply(business, arrived(customer, 15_000, (one.id, 10_000), (two.id, 5_000)))

    assert applied.parts == ((one.id, Money(10_000, "EUR")), (two.id, Money(5_000, "EUR")))
    assert (applied.settled, applied.unapplied) == ((one.id,), Money(0, "EUR"))
    assert (item(business, one).open_minor, item(business, two).open_minor) == (0, 5_000)


def test_what_is_no_longer_open_stays_credit(business, customer, issued):
    one = issued()
    apply(business, arrived(customer, 9_000, (one.id, 9_000)))

    [applied] = apply(business, arrived(customer, 9_000, (one.id, 9_000)))

    assert applied.unapplied == Money(8_000, "EUR")
    assert item(business, one).paid_minor == 10_000


def test_two_in_a_batch_share_what_is_open(business, customer, issued):
    one = issued()

    first, second = apply(
        business,
        arrived(customer, 6_000, (one.id, 6_000)),
        arrived(customer, 6_000, (one.id, 6_000), kind="credit_note"),
    )

    assert (first.unapplied.minor, second.unapplied.minor) == (0, 2_000)
    assert (first.settled, second.settled) == ((), (one.id,))
    assert (item(business, one).paid_minor, item(business, one).credited_minor) == (6_000, 4_000)


def test_another_customers_or_currencys_invoice_is_not_covered(
    business, customer, other_customer, issued
):
    one = issued()

    for credit in (
        arrived(other_customer, 100, (one.id, 100)),
        arrived(customer, 100, (one.id, 100), currency="USD"),
    ):
        [applied] = apply(business, credit)
        assert applied.parts == ()

    assert item(business, one).open_minor == 10_000


def test_an_unknown_invoice_is_not_found(business, customer):
    before = counts(business)
    with pytest.raises(NotFound):
        apply(business, arrived(customer, 100, (new_id(), 100)))
    assert counts(business) == before


def test_the_same_money_twice_is_refused_by_the_database(business, customer, issued):
    money = arrived(customer, 100)
    apply(business, money)
    with pytest.raises(IntegrityError):
        apply(business, money)


def test_claims_are_taken_and_freed(business, issued, gateway):
    one = issued()
    attempt = pay(business, one, source="slow")
    with reading(business):
        held = queries.open_claims(business, [one.id])[one.id]
    assert (held.attempt_id, held.amount_minor, held.taken_by, held.taken_by_ref) == (
        attempt.id, 10_000, "alice@example.com", "system"
    )  # fmt: skip

    receivables.free_claims(business, [attempt.id], at=AT)

    with reading(business):
        assert queries.open_claims(business, [one.id]) == {}
        assert [(c.amount_minor, c.is_open) for c in queries.claims(business, [attempt.id])] == [
            (10_000, False)
        ]


def test_all_claims_or_none(business, issued, gateway):
    free, held = issued(), issued()
    attempt = pay(business, held, source="slow")
    before = counts(business)
    plan = [(free.id, 1), (held.id, 1)]

    with pytest.raises(receivables.BeingPaid):
        receivables.take_claims(business, attempt.id, plan, at=AT, taken_by="Bob", by=SYSTEM)

    assert counts(business) == before


def test_is_open_is_the_databases_own_word(business, customer, issued):
    one, two = issued(), issued()
    apply(business, arrived(customer, 10_000, (one.id, 10_000)))
    with reading(business):
        rows = execute(
            "SELECT id, is_open FROM receivables_openitem WHERE business_id = %(b)s::uuid",
            {"b": business},
        )
    assert dict(rows) == {one.id: False, two.id: True}
