"""The guard over every test: a statement on rows of a business names its business, or fails."""

import pytest
from django.db import connection

from counterfoil.domain.receivables.models import OpenItem
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import new_id

UNNAMED = {
    "count": lambda _: OpenItem.objects.count(),
    "all": lambda _: list(OpenItem.objects.all()),
    "one by id": lambda _: OpenItem.objects.filter(id=new_id()).first(),
    "update": lambda _: OpenItem.objects.filter(number="1").update(number="2"),
    "delete": lambda _: execute("DELETE FROM receivables_claim"),
    "column only": lambda _: execute("SELECT o.business_id FROM receivables_openitem o"),
    "join only": lambda _: execute(
        "SELECT 1 FROM billing_invoice i JOIN customers_customer c "
        "ON c.business_id = i.business_id AND c.id = i.customer_id"
    ),
    "insert": lambda _: execute("INSERT INTO infra_event (id) SELECT gen_random_uuid()"),
}
NAMED = {
    "for_business": lambda b: OpenItem.objects.for_business(b).count(),
    "parameter": lambda b: execute(
        "SELECT 1 FROM receivables_openitem o WHERE o.business_id = %(b)s::uuid", {"b": b}
    ),
    "global": lambda _: execute("SELECT 1 FROM business_business"),
}


@pytest.mark.parametrize("name", UNNAMED)
def test_the_guard_fires(business, name):
    with reading(business), pytest.raises(AssertionError, match="does not name its business"):
        UNNAMED[name](business)


@pytest.mark.parametrize("name", NAMED)
def test_the_guard_lets_pass(business, name):
    with reading(business):
        NAMED[name](business)


def test_the_guard_is_there_after_a_new_connection(business):
    connection.close()
    with reading(business), pytest.raises(AssertionError):
        OpenItem.objects.count()
