"""A copy of what is held: complete, without secrets, sealed where it lies, and gone in time."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from counterfoil.domain.audit import queries as trail
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.privacy import queries
from counterfoil.domain.privacy.operations import COPY_LIFE
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.people.privacy import export
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import refunded
from factories.invoices import issued_invoice, line
from factories.payments import pay
from factories.refunds import refund

STAFF = Actor(ActorKind.STAFF, "018f0000-0000-7000-8000-000000000001", "Sam")


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield tmp_path / "files"


def contacts(business, customer):
    with reading(business):
        return customer_queries.contacts(business, [customer])


def made(business, subject):
    copy_id = export.ask(subject, at=AT, by=STAFF)
    export.make(business, copy_id, at=AT)
    with reading(business):
        return queries.copy(business, copy_id)


def opened(business, row, at=AT):
    return zipfile.ZipFile(io.BytesIO(export.content_of(business, row, at=at)))


def test_a_customer_gets_all_of_it(business, customer, gateway):
    invoice = issued_invoice(business, customer, line("100"))
    attempt = pay(business, invoice)
    archive = opened(business, made(business, Subject(business, customer)))

    data = json.loads(archive.read("data.json"))["data"]
    assert data["customers_customer"][0]["name"] == "Alice"
    assert data["billing_invoice"][0]["number"] == invoice.number
    assert data["payments_attempt"][0]["id"] == str(attempt.id)
    names = archive.namelist()
    assert f"documents/invoice-{invoice.number}.pdf" in names
    assert [one for one in names if one.startswith("documents/receipt-")] != []
    page = archive.read("index.html").decode()
    assert "Alice" in page
    assert archive.read("tables/customers_customer.csv").decode().startswith("\ufeffid,")


def test_no_secret_is_in_it(business, customer, gateway):
    issued_invoice(business, customer, line("100"))
    [contact] = contacts(business, customer)
    user_id = identity.make_user("alice@example.com", password="a long password of hers")
    run(business, lambda: customers.link_user(business, [contact.id], user_id))
    identity.make_guest_link(business, None, customer, sent_to="alice@example.com", at=AT)
    archive = opened(business, made(business, Subject(business, customer)))
    text = archive.read("data.json").decode()
    for word in ("token_hash", "password", "session_key", "session_data", "scrypt"):
        assert word not in text, word


def test_where_a_refund_is_fetched_is_not_in_it(business, customer, gateway):
    """Whoever has the address says where the money goes, and staff make copies, too."""
    payment = pay(business, issued_invoice(business, customer, line("100")))
    waits = {"result": Result.PROCESSING, "claim_url": "https://pay.example/pull/1"}
    gateway.refund_answer = lambda asked: refunded(asked, **waits)
    refund(business, payment, 6_000)
    archive = opened(business, made(business, Subject(business, customer)))
    text = archive.read("data.json").decode()
    assert '"payments_refund"' in text
    assert "pay.example" not in text


def test_a_person_among_others_gets_their_own(business, customer, gateway):
    issued_invoice(business, customer, line("100"))
    run(
        business,
        lambda: customers.add_contacts(
            business, customer, [NewContact(name="Xerxes", email="x@example.com")], at=AT
        ),
    )
    xerxes = next(one for one in contacts(business, customer) if one.name == "Xerxes")
    archive = opened(business, made(business, Subject(business, customer, xerxes.id)))
    text = archive.read("data.json").decode()
    assert "Xerxes" in text
    assert "alice@example.com" not in text
    assert [one for one in archive.namelist() if one.startswith("documents/")] == []


def test_what_lies_there_is_sealed(business, customer, store):
    row = made(business, Subject(business, customer))
    [path] = [one for one in (store / "copies").rglob("*") if one.is_file()]
    assert b"Alice" not in path.read_bytes()
    assert not zipfile.is_zipfile(path)
    other = made(business, Subject(business, customer))
    key = f"copies/{business.hex}/{other.id.hex}"
    (store / key).write_bytes(path.read_bytes())
    with pytest.raises(Exception, match="sealed with another key"):
        export.content_of(business, other, at=AT)
    assert export.content_of(business, row, at=AT)


def test_it_expires_and_goes(business, customer, store):
    row = made(business, Subject(business, customer))
    with pytest.raises(export.CopyExpired):
        export.content_of(business, row, at=AT + COPY_LIFE)
    assert export.remove_expired(business, at=AT + COPY_LIFE - timedelta(seconds=1)) == 0
    assert export.remove_expired(business, at=AT + COPY_LIFE + timedelta(seconds=1)) == 1
    assert [one for one in (store / "copies").rglob("*") if one.is_file()] == []
    with reading(business):
        assert queries.copies_of(Subject(business, customer)) == []


def test_it_is_made_once_and_noted(business, customer):
    first = export.ask(Subject(business, customer), at=AT, by=STAFF)
    assert export.ask(Subject(business, customer), at=AT, by=STAFF) == first
    with reading(business):
        row = queries.copy(business, first)
    with pytest.raises(export.CopyNotReady):
        export.content_of(business, row, at=AT)
    export.make(business, first, at=AT)
    export.make(business, first, at=AT + timedelta(hours=1))
    with reading(business):
        row = queries.copy(business, first)
        assert row.made_at == AT
    export.content_of(business, row, at=AT)
    with reading(business):
        kinds = [one.kind for one in trail.notes(business, customer_id=customer)]
    assert sorted(kinds) == [NoteKind.DOWNLOADED, NoteKind.EXPORTED]


def test_nobody_of_another_business(business, other_business, customer):
    with pytest.raises(NotFound):
        export.ask(Subject(other_business, customer), at=AT, by=STAFF)
    row = made(business, Subject(business, customer))
    with pytest.raises(NotFound), reading(other_business):
        queries.copy(other_business, row.id)


@pytest.mark.parametrize("sign", ["=", "＝", "＠"])
def test_a_formula_is_none_in_a_spreadsheet(business, gateway, sign):
    from factories.customers import add_customer

    evil = add_customer(business, f"{sign}cmd|' /C calc'!A0", email="e@example.com")
    archive = opened(business, made(business, Subject(business, evil)))
    assert f"'{sign}cmd" in archive.read("tables/customers_customer.csv").decode()
    assert settings.FILES
