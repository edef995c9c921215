"""While a chargeback is open, what its payment covers stays as it is."""

import pytest

from counterfoil.domain.payments.refunds import PaymentContested
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.aftermath.move_payment import keep_as_credit, move
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.refunds.unapply_payment import unapply
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage as Stage
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.payments import pay
from ledger_text import broken, counts


def test_nothing_is_taken_off_moved_or_kept_as_credit_until_it_is_decided(
    business, issued, gateway
):
    invoice, other = issued(), issued()
    payment = pay(business, invoice)
    fact = contested(payment)
    settle_chargeback(business, payment.id, fact, at=AT, by=SYSTEM)
    before = counts(business)

    ways = (
        lambda: unapply(business, payment.id, invoice.id, at=AT, by=SYSTEM),
        lambda: move(business, payment.id, invoice.id, other.id, at=AT, by=SYSTEM),
        lambda: keep_as_credit(business, payment.id, Money(100, "EUR"), at=AT, by=SYSTEM),
    )
    for way in ways:
        with pytest.raises(PaymentContested):
            way()
    assert counts(business) == before

    won = staged(fact, Stage.WON)
    settle_chargeback(business, payment.id, won, at=AT, by=SYSTEM)
    ways[1]()
    with reading(business):
        items = receivables.items(business, [invoice.id, other.id])
    assert (items[invoice.id].open_minor, items[other.id].open_minor) == (10_000, 0)
    assert broken(business) == []
