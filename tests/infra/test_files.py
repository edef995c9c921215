"""The file store keeps whole files under keys, and nothing outside its folder."""

import os
from datetime import UTC, datetime

import pytest
from django.test import override_settings

from counterfoil.infra import files
from counterfoil.infra.secrets.box import SealBroken
from counterfoil.infra.secrets.keys import keys_of

OLD, NEW = "k2025:" + "o" * 40, "k2026:" + "n" * 40


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield tmp_path / "files"


def test_what_was_written_can_be_read(store):
    files.write("b/one/invoice/1-en.pdf", b"first")
    files.write("b/one/invoice/1-en.pdf", b"second")

    assert files.read("b/one/invoice/1-en.pdf") == b"second"
    assert [one.name for one in store.rglob("*") if one.is_file()] == ["1-en.pdf"]


def test_what_is_not_there_is_none():
    assert files.read("b/one/invoice/2-en.pdf") is None


@pytest.mark.parametrize(
    "key",
    ["", "x", "/etc/passwd", "../x/y", "b/../../x", "b/./x", "b//x", "b/x\x00", "b/.hidden/x"],
)
def test_a_key_never_leads_out(key, store):
    for touch in (files.read, lambda one: files.write(one, b"x")):
        with pytest.raises(files.BadKey):
            touch(key)
    assert not store.exists()


def test_older_files_of_one_folder_go(store):
    files.write("uploads/a/old", b"1")
    files.write("uploads/a/new", b"2")
    files.write("uploads/b/old", b"3")
    for key in ("uploads/a/old", "uploads/b/old"):
        os.utime(store / key, (0, 0))
    assert files.remove_older("uploads/a", datetime(2026, 1, 1, tzinfo=UTC)) == 1
    assert (files.keys("uploads/a"), files.keys("uploads/b")) == (
        ["uploads/a/new"],
        ["uploads/b/old"],
    )
    assert files.remove_older("uploads/none", datetime(2026, 1, 1, tzinfo=UTC)) == 0


def test_what_lies_there_is_sealed_and_opens_at_its_own_place_only(store):
    files.write("b/one/1-en.pdf", b"Alice owes 120")
    lying = (store / "b/one/1-en.pdf").read_bytes()
    assert b"Alice" not in lying
    (store / "b/one/2-en.pdf").write_bytes(lying)
    (store / "b/one/3-en.pdf").write_bytes(b"Alice owes nothing")
    (store / "b/one/4-en.pdf").write_bytes(lying[:-1] + bytes([lying[-1] ^ 1]))
    for key in ("b/one/2-en.pdf", "b/one/3-en.pdf", "b/one/4-en.pdf"):
        with pytest.raises(SealBroken):
            files.read(key)
    assert files.read("b/one/1-en.pdf") == b"Alice owes 120"


def test_only_seals_lie_in_the_open(store):
    files.write_open("seals/one/2026-03-01.txt", b"1:aa")
    assert (store / "seals/one/2026-03-01.txt").read_bytes() == b"1:aa"
    assert files.read_open("seals/one/2026-03-01.txt") == b"1:aa"
    with pytest.raises(files.BadKey):
        files.write_open("b/one/1-en.pdf", b"Alice")


def test_files_come_under_the_newest_key_and_keep_their_age(store):
    with override_settings(SEALING_KEYS=keys_of(OLD, [])):
        files.write("uploads/a/one", b"1")
        files.write("b/one/1-en.pdf", b"2")
        files.write_open("seals/one/today.txt", b"1:aa")
    os.utime(store / "uploads/a/one", (5, 5))
    with override_settings(SEALING_KEYS=keys_of(f"{NEW},{OLD}", [])):
        files.write("b/one/2-en.pdf", b"3")
        assert files.counted() == {"k2025": 2, "k2026": 1}
        done = files.rotate()
        assert (done.place, done.resealed, done.broken) == ("files", 2, 0)
        assert files.rotate().resealed == 0
    with override_settings(SEALING_KEYS=keys_of(NEW, [])):
        assert files.counted() == {"k2026": 3}
        assert [files.read(key) for key in ("uploads/a/one", "b/one/1-en.pdf")] == [b"1", b"2"]
    assert (store / "uploads/a/one").stat().st_mtime == 5
    assert (store / "seals/one/today.txt").read_bytes() == b"1:aa"


def test_a_file_that_nothing_opens_is_left_and_told(store):
    with override_settings(SEALING_KEYS=keys_of(OLD, [])):
        files.write("b/one/1-en.pdf", b"1")
    (store / "b/one/2-en.pdf").write_bytes(b"as it was written by somebody else")
    before = (store / "b/one/1-en.pdf").read_bytes()
    with override_settings(SEALING_KEYS=keys_of(NEW, [])):
        assert files.counted() == {"k2025": 1, "?": 1}
        assert (files.rotate().resealed, files.rotate().broken) == (0, 2)
    assert (store / "b/one/1-en.pdf").read_bytes() == before
