"""Events that nobody should believe, at the door of every gateway that signs: 400, nothing kept."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings

from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.flows.setting_up import gateway_accounts
from counterfoil.flows.setting_up.gateway_accounts import OLD_SECRETS_HOLD, Form
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT
from factories.outside.signed_pushes import SIGNERS, Signer

NOT_SIGNED = {"mollie"}  # whoever pushes, Mollie is asked


@pytest.fixture(params=SIGNERS, ids=lambda one: one.kind)
def signer(request: pytest.FixtureRequest) -> Signer:
    return request.param


@pytest.fixture
def at(monkeypatch):
    """`at(moment)`: from now on it is then."""

    def move(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(AT)
    return move


@pytest.fixture
def connect(signer):
    """`connect(business)`: an account there, with its secrets or others."""

    def made(business, **change) -> UUID:
        return run(
            business,
            lambda: payments.add_account(
                business, kind=signer.kind, name="Gateway", settings=signer.settings,
                secrets={**signer.secrets, **change}, at=AT, account_id=new_id(),
            ),
        )  # fmt: skip

    return made


@pytest.fixture
def push(portal):
    """`push(slug, account, headers, body)`: the status."""
    browser = portal()

    def send(slug, account, headers, body) -> int:
        path = f"/hooks/{slug}/{encode('gwa', account)}"
        sent = browser.post(path, body, content_type="application/json", headers=headers)
        return sent.status_code

    return send


def kept(business) -> int:
    """How many events are in the inbox."""
    with reading(business):
        [(count,)] = execute(
            "SELECT count(*) FROM payments_gatewayevent WHERE business_id = %(b)s::uuid",
            {"b": business},
        )
    [(jobs,)] = execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'handle_event'")
    assert jobs == count
    return count


def test_every_gateway_that_signs_is_tried():
    assert {one.kind for one in SIGNERS} | NOT_SIGNED == set(settings.GATEWAYS)


def test_what_it_signed_is_kept(push, business, signer, connect, at):
    assert push("harrow", connect(business), *signer.sign(signer.secret, "evt1", AT)) == 200
    assert kept(business) == 1


def test_what_it_did_not_sign_is_refused(push, business, other_business, signer, connect, at):
    account = connect(business)
    theirs = connect(other_business, **{signer.name: signer.other})
    good, body = signer.sign(signer.secret, "evt1", AT)
    bare = body.replace(b"hmacSignature", b"none")
    answers = {
        "no signature": push("harrow", account, {}, bare),
        "empty signature": push("harrow", account, dict.fromkeys(good, ""), bare),
        "another secret": push("harrow", account, *signer.sign(signer.other, "evt1", AT)),
        "an empty secret": push("harrow", account, *signer.sign(signer.empty, "evt1", AT)),
        "a byte changed": push("harrow", account, good, body.replace(b"evt1", b"evt2")),
    }
    assert answers == dict.fromkeys(answers, 400)
    own = signer.sign(signer.secret, "evt1", AT)
    assert push("mill", theirs, *own) == 400
    assert push("mill", account, *own) == 404
    assert (kept(business), kept(other_business)) == (0, 0)


def test_an_account_without_its_secret_takes_nothing(push, business, signer, connect, at):
    account = connect(business, **{signer.name: ""})
    for secret in (signer.empty, signer.secret):
        assert push("harrow", account, *signer.sign(secret, "evt1", AT)) in (400, 503)
    assert kept(business) == 0


def test_a_secret_that_was_replaced_holds_for_three_days_and_no_longer(
    push, business, signer, connect, at
):
    account = connect(business)
    values = dict(signer.settings) | {signer.name: signer.other}
    form = Form("Gateway", values, "https://harrow.example/hooks/harrow/x")
    gateway_accounts.change_keys(business, account, form, at=AT, by=SYSTEM)

    before = AT + OLD_SECRETS_HOLD - timedelta(seconds=1)
    at(before)
    assert push("harrow", account, *signer.sign(signer.secret, "evt1", before)) == 200
    assert push("harrow", account, *signer.sign(signer.other, "evt2", before)) == 200
    after = AT + OLD_SECRETS_HOLD
    at(after)
    assert push("harrow", account, *signer.sign(signer.secret, "evt3", after)) == 400
    assert push("harrow", account, *signer.sign(signer.other, "evt4", after)) == 200
    assert kept(business) == 3


def test_another_change_of_the_account_gives_an_old_secret_no_more_time(
    push, business, signer, connect, at
):
    account = connect(business)
    values = dict(signer.settings) | {signer.name: signer.other}
    form = Form("Gateway", values, "https://harrow.example/hooks/harrow/x")
    gateway_accounts.change_keys(business, account, form, at=AT, by=SYSTEM)
    renamed = Form("Ours", dict(signer.settings), form.webhook_url)
    gateway_accounts.change_keys(business, account, renamed, at=AT + timedelta(days=2), by=SYSTEM)

    after = AT + OLD_SECRETS_HOLD
    at(after)
    assert push("harrow", account, *signer.sign(signer.secret, "evt1", after)) == 400
    with reading(business):
        assert queries.account(business, account).opened.name == "Ours"


def test_texts_that_no_database_keeps_are_refused(push, business, signer, connect, at):
    account = connect(business)
    for ref in ("evt\x00", "evt\ud800"):
        headers, body = signer.sign(signer.secret, ref, AT)
        sent = {name: text for name, text in headers.items() if text.isprintable()}
        assert push("harrow", account, sent, body) == 400, json.loads(body)
    assert kept(business) == 0
