"""Behind a pooler that gives one connection to whoever asks next, nobody sees another's rows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from counterfoil.domain.identity import operations as identity
from factories import database as db
from factories.customers import add_customer
from factories.invoices import issued_invoice, line
from factories.outside import pooler, visits

pytestmark = pytest.mark.skipif(pooler.PROGRAM is None, reason=pooler.MISSING)
ROUNDS = 250  # of four visitors: a thousand visits
NAME = "SELECT set_config('app.business_id', %s, {})"
ROWS = "SELECT count(*) FROM customers_customer"


@pytest.fixture
def through(addresses):
    with pooler.pooled(addresses.app_url) as address:
        yield address


def signed_in(email):
    """The cookies of a session."""
    browser = Client()
    user_id = identity.make_user(email)
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    browser.force_login(get_user_model().objects.get(id=user_id), backend=backend)
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def visited(address, tmp_path, visitors):
    """What each visitor was shown, by a process that reaches the database through the pooler."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    here = db.environment(db.Addresses(address, address), tmp_path) | {"DB_PREPARE": "0"}
    done = subprocess.run(
        [sys.executable, Path(visits.__file__)],
        input=json.dumps({"visitors": visitors, "rounds": ROUNDS}),
        env=os.environ | here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_a_thousand_visits_of_two_businesses_by_one_connection(
    business, other_business, customer, through, tmp_path
):
    zoe = add_customer(other_business, "Zoe")
    issued_invoice(business, customer, line("111"))
    issued_invoice(other_business, zoe, line("222"))
    of_alice, of_zoe = signed_in("alice@example.com"), signed_in("zoe@example.com")
    visitors = [
        {"host": "harrow.example", "cookies": of_alice, "path": "/invoices/"},
        {"host": "mill.example", "cookies": of_zoe, "path": "/invoices/"},
        {"host": "harrow.example", "cookies": {}, "path": "/invoices/"},
        {"host": "mill.example", "cookies": of_alice, "path": "/invoices/"},
    ]

    alice, zoes, nobody, stranger = visited(through, tmp_path, visitors)

    assert [len(one) for one in (alice, zoes, nobody, stranger)] == [ROUNDS] * 4
    assert {(status, "111.00" in body, "222.00" in body) for status, body in alice} == {
        (200, True, False)
    }
    assert {(status, "111.00" in body, "222.00" in body) for status, body in zoes} == {
        (200, False, True)
    }
    assert {status for status, _ in nobody + stranger} == {302}


def test_a_business_set_for_a_session_would_leak_and_ours_does_not(business, customer, through):
    """Why the business is set for the transaction: the other way is shown to fail here."""
    with psycopg.connect(through) as one, psycopg.connect(through) as two:
        one.execute(NAME.format("true"), [str(business)])
        assert one.execute(ROWS).fetchone() == (1,)
        one.commit()
        assert two.execute(ROWS).fetchone() == (0,)
        two.commit()
        one.execute(NAME.format("false"), [str(business)])
        one.commit()
        assert two.execute(ROWS).fetchone() == (1,)
        two.execute(NAME.format("false"), [""])
        two.commit()


def test_a_transaction_that_failed_leaves_nothing_behind(business, customer, through):
    with psycopg.connect(through) as one, psycopg.connect(through) as two:
        one.execute(NAME.format("true"), [str(business)])
        with pytest.raises(psycopg.errors.DivisionByZero):
            one.execute("SELECT 1 / 0")
        one.rollback()
        assert two.execute(ROWS).fetchone() == (0,)
