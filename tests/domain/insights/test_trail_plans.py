"""What the trail holds on one thing is found by an index, however long the trail is, and whether or
not the plan was made for what is asked."""

import re

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.insights.timelines import TIMELINE
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.ids import new_id

COUNT, EACH = 6_000, 10  # rows of the trail, and how many of them are of one thing
FEW = 12 * EACH  # ways to find the same rows, and their values
WHOSE = "uuid_send(%(b)s::uuid) || int4send((g %% 600)::int)"
RECORDS = f"""
    INSERT INTO audit_record (business_id, id, at, actor, origin, source, verb, object_id, changed,
      digest)
    SELECT %(b)s::uuid, uuidv7(), now(), 'contact:' || g %% 600, '', 'row', 'UPDATE',
      encode(substr(sha256({WHOSE}), 1, 16), 'hex')::uuid, '{{}}', ''
    FROM generate_series(1, {COUNT}) g"""
NOTES = f"""
    INSERT INTO audit_note (business_id, id, at, actor, origin, kind, subject, customer_id, digest)
    SELECT %(b)s::uuid, uuidv7(), now(), 'contact:' || g %% 600, '', 'looked',
      'invoice:' || g %% 600, encode(substr(sha256({WHOSE}), 1, 16), 'hex')::uuid, ''
    FROM generate_series(1, {COUNT}) g"""
VALUES = """
    INSERT INTO audit_recordvalues (business_id, id, salt, called, before, after)
    SELECT business_id, id, id, '', '{}', '{}' FROM (
      SELECT business_id, id FROM audit_record WHERE business_id = %(b)s::uuid
      UNION ALL SELECT business_id, id FROM audit_note WHERE business_id = %(b)s::uuid) r
    ON CONFLICT DO NOTHING"""
A_THING = (
    "SELECT object_id FROM audit_record WHERE business_id = %(b)s::uuid AND actor = 'contact:7'"
)

NEVER = {"before_id": None, "limit": 50}
NOTED = {"subjects": [], "actors": [], "customer_id": None, "kinds": [], **NEVER}
TOLD = {
    "machines": [], "ids": [], "subjects": [], "customer_id": None, "is_person": False,
    "actors": [], "email": "", "most": 5000, **NEVER,
}  # fmt: skip
ASKED = {
    "changes of a thing": (audit.RECORDS_OF, NEVER, {"objects": "things"}),
    "all changes": (audit.RECORDS, NEVER, {}),
    "all notes": (audit.NOTES, {"kinds": [], **NEVER}, {}),
    "notes about a thing": (audit.NOTES_OF, NOTED | {"subjects": ["invoice:7"]}, {}),
    "notes by somebody": (audit.NOTES_OF, NOTED | {"actors": ["contact:7"]}, {}),
    "notes around a customer": (
        audit.NOTES_OF, NOTED | {"kinds": ["looked"]}, {"customer_id": "thing"},
    ),
    "timeline of a customer": (
        TIMELINE, TOLD | {"subjects": ["customer:7"]}, {"customer_id": "thing"},
    ),
    "timeline of an invoice": (
        TIMELINE, TOLD | {"machines": ["invoice"], "subjects": ["invoice:7"]}, {"ids": "things"},
    ),
    "timeline of a person": (
        TIMELINE,
        TOLD | {"machines": ["contact"], "subjects": ["contact:7"], "actors": ["contact:7"],
                "is_person": True, "email": "alice@example.com"},
        {"ids": "things", "customer_id": "thing"},
    ),
    "timeline of a member": (TIMELINE, TOLD | {"actors": ["contact:7"]}, {}),
}  # fmt: skip


@pytest.fixture
def thing(business, addresses):
    """One of 600 things with ten changes and ten notes each."""
    for statement in (RECORDS, NOTES, VALUES):
        run(business, lambda statement=statement: execute(statement, {"b": business}))
    with psycopg.connect(addresses.owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE audit_record, audit_note, audit_recordvalues")
    with reading(business):
        return execute(A_THING, {"b": business})[0][0]


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("asked", ASKED)
def test_no_more_of_the_trail_is_read_than_is_asked_for(business, thing, asked, mode):
    statement, params, own = ASKED[asked]
    known = {"thing": thing, "things": [thing]}
    params = {"business_id": business, **params} | {name: known[what] for name, what in own.items()}
    with reading(business):
        found, plan = _explained(statement.text, params, mode)

    assert found >= EACH
    read = [(name, rows) for name, rows in _read(plan) if name.startswith("audit_")]
    assert 0 < sum(rows for _, rows in read) <= FEW, read


def _explained(text, params, mode):
    """How many rows a prepared statement gives, and its plan with what it read."""
    names = list(params)
    text = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", text)
    name = sql.Identifier(f"asked_{new_id().hex}")
    cursor = connection.connection.cursor()
    cursor.execute(sql.SQL("SET LOCAL plan_cache_mode = {}").format(mode))
    prepared = sql.SQL(text.replace("%%", "%").replace("{", "{{").replace("}", "}}"))
    cursor.execute(sql.SQL("PREPARE {} AS {}").format(name, prepared.format()))
    values = sql.SQL(", ").join(sql.Literal(one) for one in params.values())
    asked = sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE {}({})").format(name, values)
    (((found,),),) = (cursor.execute(asked).fetchall(),)
    cursor.execute(sql.SQL("DEALLOCATE {}").format(name))
    plan = found[0]["Plan"]
    return plan["Actual Rows"], plan


def _read(node):
    """Every scan below a node: of which table, and how many rows it went through."""
    if "Relation Name" in node:
        through = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield node["Relation Name"], through * node["Actual Loops"]
    for one in node.get("Plans", ()):
        yield from _read(one)
