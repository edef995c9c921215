"""Two who take the same thing at once: one gets it, the other is told so, and nothing breaks."""

import pytest

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.business.rows import NewBusiness
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as identities
from counterfoil.domain.identity.roles import Role
from counterfoil.flows import issue_invoices
from counterfoil.flows.setting_up.open_business import found_business
from counterfoil.infra.db import reading
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import draft_invoice, new_invoice
from ledger_text import events
from races.racing import kinds, race


def test_one_reference_for_two_customers(business, turn):
    ids = [add_customer(business, name) for name in ("Alice", "Bob", "Carol")]
    with reading(business):
        rows = list(queries.customers(business, ids).values())

    results = race(
        *(
            lambda row=row: customers.change(business, row, {"external_ref": "A-1"}, at=AT)
            for row in rows
        )
    )

    assert kinds(results) == ["CustomerRefTaken"] * 2 + ["ok"]
    with reading(business):
        assert len(queries.by_external_ref(business, ["A-1"])) == 1
    assert events(business) == ["customer.created"] * 3 + ["customer.updated"]


def test_one_reference_for_two_drafts(business, customer, turn):
    drafts = [draft_invoice(business, customer) for _ in range(3)]
    new = new_invoice(customer, external_ref="PO-1")

    results = race(
        *(lambda one=one: issue_invoices.change_draft(business, one, new, at=AT) for one in drafts)
    )

    assert kinds(results) == ["ExternalRefTaken"] * 2 + ["ok"]
    with reading(business):
        refs = sorted(one.external_ref for one in billing.invoices(business, drafts).values())
    assert refs == ["", "", "PO-1"]


def test_one_address_for_two_sign_ins(database, turn):
    results = race(
        *[lambda: identity.make_user("Alice@Example.com", name="Alice", password="x" * 12)] * 4
    )

    assert len(set(results)) == 1
    assert identities.check_password("alice@example.com", "x" * 12).id == results[0]


def test_one_role_for_one_member(business, turn):
    user_id = identity.make_user("alice@example.com", name="Alice")
    roles = [Role.OWNER, Role.FINANCE, Role.READONLY]

    results = race(
        *(lambda role=role: identity.make_member(business, user_id, role, at=AT) for role in roles)
    )

    assert kinds(results) == ["ok"] * 3
    with reading(business):
        assert len(identities.members(business)) == 1


@pytest.mark.parametrize(
    ("slugs", "hosts", "problem"),
    [
        (["a", "a", "a"], ["a.example", "b.example", "c.example"], "SlugTaken"),
        (["a", "b", "c"], ["a.example", "a.example", "a.example"], "HostTaken"),
    ],
)
def test_one_name_for_two_businesses(database, slugs, hosts, problem, turn):
    new = [
        NewBusiness(slug=slug, name=slug, hosts=(host,), currency="EUR")
        for slug, host in zip(slugs, hosts, strict=True)
    ]

    results = race(*(lambda one=one: found_business(one, at=AT) for one in new))

    assert kinds(results) == [problem] * 2 + ["ok"]
