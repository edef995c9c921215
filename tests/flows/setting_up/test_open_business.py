"""Founding a business: complete, or not at all."""

import pytest

from counterfoil.domain.business import queries
from counterfoil.domain.business.rows import NewBusiness
from counterfoil.flows.setting_up.open_business import Numbering, connect_gateway, found_business
from counterfoil.infra.db import execute
from counterfoil.kernel.errors import Conflict, Problem
from counterfoil.kernel.money import UnknownCurrency
from factories.businesses import AT, found
from factories.customers import add_customer
from factories.invoices import issued_invoice


def test_a_business_answers_at_its_host_and_numbers_its_documents(database):
    new = NewBusiness(slug="harrow", name="Harrow", currency="EUR", hosts=("Pay.Harrow.example",))
    business = found_business(new, at=AT, numbering=Numbering(invoice="HW-{number}"))

    assert queries.by_host("pay.harrow.example:8000") is None
    assert queries.by_host("PAY.harrow.example").business.id == business
    assert issued_invoice(business, add_customer(business)).number == "HW-1"


def test_a_taken_short_name_is_refused(business):
    with pytest.raises(Conflict):
        found("harrow", hosts=("elsewhere.example",))
    assert [one.slug for one in queries.every()] == ["harrow"]


def test_a_taken_host_founds_nothing(business):
    with pytest.raises(Problem):
        found("mill", hosts=("harrow.example",))
    assert [one.slug for one in queries.every()] == ["harrow"]


def test_an_unknown_currency_founds_nothing(database):
    with pytest.raises(UnknownCurrency):
        found("mill", currency="XXX")
    assert queries.every() == []


def test_a_bad_number_format_founds_nothing(database):
    new = NewBusiness(slug="harrow", name="Harrow", currency="EUR", hosts=("h.example",))
    for bad in ("{nothing}", "{number", "INV"):
        with pytest.raises(Problem):
            found_business(new, at=AT, numbering=Numbering(invoice=bad))
        assert queries.every() == []


def test_secrets_of_a_gateway_are_sealed(business, addresses):
    from factories import database

    connect_gateway(
        business, kind="sandbox", name="s", settings={}, secrets={"key": "sk_open"}, at=AT
    )
    assert execute("SELECT 1") == [(1,)]
    with database.connect(addresses.owner_url) as owner:
        stored = owner.execute("SELECT secrets FROM payments_gatewayaccount").fetchall()
    assert not any("sk_open" in str(value) for (value,) in stored)
