"""The page of a copy is for a person: in their language, in words, of what is in it alone."""

import io
import re
import zipfile

import pytest
from django.test import override_settings
from django.utils.translation import override

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.privacy.register import HELD
from counterfoil.domain.privacy.rows import Subject
from counterfoil.domain.privacy.telling import LINES, SESSIONS, TOLD, WITHIN, column_words
from counterfoil.flows.letters import send_messages
from counterfoil.flows.people.privacy import export
from counterfoil.infra.db import reading, run
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import pay

RAW = re.compile(r"_minor|_at\b|_id\b|form_key|True|False|[{[]", re.ASCII)


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield


def page_of(business, subject):
    archive = zipfile.ZipFile(io.BytesIO(export.put_together(subject, at=AT)))
    return archive.read("index.html").decode(), archive.namelist()


def words_of(page):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def test_it_speaks_the_persons_language_in_words_dates_and_money(business, gateway):
    katrin = add_customer(business, "Katrin", locale="de")
    invoice = issued_invoice(business, katrin, line("1234.50", tax="19"))
    pay(business, invoice)
    page, files = page_of(business, Subject(business, katrin))
    text = words_of(page)
    assert page.startswith('<!doctype html><html lang="de" dir="ltr">')
    assert "Ihre Daten bei Harrow Water" in text
    assert "1.469,06 €" in text
    assert "1. März 2026" in text
    assert "Zahlt und verwaltet" in text
    assert RAW.findall(text) == []
    assert f'<a href="documents/invoice-{invoice.number}.pdf">' in page
    assert set(re.findall(r'href="([^"#]+)"', page)) <= set(files)


def test_it_runs_nothing_and_fetches_nothing(business, customer):
    page, _files = page_of(business, Subject(business, customer))
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|https?:|@import|url\(", page)


def test_it_turns_for_who_reads_from_the_right(business):
    layla = add_customer(business, "ليلى", locale="ar")
    page, _files = page_of(business, Subject(business, layla))
    assert '<html lang="ar" dir="rtl">' in page


def test_it_tells_of_mails_where_there_are_some_and_only_there(business, customer, post):
    page, _files = page_of(business, Subject(business, customer))
    assert "Mails" not in words_of(page)
    invoice = issued_invoice(business, customer, line("100"))
    send_messages.send_invoice(business, invoice.id, at=AT)
    page, _files = page_of(business, Subject(business, customer))
    text = words_of(page)
    assert "Mails 1" in text
    assert "Text" in text


def test_a_person_among_others_reads_it_in_their_own_language(business, customer):
    new = NewContact(name="Xaver", email="x@example.com", locale="de")
    run(business, lambda: customers.add_contacts(business, customer, [new], at=AT))
    with reading(business):
        people = customer_queries.contacts(business, [customer])
    xaver = next(one for one in people if one.name == "Xaver")
    page, _files = page_of(business, Subject(business, customer, xaver.id))
    assert '<html lang="de"' in page


def test_a_credit_note_and_its_lines(business, customer):
    invoice = issued_invoice(business, customer, line("100"))
    note = credit_note(business, customer, line("100"), invoice_id=invoice.id)
    text = words_of(page_of(business, Subject(business, customer))[0])
    assert note.number in text
    assert "€100.00" in text


def test_every_table_of_the_register_is_told_and_every_column_has_a_word():
    tables = {held.table for held in HELD}
    assert tables - set(TOLD) - set(WITHIN) == set()
    columns = {name for names in TOLD.values() for name in names} | {*LINES, *SESSIONS}
    with override("en"):
        assert {name for name in columns if column_words(name) == name} == set()
