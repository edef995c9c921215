"""The file store keeps whole files under keys, and nothing outside its folder."""

import os
from datetime import UTC, datetime

import pytest
from django.test import override_settings

from counterfoil.infra import files


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
