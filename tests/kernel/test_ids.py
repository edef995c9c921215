"""Identifiers: what comes in from outside is an id of the right kind, or nothing."""

import os
from datetime import UTC, datetime
from uuid import UUID

import pytest

from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode, fresh_ids, moment_of, new_id, new_ids

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_outside_form():
    value = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert encode("inv", value) == "inv_01h455vb4pex5vsknk084sn02q"
    assert decode("inv", "inv_01h455vb4pex5vsknk084sn02q") == value


@pytest.mark.parametrize(
    "text",
    ["", "inv", "inv_", "cus_01h455vb4pex5vsknk084sn02q", "inv_01h455vb4pex5vsknk084sn02",
     "inv_01h455vb4pex5vsknk084sn02qq", "inv_01H455VB4PEX5VSKNK084SN02Q",
     "inv_81h455vb4pex5vsknk084sn02q", "inv_zzzzzzzzzzzzzzzzzzzzzzzzzz",
     "inv_01h455vb4pex5vsknk084sn02u", "inv_0lh455vb4pex5vsknk084sn02q",
     "01890a5d-ac96-774b-bcce-b302099a8057", "inv-01h455vb4pex5vsknk084sn02q",
     "inv__1h455vb4pex5vsknk084sn02q", "inv_01h455vb4pex5vsknk084sn0٢q"],
)  # fmt: skip
def test_anything_else_is_not_found(text):
    with pytest.raises(NotFound):
        decode("inv", text)


def test_fresh_ids_are_version_7_and_ascend():
    made = [new_id() for _ in range(5_000)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_many_fresh_ids_stand_where_they_were_made():
    made = [new_id(), *fresh_ids(5_000), new_id(), *fresh_ids(1), new_id()]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert fresh_ids(0) == []


def test_ids_of_a_moment_carry_it():
    made = new_ids(100, at=AT)
    assert {one.version for one in made} == {7}
    assert {one.int >> 80 for one in made} == {int(AT.timestamp() * 1000)}
    assert made == sorted(made)
    assert new_ids(0, at=AT) == []


def test_an_outside_id_tells_when_it_was_made():
    assert moment_of(encode("pay", new_ids(1, at=AT)[0])) == AT
    for other in (
        UUID(int=0),
        UUID(int=(1 << 128) - 1),
        UUID("9b4a9c1e-93ab-4f0e-8d5a-1f6a37d3c3d1"),
    ):
        assert moment_of(encode("pay", other)) is None
    assert moment_of("pay_1") is None


def test_a_forked_child_makes_others():
    new_id()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, new_id().bytes)
        os._exit(0)
    os.waitpid(child, 0)
    tail = new_id().bytes[9:]
    assert os.read(read, 16)[9:] != tail
    os.close(read)
    os.close(write)
