"""The gateway did what was asked, and the database is gone when its answer comes: nobody is told
that nothing was started."""

from collections.abc import Iterator

import psycopg
import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.flows.pay_invoices import start
from counterfoil.flows.refunds import refund_payment
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Uncertain
from factories import database as db
from factories.businesses import AT
from factories.gateways import refunded, succeeded
from factories.payments import command, pay


class Away:
    """This test's database: `shut()`, and nobody gets to it until `open()`."""

    def __init__(self, server: db.Addresses, addresses: db.Addresses) -> None:
        self._app = addresses.app_url
        self._owner = server.of("postgres").owner_url
        self._name = addresses.app_url.rpartition("/")[2].partition("?")[0]

    def shut(self) -> None:
        """Ends what is connected and lets nobody in."""
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        with (
            psycopg.connect(self._app, autocommit=True) as app,
            psycopg.connect(self._owner, autocommit=True) as owner,
        ):
            owner.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false')
            app.execute(f"{ended} AND pid <> pg_backend_pid() AND usename = user", (self._name,))

    def open(self) -> None:
        """Lets everybody in again."""
        with psycopg.connect(self._owner, autocommit=True) as owner:
            owner.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true')


@pytest.fixture
def away(database: None, server: db.Addresses, addresses: db.Addresses) -> Iterator[Away]:
    """The database, to be taken away; it is back afterwards whatever happened."""
    made = Away(server, addresses)
    yield made
    made.open()


def test_a_charge_is_uncertain(business, customer, issued, gateway, away):
    def charged(request):
        away.shut()
        return succeeded(request.reference, request.amount)

    gateway.answers["tok_slow"] = charged
    asked = command(customer, issued(), source="tok_slow")

    with pytest.raises(Uncertain):
        start(business, asked, by=SYSTEM, at=AT)

    away.open()
    with reading(business):
        attempt = payments.attempt_of_form(business, asked.form_key)
    assert attempt.state == "submitted"


def test_a_refund_is_uncertain(business, issued, gateway, away):
    attempt = pay(business, issued())

    def given_back(request):
        away.shut()
        return refunded(request)

    gateway.refund_answer = given_back
    wanted = refund_payment.RefundCommand(attempt.id, "form-of-refund", 1_000, "A test")

    with pytest.raises(Uncertain):
        refund_payment.start(business, wanted, by=SYSTEM, at=AT)

    away.open()
    with reading(business):
        row = payments.refund_of_form(business, "form-of-refund")
    assert row.state == "submitted"
