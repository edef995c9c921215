"""A business that debits bank accounts, by a gateway that does as it is told."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

CREDITOR = "DE98ZZZ09999999999"


@pytest.fixture
def gateway(business) -> Iterator[Any]:
    """The scripted gateway with bank debits; the business has its creditor identifier."""
    from django.test import override_settings

    from counterfoil.domain.business import operations as businesses
    from factories.businesses import add_gateway
    from factories.gateways import Script, ScriptedGateway
    from flows.debits.scripted import Bank, DebitGateway, debit

    ScriptedGateway.script = Script()
    DebitGateway.bank = Bank()
    kinds = {"scripted": "flows.debits.scripted.DebitGateway"}
    businesses.change(business, {"debit_schemes": ["sepa_core", "ach"], "creditor_ref": CREDITOR})
    with override_settings(GATEWAYS=kinds):
        add_gateway(business, "scripted")
        tokens = ("account", "mandate-lost", "mandate-vanished", "pm_giro")
        ScriptedGateway.script.answers = dict.fromkeys(tokens, debit)
        yield ScriptedGateway.script


@pytest.fixture
def bank(gateway) -> Any:
    """What the gateway keeps of mandates."""
    from flows.debits.scripted import DebitGateway

    return DebitGateway.bank


@pytest.fixture
def consent(business, gateway) -> Callable[..., Any]:
    """What a payer confirms who saw the page that this form key was born with."""
    from counterfoil.domain.business import queries as business_queries
    from counterfoil.domain.payments import queries
    from counterfoil.flows.debits.offer_mandates import Consent, offered_mandates
    from counterfoil.infra.db import reading
    from counterfoil.kernel.ports.gateways.mandates import DebitScheme

    def given(form_key: str, *, scheme: str = "sepa_core", locale: str = "en"):
        with reading(business):
            account = queries.active_accounts(business)[0]
        offers = offered_mandates(
            business_queries.by_id(business), account, "EUR", form_key=form_key, locale=locale
        )
        text = next(one.text for one in offers if one.scheme == scheme)
        return Consent(DebitScheme(scheme), text.digest, "192.0.2.7", "Mozilla/5.0")

    return given


@pytest.fixture
def pay_by_debit(business, consent) -> Callable[..., Any]:
    """Pays invoices from a new bank account."""
    from factories.payments import pay

    def paid(*invoices: Any, source: str = "account", form_key: str = "form-1", **more: Any):
        given = consent(form_key)
        return pay(business, *invoices, source=source, form_key=form_key, debit=given, **more)

    return paid
