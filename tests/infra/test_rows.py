"""Rows of a business through the ORM: what can't carry the business is refused."""

import pytest
from django.db import DatabaseError

from counterfoil.domain.billing.models import Invoice, InvoiceLine
from counterfoil.domain.customers.models import Customer
from counterfoil.infra.db import reading, run
from counterfoil.infra.rows import WithoutBusiness
from counterfoil.kernel.ids import new_id
from factories.invoices import issued_invoice


@pytest.fixture
def line(business, customer):
    issued_invoice(business, customer)
    with reading(business):
        return InvoiceLine.objects.for_business(business).get()


def test_a_lazy_load_is_refused(business, line):
    with reading(business), pytest.raises(WithoutBusiness, match="select_related"):
        _ = line.invoice


def test_a_refresh_is_refused(business, line):
    with reading(business), pytest.raises(WithoutBusiness, match="for_business"):
        line.refresh_from_db()


def test_joins_carry_the_business(business, customer):
    issued_invoice(business, customer)
    rows = InvoiceLine.objects.for_business(business).select_related("invoice__customer")
    assert str(rows.query).count('"business_id" = (') + str(rows.query).count(
        '."business_id" = "'
    ) >= 2  # fmt: skip
    with reading(business):
        assert rows.get().invoice.customer.name == "Alice"


def test_filters_over_a_join_carry_the_business(business, customer):
    issued_invoice(business, customer)
    with reading(business):
        found = Invoice.objects.for_business(business).filter(customer__name="Alice")
        assert [one.number for one in found] == ["INV-2026-00001"]


def test_a_save_names_the_business(business, customer):
    def work():
        row = Customer.objects.for_business(business).get()
        row.name = "Alice Ltd"
        row.save()

    run(business, work)
    with reading(business):
        assert Customer.objects.for_business(business).get().name == "Alice Ltd"


def test_a_save_into_another_business_changes_nothing(business, other_business, customer):
    with reading(business):
        row = Customer.objects.for_business(business).get()
    row.business_id, row.name = other_business, "Mallory"
    with pytest.raises(DatabaseError, match="did not affect any rows"):
        run(other_business, lambda: row.save(force_update=True))
    with reading(business):
        assert Customer.objects.for_business(business).get().name == "Alice"


def test_a_made_row_has_an_id_of_its_moment():
    assert new_id().version == Customer().id.version == 7
