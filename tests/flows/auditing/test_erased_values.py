"""Values of the trail go by one way only, which is noted; the seals and the proof stay whole."""

import psycopg
import pytest

from counterfoil.domain.audit import marks, operations, queries
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.insights.trail import bent
from counterfoil.flows.auditing import seal_trail
from counterfoil.infra.db import execute, reading, run
from factories import database as db
from factories.businesses import AT


@pytest.fixture
def noted(business):
    """A note with facts, below a seal."""
    operations.note(
        business, NoteKind.SIGN_IN_FAILED, subject="user", facts={"email": "eve@x.example"}, at=AT
    )
    seal_trail.seal(business, at=AT)
    with reading(business):
        [note] = queries.notes(business, kinds=[NoteKind.SIGN_IN_FAILED])
    assert note.facts == {"email": "eve@x.example"}
    return note.id


def broken(business):
    kept = marks.kept(business)
    with reading(business):
        return list(bent(business, kept=kept, limit=50))


def test_what_was_erased_is_gone_and_the_trail_holds(business, noted):
    assert operations.erase_values(business, [noted], why="erasure") == 1

    with reading(business):
        [note] = queries.notes(business, kinds=[NoteKind.SIGN_IN_FAILED])
    assert note.facts == {}
    assert broken(business) == []
    assert operations.erase_values(business, [noted], why="erasure") == 0

    seal_trail.seal(business, at=AT)
    proven = prove(business)
    assert proven.holds
    [figure] = [one.count for one in proven.figures if one.name == "erased values of the trail"]
    assert figure == 1


def test_values_that_are_only_gone_are_found(business, noted, addresses):
    with db.connect(addresses.owner_url) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("DELETE FROM audit_recordvalues WHERE id = %s", [noted])
    assert [one.subject for one in broken(business)] != []


def test_a_neighbour_can_not_be_named(business, other_business, noted):
    """Neither by the ids of its records alone, nor by its own name from within another's."""
    assert operations.erase_values(other_business, [noted], why="erasure") == 0
    sql = "SELECT audit_erase_values(%(other)s::uuid, %(ids)s::uuid[], 'x')"
    params = {"other": business, "ids": [noted]}
    with pytest.raises(Exception, match="values of another business"):
        run(other_business, lambda: execute(sql, params))
    with reading(business):
        [note] = queries.notes(business, kinds=[NoteKind.SIGN_IN_FAILED])
    assert note.facts == {"email": "eve@x.example"}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_recordvalues",
        "UPDATE audit_recordvalues SET called = ''",
        "INSERT INTO audit_erasedvalues (business_id, id, record_id, at, actor, why) "
        "SELECT business_id, id, id, now(), 'me', '' FROM audit_recordvalues",
    ],
)
def test_the_application_may_not_go_around_it(business, noted, addresses, statement):
    with psycopg.connect(addresses.app_url) as app:
        app.execute("SELECT set_config('app.business_id', %s, true)", [str(business)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)
