"""Stories of saved methods: nobody was there and the bank asks, the network renews, a card ends."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from counterfoil.domain.notifications import queries as messages
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.methods import operations, queries
from counterfoil.flows import receive_event, resolve_uncertain
from counterfoil.flows.letters.send_messages import send_payment_failed
from counterfoil.flows.letters.send_step import send_step
from counterfoil.flows.methods import forget_method, tell_expiry
from counterfoil.flows.pay_invoices import MethodGone
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import FailureCode
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.businesses import AT
from factories.gateways import event, failed, succeeded
from factories.keeping import CARD, keep_method, kept
from factories.payments import pay
from ledger_text import broken, events

LATER = AT + timedelta(hours=25)


def mails(business, template):
    rows = execute(
        "SELECT id FROM notifications_message WHERE business_id = %(b)s::uuid "
        "AND template = %(t)s ORDER BY id",
        {"b": business, "t": template},
    )
    return [messages.message(business, row[0]) for row in rows]


def remove_elsewhere(elsewhere, business, method):
    """Another connection removes it, and commits."""
    with elsewhere.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SET LOCAL app.business_id = '{business}'")
        cursor.execute(
            "UPDATE payments_method SET removed_at = now() WHERE business_id = %s AND id = %s",
            [business, method],
        )
        cursor.execute("COMMIT")


@pytest.fixture
def portal_browser(business):
    """Somebody at Harrow Water's own address who is not signed in."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    HOSTS.forget()
    browser = Client(headers={"host": "harrow.example", "accept-language": "en"})
    get = browser.get
    browser.get = lambda path, **more: get(path, secure=True, **more)
    yield browser
    HOSTS.forget()


@pytest.fixture
def waiting(business, customer, issued, gateway):
    """A charge of a saved card, made while nobody was there, for which the bank wants to see the
    payer."""
    method = keep_method(business, customer, "challenge")
    return pay(business, issued(), source="", method_id=method, is_off_session=True)


def test_the_payer_is_mailed_once_where_to_finish(business, waiting):
    assert (waiting.state, waiting.failure_code) == (
        "action_required",
        FailureCode.AUTHENTICATION_REQUIRED,
    )
    assert events(business)[-1] == "payment.action_required"

    written = [send_step(business, waiting.id, at=AT) for _ in range(2)]

    assert [len(one) for one in written] == [1, 0]
    with reading(business):
        mail = mails(business, "finish_payment")[0]
    assert mail.subject == "Please finish your payment of €100.00 to Harrow Water"
    assert "no money has moved" in mail.text
    assert "http://harrow.example/back/" in mail.text
    assert "/finish" in mail.text


def test_a_payer_at_the_page_gets_no_mail(business, issued, gateway):
    attempt = pay(business, issued(), source="challenge")

    assert send_step(business, attempt.id, at=AT) == []


def test_once_it_is_decided_nobody_is_asked_to_finish_it(business, waiting, gateway):
    reference = encode("pay", waiting.id)
    gateway.known[reference] = succeeded(reference, waiting.amount)
    resolve_uncertain.resolve(business, waiting.id, at=AT)

    assert send_step(business, waiting.id, at=AT) == []


def test_the_link_leads_to_the_bank_and_later_to_the_result(
    business, waiting, gateway, portal_browser
):
    send_step(business, waiting.id, at=datetime.now(UTC))
    with reading(business):
        text = mails(business, "finish_payment")[0].text
    path = next(word for word in text.split() if word.endswith("/finish")).partition("example")[2]

    assert portal_browser.get(path)["Location"] == "https://gateway.example/challenge"

    reference = encode("pay", waiting.id)
    gateway.known[reference] = succeeded(reference, waiting.amount)
    resolve_uncertain.resolve(business, waiting.id, at=AT)
    answer = portal_browser.get(path, follow=True)
    assert "Payment received" in answer.content.decode()


def test_a_page_that_nobody_finished_fails_in_plain_words_and_frees_the_invoice(
    business, waiting, gateway, issued
):
    reference = encode("pay", waiting.id)
    gateway.known[reference] = failed(reference, FailureCode.AUTHENTICATION_EXPIRED)

    attempt = resolve_uncertain.resolve(business, waiting.id, at=LATER)
    send_payment_failed(business, waiting.id, at=LATER)

    assert (attempt.state, attempt.failure_code) == ("failed", "authentication_expired")
    with reading(business):
        mail = mails(business, "payment_failed")[0]
    assert "not finished in time" in mail.text
    with reading(business):
        open_claims = execute(
            "SELECT count(*) FROM receivables_claim "
            "WHERE business_id = %(b)s::uuid AND freed_at IS NULL",
            {"b": business},
        )
    assert open_claims == [(0,)]
    assert broken(business) == []


def test_a_method_removed_between_the_look_and_the_claim_is_not_charged(
    business, customer, issued, gateway, monkeypatch
):
    method = keep_method(business, customer)
    invoice, look = issued(), queries.method_for

    def look_then_lose(*args):
        row = look(*args)
        with closing(connections.create_connection("default")) as elsewhere:
            remove_elsewhere(elsewhere, business, method)
        return row

    monkeypatch.setattr(queries, "method_for", look_then_lose)

    with pytest.raises(MethodGone):
        pay(business, invoice, source="", method_id=method)
    assert gateway.charges == []


def test_the_network_renews_a_card_by_an_event(business, customer, gateway):
    method = keep_method(business, customer)
    renewed = replace(CARD, exp_year=2040, last4="9999")
    gateway.keeping.saved["evt"] = kept("ok", renewed)
    with reading(business):
        account = payments.active_accounts(business)[0]
    headers, body = event("evt_1", "evt", kind="method.updated")
    receive_event.receive(business, account.id, headers=headers, body=body, at=AT)
    with reading(business):
        waiting = execute("SELECT id FROM payments_gatewayevent WHERE business_id = %(b)s::uuid",
                          {"b": business})  # fmt: skip
    receive_event.handle(business, waiting[0][0], at=AT)

    with reading(business):
        row = queries.methods(business, [method])[method]
    assert (row.last4, row.exp_year, row.updated_at) == ("9999", 2040, AT)
    assert events(business)[-1] == "payment_method.updated"


def test_a_method_that_the_gateway_dropped_is_removed(business, customer, gateway):
    method = keep_method(business, customer)
    gateway.keeping.saved["evt"] = replace(kept("ok"), is_removed=True)
    with reading(business):
        account = payments.active_accounts(business)[0]
    headers, body = event("evt_1", "evt", kind="method.deleted")
    receive_event.receive(business, account.id, headers=headers, body=body, at=AT)
    with reading(business):
        waiting = execute("SELECT id FROM payments_gatewayevent WHERE business_id = %(b)s::uuid",
                          {"b": business})  # fmt: skip
    receive_event.handle(business, waiting[0][0], at=AT)

    with reading(business):
        assert queries.methods(business, [method])[method].removed_at == AT


def test_the_gateway_forgets_what_was_removed(business, customer, gateway):
    method = keep_method(business, customer)
    forget_method.forget(business, method)
    assert gateway.keeping.removed == []  # it is still there

    operations.remove(business, customer, method, at=AT)
    gateway.keeping.trouble = Uncertain()
    with pytest.raises(Unavailable):
        forget_method.forget(business, method)
    gateway.keeping.trouble = None
    forget_method.forget(business, method)

    assert gateway.keeping.removed == ["kept:ok"]


def test_the_owner_is_told_once_before_a_card_ends(business, customer, gateway):
    method = keep_method(business, customer, shown=replace(CARD, exp_month=4, exp_year=2026))
    before = datetime(2026, 3, 30, 12, tzinfo=UTC)  # 31 days
    assert tell_expiry.tell(business, at=before) == 0

    near = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert [tell_expiry.tell(business, at=near) for _ in range(2)] == [1, 0]

    with reading(business):
        told = mails(business, "card_ends")
        assert queries.methods(business, [method])[method].expiry_told_at == near
    assert [mail.subject for mail in told] == ["Your card Visa •••• 4242 ends on 30 April 2026"]
    assert "http://harrow.example/methods/" in told[0].text
