"""The whole road by Stripe's adapter: from the form to the books, by webhook and by look-up."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.gateways.contract.counterpart import Wish
from adapters.gateways.contract.counterparts.stripe import (
    CARDS,
    SECRET,
    StripeCounterpart,
    signed,
)
from adapters.gateways.contract.line import Fault, Line
from counterfoil.domain.insights.work import work_list
from counterfoil.domain.payments import queries
from counterfoil.flows import receive_event, resolve_uncertain
from counterfoil.flows.pay_invoices import start
from counterfoil.flows.refunds import refund_payment
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.flows.setting_up.open_business import connect_gateway
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from factories.payments import command


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeCounterpart]:
    """Stripe, in the shapes of its documentation."""
    made = StripeCounterpart()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def line(stripe: StripeCounterpart) -> Iterator[Line]:
    """The line to it."""
    made = Line(stripe)
    yield made
    made.close()


@pytest.fixture
def account(business: Any, stripe: StripeCounterpart, line: Line) -> Any:
    """The business's account there, which new payments go to."""
    held = stripe.account(line.url)
    return connect_gateway(
        business,
        kind="stripe",
        name="Stripe",
        settings=held.settings,
        secrets=held.secrets,
        at=datetime.now(UTC),
    )


def paid(business: Any, stripe: StripeCounterpart, invoice: Any, wish: Wish = Wish.SUCCEEDS) -> Any:
    """A payment of an invoice by a token that does this."""
    token = stripe.server.token(stripe.server.card(CARDS[wish]))
    asked = command(invoice.customer_id, invoice, source=token)
    return start(business, asked, by=SYSTEM, at=datetime.now(UTC))


def state(business: Any, attempt: Any) -> str:
    with reading(business):
        return str(queries.attempt(business, attempt.id).state)


def test_a_card_pays_an_invoice_and_a_part_goes_back(business, stripe, account, issued):
    invoice = issued()
    attempt = paid(business, stripe, invoice)

    assert (attempt.state, attempt.gateway_account_id) == ("succeeded", account)
    assert attempt.instrument_last4 == "4242"
    due = Money(invoice.total_minor, invoice.currency)
    assert stripe.charged(encode("pay", attempt.id)) == [due]
    asked = RefundCommand(attempt.id, "form", 100, "Late")
    refund = refund_payment.start(business, asked, by=SYSTEM, at=datetime.now(UTC))
    assert refund.state == "succeeded"
    assert stripe.refunded(encode("pay", attempt.id)) == [Money(100, invoice.currency)]


def test_a_lost_answer_is_found_by_asking_and_charged_once(business, stripe, line, account, issued):
    line.break_next(Fault.ERROR_AFTER)
    attempt = paid(business, stripe, issued())
    assert attempt.state == "unknown"
    resolve_uncertain.resolve(business, attempt.id, at=datetime.now(UTC))
    assert state(business, attempt) == "succeeded"
    assert len(stripe.charged(encode("pay", attempt.id))) == 1


def test_a_webhook_settles_what_waited_for_its_payer_once(business, stripe, account, issued):
    attempt = paid(business, stripe, issued(), Wish.NEEDS_STEP)
    assert attempt.state == "action_required"
    assert attempt.step_url.startswith(f"{stripe.url}/_3ds/")
    reference = encode("pay", attempt.id)
    stripe.finish(reference)
    [push] = stripe.pushes(reference)
    headers = {name.lower(): value for name, value in push.headers.items()}
    told = {"headers": headers, "body": push.body, "at": datetime.now(UTC)}

    assert receive_event.receive(business, account, **told) is True
    assert receive_event.receive(business, account, **told) is False
    [event] = waiting(business, account)
    receive_event.handle(business, event, at=datetime.now(UTC))
    assert state(business, attempt) == "succeeded"


@pytest.mark.parametrize(("key", "is_live"), [("pk_test_1", True), ("pk_live_1", False)])
def test_an_event_of_the_other_mode_is_set_aside_and_settles_nothing(
    business, stripe, line, issued, key, is_live
):
    """A test event at a live account, and the reverse: signed rightly, about a true payment."""
    held = stripe.account(line.url)
    account = connect_gateway(
        business, kind="stripe", name="Stripe", settings={**held.settings, "publishable_key": key},
        secrets=held.secrets, at=datetime.now(UTC),
    )  # fmt: skip
    attempt = paid(business, stripe, issued(), Wish.NEEDS_STEP)
    stripe.finish(encode("pay", attempt.id))
    [push] = stripe.pushes(encode("pay", attempt.id))

    for mode, wanted in ((is_live, "action_required"), (not is_live, "succeeded")):
        told = json.loads(push.body) | {"id": f"evt_{mode}", "livemode": mode}
        again = signed(SECRET, json.dumps(told).encode())
        headers = {name.lower(): value for name, value in again.headers.items()}
        arrived = {"headers": headers, "body": again.body, "at": datetime.now(UTC)}
        assert receive_event.receive(business, account, **arrived) is True
        [event] = waiting(business, account)
        receive_event.handle(business, event, at=datetime.now(UTC))
        assert state(business, attempt) == wanted
    with reading(business):
        now = datetime.now(UTC)
        listed = work_list(business, today=now.date(), at=now, limit=5)
    assert [one.ref for one in listed.events] == [f"evt_{is_live}"]


def waiting(business: Any, account: Any) -> list[Any]:
    """The events in the inbox that nothing has acted on."""
    from counterfoil.infra.db import execute

    with reading(business):
        rows = execute(
            """SELECT id FROM payments_gatewayevent WHERE business_id = %(b)s::uuid
            AND gateway_account_id = %(a)s::uuid AND handled_at IS NULL""",
            {"b": business, "a": account},
        )
    return [row[0] for row in rows]
