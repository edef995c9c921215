"""A stored account that can't work holds no invoice: nothing was sent, and that is known."""

from typing import Any

import pytest

from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.pay_invoices import start
from counterfoil.flows.setting_up.open_business import connect_gateway
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ports.gateways.account import AccountIncomplete
from factories.businesses import AT
from factories.payments import command

KEYS = {"api_key": "k", "hmac_key": "ABCD"}


@pytest.mark.parametrize(
    ("settings", "secrets"),
    [
        ({"merchant_account": "M", "environment": "sandbox"}, KEYS),
        ({"merchant_account": "M", "environment": "test"}, KEYS | {"api_key": "key’s"}),
    ],
)
def test_a_payment_by_it_was_never_sent_and_the_invoice_is_free(
    business: Any, issued: Any, settings: dict[str, str], secrets: dict[str, str]
) -> None:
    invoice = issued()
    connect_gateway(business, kind="adyen", name="Adyen", settings=settings, secrets=secrets, at=AT)

    attempt = start(business, command(invoice.customer_id, invoice), by=SYSTEM, at=AT)

    assert (attempt.state, attempt.failure_code) == ("cancelled", "not_sent")
    with reading(business):
        assert receivables.open_claims(business, [invoice.id]) == {}


def test_a_payment_that_waits_there_is_asked_about_until_the_account_is_mended(
    business: Any, issued: Any, gateway: Any
) -> None:
    invoice = issued()
    attempt = start(
        business, command(invoice.customer_id, invoice, source="lost"), by=SYSTEM, at=AT
    )
    gateway.unreachable = AccountIncomplete(setting="url")

    assert resolve_uncertain.resolve(business, attempt.id, at=AT).state == "unknown"
    gateway.unreachable = None
    assert resolve_uncertain.resolve(business, attempt.id, at=AT).state == "succeeded"
