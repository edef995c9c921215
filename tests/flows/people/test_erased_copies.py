"""Copies and erasure meet: no file outlives the one whom it is about, and each copy ends."""

import os
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import override_settings

from counterfoil.domain.audit import queries as trail
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.customers.writing import people
from counterfoil.domain.privacy import operations, queries
from counterfoil.domain.privacy.operations import COPY_LIFE
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.people.privacy import erase, export, retain
from counterfoil.infra import files
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from factories.businesses import AT
from races.racing import kinds, race

STAFF = Actor(ActorKind.STAFF, "018f0000-0000-7000-8000-000000000001", "Sam")


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield tmp_path / "files"


@pytest.fixture
def xerxes(business, customer):
    """A second person at the customer."""
    new = NewContact(name="Xerxes", email="xerxes@example.com")
    run(business, lambda: customers.add_contacts(business, customer, [new], at=AT))
    with reading(business):
        found = customer_queries.contacts(business, [customer])
    return Subject(business, customer, next(one.id for one in found if one.name == "Xerxes"))


def lying(store):
    return [one for one in (store / "copies").rglob("*") if one.is_file()]


def forget(subject):
    erasure_id = erase.ask(subject, at=AT, by=STAFF)
    return erase.confirm(subject.business_id, erasure_id, at=AT, by=STAFF)


def made(subject):
    copy_id = export.ask(subject, at=AT, by=STAFF)
    export.make(subject.business_id, copy_id, at=AT)
    return copy_id


def row_of(business, copy_id):
    with reading(business):
        return queries.copy(business, copy_id)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_copy_that_is_being_made_meanwhile_is_dropped(
    business, customer, xerxes, is_whole, store, monkeypatch
):
    """The person is erased between the reading of the rows and the writing of the file."""
    copy_id = export.ask(Subject(business, customer) if is_whole else xerxes, at=AT, by=STAFF)
    real = export.put_together

    def slowly(subject, *, at):
        content = real(subject, at=at)
        forget(xerxes)
        return content

    monkeypatch.setattr(export, "put_together", slowly)
    export.make(business, copy_id, at=AT)
    assert lying(store) == []
    row = row_of(business, copy_id)
    assert (row.made_at, row.removed_at) == (None, AT)


def test_copies_of_the_whole_customer_that_hold_a_person_go_with_them(
    business, customer, xerxes, store
):
    whole, own = made(Subject(business, customer)), made(xerxes)
    with reading(business):
        [alice] = [
            one for one in customer_queries.contacts(business, [customer]) if one.name == "Alice"
        ]
    hers = made(Subject(business, customer, alice.id))
    content = export.content_of(business, row_of(business, whole), at=AT)
    assert b"Xerxes" in zipfile.ZipFile(BytesIO(content)).read("data.json")

    figures = forget(xerxes)

    assert figures["privacy_copy"] == 2
    assert [one.name for one in lying(store)] == [hers.hex]
    assert {row_of(business, one).removed_at for one in (whole, own)} == {AT}
    with pytest.raises(export.CopyExpired):
        export.content_of(business, row_of(business, whole), at=AT)
    with reading(business):
        notes = trail.notes(business, kinds=[NoteKind.ERASED])
    assert {"step": "erased", "copies": "2"} in [one.facts for one in notes]


def test_a_file_that_a_crash_left_goes_in_the_night(business, customer, store):
    copy_id = made(Subject(business, customer))
    content = files.read(f"copies/{business.hex}/{copy_id.hex}")
    kept = export.ask(Subject(business, customer), at=AT, by=STAFF)
    files.write(f"copies/{business.hex}/{kept.hex}", content)  # written, and not noted yet
    operations.note_removed(business, copy_id, at=AT)
    retain.apply(business, at=AT)
    assert [one.name for one in lying(store)] == [kept.hex]


def test_what_a_crash_left_half_written_goes_as_well(business, customer, store):
    kept = made(Subject(business, customer))
    half = store / "copies" / business.hex / ".half.1234"
    half.write_bytes(b"half")
    old = (AT - 2 * COPY_LIFE - timedelta(days=1)).timestamp()
    os.utime(half, (old, old))
    retain.apply(business, at=AT)
    assert [one.name for one in lying(store)] == [kept.hex]


def test_two_clicks_at_once_make_one_copy(business, customer):
    results = race(*[lambda: export.ask(Subject(business, customer), at=AT, by=STAFF)] * 4)
    assert kinds(results) == ["ok"] * 4
    assert len(set(results)) == 1


def test_one_at_a_time_however_long_it_takes(business, customer):
    first = export.ask(Subject(business, customer), at=AT, by=STAFF)
    later = AT + timedelta(hours=3)
    assert export.ask(Subject(business, customer), at=later, by=STAFF) == first


def test_so_many_a_day(business, customer, xerxes):
    for _ in range(operations.COPIES_A_DAY):
        made(xerxes)
    with pytest.raises(operations.TooManyCopies):
        export.ask(xerxes, at=AT + timedelta(hours=23), by=STAFF)
    made(Subject(business, customer))
    assert export.ask(xerxes, at=AT + timedelta(hours=25), by=STAFF)


def test_a_copy_of_somebody_who_is_gone_ends(business, customer, xerxes, store):
    copy_id = export.ask(xerxes, at=AT, by=STAFF)

    def work():
        held = people.hold(business, customer)
        people.remove(business, held, xerxes.contact_id, own=None)

    run(business, work)
    export.make(business, copy_id, at=AT)
    row = row_of(business, copy_id)
    assert (row.made_at, row.removed_at) == (None, AT)
    assert lying(store) == []


def test_a_copy_that_no_job_came_to_stands_in_nobodys_way(business, customer):
    first = export.ask(Subject(business, customer), at=AT, by=STAFF)
    later = AT + timedelta(hours=25)
    assert export.ask(Subject(business, customer), at=later, by=STAFF) != first
    assert row_of(business, first).removed_at == later


def test_a_copy_that_no_job_came_to_ends_after_a_day(business, customer):
    copy_id = export.ask(Subject(business, customer), at=AT, by=STAFF)
    retain.apply(business, at=AT + timedelta(hours=23))
    assert row_of(business, copy_id).removed_at is None
    night = AT + timedelta(hours=25)
    retain.apply(business, at=night)
    assert row_of(business, copy_id).removed_at == night
    assert export.ask(Subject(business, customer), at=night, by=STAFF) != copy_id
