"""The trail is sealed, and whoever bends what is below it is found, whatever powers they have."""

import os
import random

import pytest

from counterfoil.domain.audit import marks, operations, queries
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.audit.operations import SealedMeanwhile
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.insights.trail import SOURCES, bent
from counterfoil.flows import issue_invoices
from counterfoil.flows.auditing import seal_trail
from counterfoil.flows.letters import render_document
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from factories import database as db
from factories.businesses import AT
from factories.invoices import credit_note, draft_invoice, issued_invoice, line
from factories.payments import pay
from races.racing import race

TABLES = [one.table for one in SOURCES]
TRAIL = ["audit_shape", "audit_seal", "audit_leaf"]
TAMPERINGS = int(os.environ.get("TAMPERINGS", "200"))  # 1,000 before a release


@pytest.fixture
def owner(addresses):
    """Somebody with all powers over the database, for whom its guards are switched off."""
    with db.connect(addresses.owner_url) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


@pytest.fixture
def sealed(business, customer, gateway):
    """Books of every sort, sealed in three seals."""
    first = issued_invoice(business, customer, line("100"))
    made = seal_trail.seal(business, at=AT)
    second = issued_invoice(business, customer, line("30", tax="20"), line("2"))
    made += seal_trail.seal(business, at=AT)
    credit_note(business, customer, line("5", tax="20"), invoice_id=second.id)
    pay(business, first)
    render_document.invoice_pdf(business, first.id, at=AT)
    operations.note(business, NoteKind.LOOKED, subject="customers", facts={"by": "me"}, at=AT)
    draft_invoice(business, customer, line("7"))
    with reading(business):
        [noted] = queries.notes(business, kinds=[NoteKind.LOOKED])
    assert operations.erase_values(business, [noted.id], why="erasure") == 1
    return made + seal_trail.seal(business, at=AT)


def found(business, known=()):
    kept = marks.kept(business) | dict(known)
    with reading(business):
        return [(one.subject, one.found) for one in bent(business, kept=kept, limit=50)]


def test_what_is_sealed_stays_so_and_what_is_new_waits_for_the_next(business, customer, sealed):
    assert [one.number for one in sealed] == [1, 2, 3]
    assert found(business) == []
    assert seal_trail.seal(business, at=AT) == []
    issued_invoice(business, customer, line("1"))
    [fourth] = seal_trail.seal(business, at=AT)
    assert (fourth.number, fourth.shape_id) == (4, sealed[0].shape_id)
    with reading(business):
        state = queries.trail(business)
    assert (state.seals, state.leaves) == (4, sum(one.count for one in [*sealed, fourth]))
    assert state.last.mark == fourth.mark
    assert prove(business).holds


def test_every_row_that_may_not_change_is_below_it_and_no_draft(sealed, owner):
    below = owner.execute("SELECT DISTINCT source FROM audit_leaf").fetchall()
    assert {table for (table,) in below} == set(TABLES)
    for source in SOURCES:
        [(left,)] = owner.execute(
            f"SELECT count(*) FROM {source.table} t WHERE {source.where} "
            "AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.id = t.id)"
        ).fetchall()
        assert left == 0, source.table
    drafts = "SELECT i.id FROM billing_invoice i JOIN audit_leaf l ON l.id = i.id"
    assert owner.execute(f"{drafts} WHERE i.state = 'draft'").fetchall() == []


def test_a_long_wait_is_sealed_in_batches_that_hang_together(business, customer):
    for _ in range(3):
        issued_invoice(business, customer, line("1"))
    while operations.seal(business, SOURCES, at=AT, most=7):
        pass
    with reading(business):
        counts = [one.count for one in queries.seals(business)]
    assert len(counts) > 3
    assert set(counts[:-1]) == {7}
    assert found(business) == []


def test_two_who_seal_at_once_make_one_chain(business, customer):
    issued_invoice(business, customer, line("1"))
    answers = race(*[lambda: operations.seal(business, SOURCES, at=AT)] * 2)
    assert sum(hasattr(one, "number") for one in answers) == 1
    assert all(one is None or hasattr(one, "number") or isinstance(one, SealedMeanwhile)
               for one in answers)  # fmt: skip
    assert found(business) == []


def test_a_seal_that_is_made_while_the_books_are_proved_contradicts_nothing(
    business, customer, sealed
):
    issued_invoice(business, customer, line("4"))
    made = []

    def meanwhile(finding):
        if not made:
            made.extend(race(lambda: seal_trail.seal(business, at=AT)))

    first = prove(business, told=meanwhile)
    assert [one.number for one in made[0]] == [4]
    assert first.trail.seals == 3
    assert [one for one in first.findings if not one.holds] == []
    again = prove(business)
    assert (again.trail.seals, again.holds) == (4, True)


def test_each_business_has_a_trail_of_its_own(business, other_business, sealed):
    [theirs] = seal_trail.seal(other_business, at=AT)
    assert marks.kept(other_business) == {1: theirs.head.hex()}
    assert marks.kept(business) == {one.number: one.head.hex() for one in sealed}
    assert (found(business), found(other_business)) == ([], [])


def test_voiding_is_no_edit(business, customer, sealed):
    voided = issued_invoice(business, customer, line("9"))
    seal_trail.seal(business, at=AT)
    issue_invoices.void(business, voided.id, at=AT, by=SYSTEM)
    assert found(business) == []


def test_a_column_that_comes_later_is_no_edit(business, customer, sealed, owner):
    owner.execute("ALTER TABLE ledger_journalentry ADD COLUMN colour text DEFAULT 'blue'")
    try:
        assert found(business) == []
        issued_invoice(business, customer, line("2"))
        [fourth] = seal_trail.seal(business, at=AT)
        assert fourth.shape_id != sealed[0].shape_id
        assert "colour" in fourth.columns["ledger_journalentry"]
        assert found(business) == []
        owner.execute("UPDATE ledger_journalentry SET colour = 'red'")
        assert [words for _, words in found(business)] == ["was edited"]
    finally:
        owner.execute("ALTER TABLE ledger_journalentry DROP COLUMN colour")


def test_a_seal_that_somebody_kept_is_looked_for(business, sealed):
    last = sealed[-1]
    assert found(business, known={last.number: last.head.hex()}) == []
    assert found(business, known={2: "0" * 64}) == [
        ("seal 2", f"kept outside as {'0' * 16}…, is another")
    ]
    assert found(business, known={9: "0" * 64})[0][0] == "seal 9"


EDITS = {
    "ledger_journalentry": ("occurred_at = occurred_at - interval '1 day'", "memo = memo || '.'"),
    "ledger_posting": ("amount_minor = amount_minor + 1",),
    "infra_transition": ("actor = 'staff:me'", "at = at + interval '1 microsecond'"),
    "infra_event": ("body = jsonb_set(body, '{invoice}', '\"inv_other\"')", "kind = kind || 's'"),
    "billing_invoice": ("notes = notes || ' '", "due_date = due_date + 1", "party = ''",
                        "party = 'v1.k.AAAA.' || repeat('x', 43)"),
    "billing_invoiceline": ("description = description || '!'", "quantity = quantity + 0.001"),
    "billing_invoicetax": ("tax_minor = tax_minor + 1",),
    "billing_creditnote": ("number = number || 'a'", "party = ''"),
    "receivables_allocation": ("amount_minor = amount_minor - 1",),
}  # fmt: skip


def edit(owner, rng):
    table = rng.choice(list(EDITS))
    return f"UPDATE {table} SET {rng.choice(EDITS[table])} WHERE {one_of(owner, table, rng)}"


def one_of(owner, table, rng):
    """Names one sealed row of the table."""
    rows = owner.execute(
        f"SELECT t.id FROM {table} t JOIN audit_leaf l ON l.id = t.id ORDER BY t.id"
    ).fetchall()
    return f"id = '{rng.choice(rows)[0]}'"


def removal(owner, rng):
    table = rng.choice(TABLES)
    return f"DELETE FROM {table} WHERE {one_of(owner, table, rng)}"


def removal_with_its_leaf(owner, rng):
    table = rng.choice(TABLES)
    which = one_of(owner, table, rng)
    return f"DELETE FROM {table} WHERE {which}; DELETE FROM audit_leaf WHERE {which}"


def swap(owner, rng):
    """Two leaves change places."""
    (one, seal, first), *others = rng.sample(all_leaves(owner), 40)
    second, other = next((two, at) for two, within, at in others if within == seal)
    return (
        f"UPDATE audit_leaf SET position = -1 WHERE id = '{one}';"
        f"UPDATE audit_leaf SET position = {first} WHERE id = '{second}';"
        f"UPDATE audit_leaf SET position = {other} WHERE id = '{one}'"
    )


def all_leaves(owner):
    return owner.execute("SELECT id, seal_id, position FROM audit_leaf ORDER BY id").fetchall()


def made_up_leaf(owner, rng):
    """A row that comes into a batch long sealed."""
    return (
        "INSERT INTO audit_leaf (business_id, id, seal_id, position, source, hash) "
        "SELECT business_id, gen_random_uuid(), id, count, 'ledger_posting', root "
        f"FROM audit_seal WHERE number = {rng.randint(1, 3)}"
    )


def other_seal(owner, rng):
    """The seal itself is bent."""
    change = rng.choice(
        ["root = sha256(root)", "head = sha256(head)", "sealed_at = sealed_at + interval '1 s'",
         "count = count + 1", "number = number + 10"]
    )  # fmt: skip
    return f"UPDATE audit_seal SET {change} WHERE number = {rng.randint(1, 3)}"


def cut(owner, rng):
    """The newest seals are taken away, as if they had never been."""
    first = rng.randint(1, 3)
    return (
        "DELETE FROM audit_leaf WHERE seal_id IN "
        f"(SELECT id FROM audit_seal WHERE number >= {first});"
        f"DELETE FROM audit_seal WHERE number >= {first}"
    )


def rewriting(owner, rng):
    """Something is bent, and the whole trail made anew over it."""
    return f"{edit(owner, rng)}; DELETE FROM audit_leaf; DELETE FROM audit_seal"


def written(owner, table):
    """The columns of a table but those that follow from others."""
    [(names,)] = owner.execute(
        "SELECT string_agg(attname, ', ') FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    return names


WAYS = (edit, edit, edit, removal, removal_with_its_leaf, swap, made_up_leaf, other_seal, cut,
        rewriting)  # fmt: skip


def test_whatever_is_bent_is_found(business, sealed, owner):
    """By somebody with the database in their hands; the heads of seals are kept outside."""
    rng = random.Random(24)
    for table in (*TABLES, *TRAIL):
        owner.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
    for _ in range(TAMPERINGS):
        way = rng.choice(WAYS)
        words = way(owner, rng)
        owner.execute(words)
        if way is rewriting:
            kept = marks.kept(business)
            for _ in sealed:
                operations.seal(business, SOURCES, at=AT)
            assert marks.kept(business) == kept
        assert found(business) != [], words
        for table in (*TABLES, *TRAIL):
            names = written(owner, table)
            owner.execute(
                f"DELETE FROM {table}; "
                f"INSERT INTO {table} ({names}) SELECT {names} FROM kept_{table}"
            )
    assert found(business) == []
