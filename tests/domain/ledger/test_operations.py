"""The books: whole entries, once, balanced; nothing else can be written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.ledger.journal import (
    AccountKind,
    AccountRef,
    Entry,
    Post,
    posts_over_zero,
)
from counterfoil.domain.ledger.operations import post
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.money import Money
from factories.businesses import AT
from ledger_text import counts, journal, trial_balance

REVENUE, TAX = AccountRef(AccountKind.REVENUE), AccountRef(AccountKind.TAX)


def euro(minor):
    return Money(minor, "EUR")


def entry(*posts, key="key", kind="invoice_issued", memo="INV-1"):
    return Entry(kind, key, new_id(), AT, posts, memo=memo)


def owed(customer, minor, to=REVENUE):
    return Post(AccountRef(AccountKind.RECEIVABLE, customer), to, euro(minor))


def balances(business):
    with reading(business):
        return execute(
            "SELECT a.kind, b.balance_minor FROM ledger_balance b JOIN ledger_account a "
            "ON a.business_id = b.business_id AND a.id = b.id "
            "WHERE b.business_id = %(b)s::uuid ORDER BY 1",
            {"b": business},
        )


def test_an_entry_with_its_postings(business, customer):
    one = entry(owed(customer, 10_000), owed(customer, 2_000, TAX))

    assert post(business, [one], at=AT) == [one.id]

    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-1          receivable:Alice      revenue                100.00 EUR
                                             receivable:Alice      tax                     20.00 EUR
"""
    )
    assert balances(business) == [("receivable", 12_000)]


def test_the_same_key_is_written_once(business, customer):
    one = entry(owed(customer, 100))
    post(business, [one], at=AT)
    before = counts(business)
    again = replace(one, id=new_id(), posts=(owed(customer, 999),))

    assert post(business, [again], at=AT) == []

    assert counts(business) == before
    assert balances(business) == [("receivable", 100)]


def test_a_batch_skips_what_is_there(business, customer):
    old, new = entry(owed(customer, 1), key="a"), entry(owed(customer, 2), key="b")
    post(business, [old], at=AT)

    assert post(business, [replace(old, id=new_id()), new], at=AT) == [new.id]

    assert trial_balance(business) == {
        "receivable:Alice": euro(3).decimal,
        "revenue": -euro(3).decimal,
    }


def test_kept_balances_follow_every_posting(business, customer, other_customer):
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, customer)
    posts = [owed(customer, 500), owed(other_customer, 70)]
    post(business, [entry(one, key=str(n)) for n, one in enumerate(posts)], at=AT)
    post(business, [entry(Post(credit, posts[0].debit, euro(200)), key="c")], at=AT)

    assert sorted(balances(business)) == [
        ("customer_credit", 200), ("receivable", 70), ("receivable", 300)
    ]  # fmt: skip


def test_currencies_are_accounts_of_their_own(business, customer):
    dollar = Post(AccountRef(AccountKind.RECEIVABLE, customer), REVENUE, Money(5, "USD"))
    post(business, [entry(owed(customer, 5), dollar)], at=AT)

    with reading(business):
        rows = execute(
            "SELECT kind, currency FROM ledger_account "
            "WHERE business_id = %(b)s::uuid ORDER BY 1, 2",
            {"b": business},
        )
    assert rows == [
        ("receivable", "EUR"), ("receivable", "USD"), ("revenue", "EUR"), ("revenue", "USD")
    ]  # fmt: skip


@pytest.mark.parametrize("minor", [0, -1])
def test_only_positive_amounts(business, customer, minor):
    before = counts(business)
    with pytest.raises(ValueError, match="positive"):
        post(business, [entry(owed(customer, 1)), entry(owed(customer, minor), key="b")], at=AT)
    assert counts(business) == before


def test_an_entry_has_postings(business):
    with pytest.raises(ValueError, match="postings"):
        post(business, [entry()], at=AT)


def test_nothing_is_no_statement(business):
    assert post(business, [], at=AT) == []


def test_when_it_happened_is_not_when_it_was_written(business, customer):
    post(business, [entry(owed(customer, 1))], at=AT + timedelta(days=3))
    with reading(business):
        rows = execute(
            "SELECT posted_at - occurred_at FROM ledger_journalentry "
            "WHERE business_id = %(b)s::uuid",
            {"b": business},
        )
    assert rows == [(timedelta(days=3),)]


def test_a_batch_larger_than_a_few(business, customer):
    entries = [entry(owed(customer, 1), key=str(number)) for number in range(1_000)]

    assert len(post(business, entries, at=AT)) == 1_000

    assert balances(business) == [("receivable", 1_000)]


def test_empty_postings_are_left_out(customer):
    kept = owed(customer, 1)
    assert posts_over_zero([owed(customer, 0), kept]) == (kept,)
    assert kept.reversed().reversed() == kept
