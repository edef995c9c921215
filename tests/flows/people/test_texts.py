"""A mobile number is personal data: it is in the copy of it, and goes with its owner."""

import io
import json
import zipfile

import pytest
from django.test import override_settings

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import phones
from counterfoil.domain.identity.models import Phone
from counterfoil.domain.privacy import queries
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.people.privacy import erase, export
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from factories.businesses import AT

NUMBER = "+447700900123"
STAFF = Actor(ActorKind.STAFF, "018f0000-0000-7000-8000-000000000001", "Sam")


@pytest.fixture
def subject(business, customer, tmp_path):
    """Alice, who signs in and has a number."""
    user_id = identity.make_user("alice@example.com", name="Alice")
    with reading(business):
        [contact] = customer_queries.contacts(business, [customer])
    run(business, lambda: customers.link_user(business, [contact.id], user_id))
    phones.keep_number(user_id, NUMBER, at=AT)
    with override_settings(FILES=tmp_path / "files"):
        yield Subject(business, customer, contact.id)


def test_the_copy_has_the_number(business, subject):
    copy_id = export.ask(subject, at=AT, by=STAFF)
    export.make(business, copy_id, at=AT)
    with reading(business):
        row = queries.copy(business, copy_id)
    archive = zipfile.ZipFile(io.BytesIO(export.content_of(business, row, at=AT)))
    [sign_in] = json.loads(archive.read("data.json"))["data"]["identity_user"]
    assert sign_in["mobile_number"] == NUMBER


def test_the_number_goes_with_the_sign_in(business, subject):
    other = identity.make_user("bob@example.com", name="Bob")
    phones.keep_number(other, NUMBER, at=AT)
    erasure_id = erase.ask(subject, at=AT, by=STAFF)
    erase.confirm(business, erasure_id, at=AT, by=STAFF)
    assert [one.user_id for one in Phone.objects.all()] == [other]
