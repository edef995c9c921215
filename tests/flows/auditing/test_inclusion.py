"""The proof of one row holds without us, and for nothing else."""

import copy
import json
import os
import subprocess
import sys

import pytest

from counterfoil.cli.errors import OperatorError
from counterfoil.cli.proving.seals import marks_of
from counterfoil.domain.audit import operations, queries
from counterfoil.domain.audit.inclusion import NoProof, check
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.flows.auditing import seal_trail
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.invoices import issued_invoice, line


@pytest.fixture
def proof(business, customer):
    """Of a change, some rows before the newest; in the second seal."""
    seal_trail.seal(business, at=AT)
    operations.note(business, NoteKind.LOOKED, subject="customers", facts={"q": "ü\nx"}, at=AT)
    for _ in range(3):
        issued_invoice(business, customer, line("1"))
    [seal] = seal_trail.seal(business, at=AT)
    with reading(business):
        [note] = queries.notes(business)
        made = queries.inclusion(business, note.id)
    assert made.seal.mark == seal.mark
    return json.loads(json.dumps(made.document))


def problems(document):
    return check(document).problems


def test_a_proof_holds_and_says_which_row_and_seal(proof):
    checked = check(proof)
    assert checked.problems == ()
    assert (checked.source, checked.content["kind"]) == ("audit_note", "looked")
    assert checked.mark == f"2:{proof['seal']['head']}"


def test_every_sealed_row_has_one(business, proof):
    with reading(business):
        ids = [one.id for one in queries.records(business)]
        made = [queries.inclusion(business, one) for one in ids]
    assert len(made) > 3
    assert {problems(one.document) for one in made} == {()}


def test_whatever_of_it_is_changed_it_holds_no_more(proof):
    def bent(*keys, to):
        other = copy.deepcopy(proof)
        inside = other
        for key in keys[:-1]:
            inside = inside[key]
        inside[keys[-1]] = to
        return other

    content, seal = proof["content"], proof["seal"]
    for other in (
        bent("content", to=content.replace("looked", "signed_in")),
        bent("content", to=content.replace("audit_note", "audit_record")),
        bent("values", 3, to="{}"),
        bent("values", 0, to=str(new_id())),
        bent("position", to=proof["position"] + 1),
        bent("path", to=proof["path"][1:]),
        bent("path", 0, to="00" * 32),
        bent("row", to=str(new_id())),
        bent("business", to=str(new_id())),
        bent("seal", "number", to=3),
        bent("seal", "previous", to="00" * 32),
        bent("seal", "root", to="00" * 32),
        bent("seal", "head", to="00" * 32),
        bent("seal", "count", to=seal["count"] + 1),
        bent("seal", "sealed_at", to="2020-01-01T00:00:00+00:00"),
        bent("seal", "columns", to={}),
    ):
        assert problems(other) != (), other


@pytest.mark.parametrize(
    "document", [{}, {"kind": "x"}, {"kind": "counterfoil inclusion proof, 1"}]
)
def test_what_is_no_proof_is_told(document):
    with pytest.raises(NoProof):
        check(document)


def deep(levels, inside="0"):
    return "[" * levels + inside + "]" * levels


@pytest.mark.parametrize(
    ("keys", "to"),
    [
        (("position",), float("inf")),
        (("position",), 10**4000),
        (("position",), True),
        (("position",), "0"),
        (("seal", "count"), float("inf")),
        (("seal", "count"), 3.5),
        (("seal", "number"), 2.5),
        (("seal", "number"), "2"),
        (("seal", "number"), float("nan")),
        (("seal", "sealed_at"), "0001-01-01T00:00:00+14:00"),
        (("seal", "sealed_at"), "9999-12-31T23:59:59-14:00"),
        (("seal", "sealed_at"), "2026-03-01T09:00:00"),
        (("seal", "columns"), "x"),
        (("seal", "root"), 5),
        (("content",), f"audit_note\n{deep(100_000)}"),
        (("content",), "audit_note\n[]"),
        (("content",), "audit_note\n7"),
        (("content",), "audit_note\n{}\ud800"),
        (("content",), 5),
        (("path",), "00" * 32),
        (("path",), [7]),
        (("values",), 7),
        (("values",), [7]),
        (("business",), 7),
        (("seal",), []),
        (("sealed",), 7),
        (("sealed",), [7]),
        (("sealed",), [{"mark": 7, "salt": "00", "text": "x"}]),
        (("sealed",), [{"mark": "x", "salt": "z", "text": "x"}]),
        (("sealed",), [{"mark": "x", "salt": "00", "text": "\ud800"}]),
    ],
)
def test_what_was_crafted_is_refused(proof, keys, to):
    inside = proof
    for key in keys[:-1]:
        inside = inside[key]
    inside[keys[-1]] = to
    with pytest.raises(NoProof):
        check(proof)


def test_columns_without_an_end_are_refused(proof):
    nested = {}
    for _ in range(100_000):
        nested = {"x": nested}
    proof["seal"]["columns"] = nested
    with pytest.raises(NoProof):
        check(proof)
    while nested:  # or taking it apart would go as deep
        nested = nested.pop("x")


def test_the_command_line_refuses_what_was_crafted_in_a_line(proof, tmp_path):
    whole = json.dumps(proof)
    content = json.dumps(proof["content"])
    line = json.dumps(proof["content"][:-1] + ', "x": "\\ud800\\n  ok    the row stands"}')
    for name, text in {
        "deep": deep(100_000),
        "inside": whole.replace(content, json.dumps(f"audit_note\n{deep(100_000)}")),
        "endless": whole.replace(f'"position": {proof["position"]}', '"position": Infinity'),
        "cut": whole[:-2],
    }.items():
        file = tmp_path / f"{name}.json"
        file.write_text(text)
        ran = verify("--proof", str(file))
        assert ran.returncode == 1, (name, ran.stderr[-300:])
        assert "can't be read as a proof" in ran.stderr
        assert "Traceback" not in ran.stderr
    file = tmp_path / "line.json"
    file.write_text(whole.replace(content, line))
    ran = verify("--proof", str(file))
    assert ran.returncode == 1
    assert "the proof does NOT hold" in ran.stdout
    assert "\n  ok " not in ran.stdout


@pytest.mark.parametrize(
    "text",
    [
        deep(100_000),
        '{"seals": [{"number": Infinity, "head": "x"}]}',
        '{"seals": [{"number": null, "head": "x"}]}',
        "number,head\nx,y\n",
        "\u0664" * 3 + ":" + "0" * 64,
        "nothing",
    ],
)
def test_a_file_without_seals_is_refused_in_a_line(tmp_path, text):
    file = tmp_path / "kept"
    file.write_text(text)
    with pytest.raises(OperatorError):
        marks_of(file)


def test_a_row_without_a_seal_has_none(business, other_business, proof):
    operations.note(business, NoteKind.SIGNED_IN, subject="user:1", at=AT)
    with reading(business):
        [new, _] = queries.notes(business)
        with pytest.raises(NotFound):
            queries.inclusion(business, new.id)
    with reading(other_business), pytest.raises(NotFound):
        queries.inclusion(other_business, proof["row"])


def verify(*arguments):
    """As somebody who has the program and nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    command = "from counterfoil.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, "verify", *arguments],
        env=kept, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_command_line_checks_it_without_a_database(proof, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(proof))
    bad.write_text(json.dumps(proof | {"content": proof["content"].replace("looked", "erased")}))
    kept = tmp_path / "mail.txt"
    kept.write_text(f"Seal 2:{proof['seal']['head']} over 9 rows\n")
    ran = verify("--proof", str(good), "--seals", str(kept))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "the seal is the one that you kept" in ran.stdout
    other = verify(f"--proof={good}", "--mark", f"2:{'0' * 64}")
    assert (other.returncode, "is another one than you kept" in other.stdout) == (1, True)
    assert "below the root" in verify("--proof", str(bad)).stdout
    assert "can't be read as a proof" in verify("--proof", str(kept)).stderr
