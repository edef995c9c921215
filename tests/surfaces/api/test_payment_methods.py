"""/customers/{id}/payment-methods over HTTP."""

import pytest

from counterfoil.kernel.ids import encode, new_id
from factories.businesses import found
from factories.keeping import keep_method


@pytest.fixture
def path(customer):
    return f"/customers/{encode('cus', customer)}/payment-methods"


def test_nothing_is_saved(api, path):
    assert api.get(path).body == {"data": [], "next_cursor": None}


def test_what_is_saved_can_be_named_in_a_payment(api, business, customer, path, gateway):
    saved = keep_method(business, customer)
    (shown,) = api.get(path).body["data"]
    assert (shown["id"], shown["status"], shown["is_default"]) == (
        encode("pm", saved), "active", shown["is_default"],
    )  # fmt: skip
    assert set(shown) == {
        "id", "customer", "gateway", "kind", "name", "brand", "last4", "exp_month", "exp_year",
        "status", "is_default", "created_at", "used_at",
    }  # fmt: skip
    wanted = {
        "customer": encode("cus", customer), "currency": "EUR", "amount": 500,
        "payment_method": shown["id"],
    }  # fmt: skip
    assert api.post("/payments", wanted).status == 201


def test_anybody_elses_customer_is_not_there(api):
    found("elsewhere")
    for one in (encode("cus", new_id()), "cus_x"):
        assert api.get(f"/customers/{one}/payment-methods").status == 404
