"""A card number that an integrator sends as a source: refused, and kept nowhere."""

import logging

import psycopg
import pytest

from counterfoil.kernel.ids import encode
from counterfoil.surfaces.api.v1.payments import PaymentIn
from factories.sealed import texts
from ledger_text import counts

VISA = "4242424242424242"
NUMBERS = [
    VISA, "4242 4242 4242 4242", "4242-4242-4242-4242", " 4242\t42424242 4242\n",
    "378282246310005", "6304000000000000", "6799990100000000019", "501800000009",
]  # fmt: skip
TOKENS = ["tok_4242424242424242", "4242424242424241", "42424242426", "67999901000000000190", "ok"]


@pytest.fixture
def paying(customer):
    """A payment on account."""
    alice = encode("cus", customer)
    return lambda source: {
        "customer": alice, "currency": "EUR", "amount": 500, "source": source
    }  # fmt: skip


@pytest.fixture
def written(addresses):
    """Every row of every table, as the database's owner reads it."""

    def read():
        with psycopg.connect(addresses.owner_url) as owner:
            tables = owner.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname = 'public'"
            ).fetchall()
            rows = [owner.execute(f"SELECT t::text FROM {one} t").fetchall() for (one,) in tables]
            inside = [text for _, text in texts(owner)]
        return "\n".join([*(text for table in rows for (text,) in table), *inside])

    return read


@pytest.mark.parametrize("number", NUMBERS)
def test_refused_and_kept_nowhere(api, business, paying, gateway, written, caplog, number):
    caplog.set_level(logging.DEBUG)
    before = counts(business)
    answer = api.post("/payments", paying(number), key="payment-1")

    assert answer.errors == {"source": "card_number"}
    assert "token" in answer.body["errors"][0]["message"]
    for one in (number, number.strip(), "".join(filter(str.isdigit, number))):
        assert one not in answer.content.decode()
        assert one not in caplog.text
        assert one not in written()
    assert counts(business) == before
    assert gateway.charges == []
    assert "payment-1" not in written()  # not even a hash of the body stands under the key


def test_the_key_is_free_for_the_token(api, paying, gateway):
    assert api.post("/payments", paying(VISA), key="payment-1").status == 422
    assert api.post("/payments", paying("ok"), key="payment-1").status == 201


def test_as_a_number(api, business, paying, gateway):
    answer = api.post("/payments", paying(int(VISA)))

    assert answer.errors == {"source": "not_a_string"}
    assert VISA not in answer.content.decode()


@pytest.mark.parametrize("token", TOKENS)
def test_what_is_no_card_number_is_a_token(token):
    body = {"customer": "cus_1", "currency": "EUR", "amount": 500, "source": token}

    assert PaymentIn.model_validate(body).source == token
