"""What happened and changed nothing is noted: who, from where, about what; and stays as it was."""

from datetime import timedelta

import psycopg
import pytest

from counterfoil.domain.audit import operations, queries
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.insights.proofs import prove
from counterfoil.flows.auditing import seal_trail
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from factories import database as db
from factories.businesses import AT
from races.racing import race

CLERK = Actor(ActorKind.STAFF, "0190-clerk", "Clara")


@pytest.fixture
def clerk():
    act_as(CLERK, origin="203.0.113.7")
    yield
    act_as(SYSTEM, origin="")


def notes(business, **search):
    with reading(business):
        return queries.notes(business, **search)


def look(business, subject="bank_accounts", at=AT, **more):
    operations.note(business, NoteKind.LOOKED, subject=subject, at=at, **more)


def test_a_note_says_who_from_where_and_what(business, customer, clerk):
    look(business, "customer:1", customer_id=customer, facts={"what": "IBAN"})
    [one] = notes(business, customer_id=customer)
    assert (one.actor, one.origin) == ("staff:0190-clerk", "203.0.113.7")
    assert (one.kind, one.subject, one.facts) == ("looked", "customer:1", {"what": "IBAN"})


def test_a_note_inside_a_transaction_comes_true_with_it(business, clerk):
    with pytest.raises(ZeroDivisionError):
        run(business, lambda: (look(business), 1 / 0))
    assert notes(business, subjects=["bank_accounts"]) == []
    run(business, lambda: look(business))
    assert len(notes(business, subjects=["bank_accounts"])) == 1


def test_equal_looks_are_one_a_person_subject_and_day(business, clerk):
    for minutes in range(5):
        look(business, at=AT + timedelta(minutes=minutes), facts={"n": str(minutes)})
    race(*[lambda: (act_as(CLERK), look(business))] * 4)
    assert len(notes(business, subjects=["bank_accounts"])) == 1
    look(business, at=AT + timedelta(days=1))
    look(business, "mandates")
    act_as(Actor(ActorKind.STAFF, "other"))
    look(business)
    assert len(notes(business, kinds=[NoteKind.LOOKED])) == 4


def test_each_sign_in_is_noted_and_failures_by_ten_minutes(business):
    for minutes in range(3):
        at = AT + timedelta(minutes=minutes)
        operations.note(business, NoteKind.SIGNED_IN, subject="user:1", at=at)
        operations.note(business, NoteKind.SIGN_IN_FAILED, subject="user:1", at=at)
    assert len(notes(business, kinds=[NoteKind.SIGNED_IN])) == 3
    assert len(notes(business, kinds=[NoteKind.SIGN_IN_FAILED])) == 1


def test_a_kind_without_words_is_refused(business):
    with pytest.raises(ValueError, match="made_up"):
        operations.note(business, "made_up", subject="x", at=AT)


def test_another_business_sees_none(business, other_business, clerk):
    look(business)
    assert notes(other_business) == []


def test_nobody_edits_a_note(business, clerk):
    look(business)
    named = "WHERE business_id = %(b)s::uuid"
    for change in (
        f"UPDATE audit_note SET subject = 'x' {named}",
        f"DELETE FROM audit_note {named}",
    ):
        with pytest.raises(Exception, match="permission denied"):
            run(business, lambda change=change: execute(change, {"b": business}))


def test_verify_finds_an_edited_note_and_edited_facts(business, clerk, addresses):
    look(business, facts={"what": "IBAN"})
    seal_trail.seal(business, at=AT)
    assert prove(business).holds
    with db.connect(addresses.owner_url) as owner:
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            owner.execute("UPDATE audit_note SET actor = 'staff:else'")
        owner.execute("ALTER TABLE audit_note DISABLE TRIGGER append_only")
        try:
            owner.execute("UPDATE audit_note SET actor = 'staff:else'")
        finally:
            owner.execute("ALTER TABLE audit_note ENABLE TRIGGER append_only")
        owner.execute(
            "UPDATE audit_recordvalues v SET salt = gen_random_uuid() "
            "FROM audit_note n WHERE n.id = v.id"
        )
    [found] = [one for one in prove(business).findings if not one.holds]
    assert [one.found for one in found.violations] == [
        "its values were edited or removed",
        "was edited",
    ]
