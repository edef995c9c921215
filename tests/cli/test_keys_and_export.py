"""`counterfoil keys` and `counterfoil export`, as an operator calls them, in this process."""

import zipfile

import pytest
from django.conf import settings
from django.test import override_settings

from counterfoil.infra import files
from counterfoil.infra.secrets.keys import keys_of
from counterfoil.kernel.ids import encode
from factories import database as db

NEW = "k2026-1:" + "n" * 43


@pytest.fixture
def keys(tmp_path):
    with override_settings(FILES=tmp_path / "files"):

        def name(named, secret_keys=None):
            settings.SEALING_KEYS = keys_of(named, secret_keys or [settings.SECRET_KEY])

        yield name


def test_keys_are_listed_rotated_and_let_go(business, here, keys):
    files.write("b/one/1-en.pdf", b"1")
    code, said, _ = here("keys", "list")
    assert code == 0
    assert "from the secret key, seals" in said
    assert "payments_gatewayaccount.secrets" in said
    assert said.split()[-2:] == ["1", "files"]

    keys(NEW)
    code, said, _ = here("keys", "rotate")
    assert (code, said.splitlines()[0]) == (0, "sealing with k2026-1")
    code, said, _ = here("keys", "list")
    first, *_rest, last = said.splitlines()
    assert first.startswith("k2026-1")
    assert first.endswith("from COUNTERFOIL_DATA_KEYS, seals")
    assert last.split()[1] == "0"
    keys(NEW, ["another secret key of forty characters.."])
    assert files.read("b/one/1-en.pdf") == b"1"


def test_a_key_that_is_missing_is_told(business, here, keys):
    keys("", ["another secret key of forty characters.."])
    code, said, _ = here("keys", "list")
    assert code == 1
    assert "NOT KNOWN HERE" in said
    code, said, _ = here("keys", "rotate")
    assert code == 1
    assert "no key opens them, left as they are" in said
    settings.LOST_KEYS = frozenset({keys_of("", [db.SECRET_KEY])[0].id})
    code, said, _ = here("keys", "list")
    assert (code, "NOT KNOWN" in said, "lost, as COUNTERFOIL_LOST_KEYS says" in said) == (
        0, False, True
    )  # fmt: skip


def test_a_new_key_can_be_named(here):
    code, said, _ = here("keys", "new")
    assert code == 0
    assert keys_of(said.strip(), [])[0].id.startswith("k20")


def test_a_person_is_written_out(business, customer, here, tmp_path):
    code, said, _ = here("export", "person", "Alice@example.com", "--out", tmp_path)
    assert code == 0
    [file] = tmp_path.glob("*.zip")
    assert str(file) in said
    assert file.stat().st_mode & 0o077 == 0
    assert b"alice@example.com" in zipfile.ZipFile(file).read("data.json")
    code, _, error = here("export", "person", "nobody@example.com", "--out", tmp_path)
    assert (code, error) == (1, "counterfoil: nobody has the address nobody@example.com here\n")


def test_a_customer_is_written_out(business, customer, other_business, here, tmp_path):
    whose = encode("cus", customer)
    arguments = ("export", "customer", whose, "--out", tmp_path, "--business")
    assert here(*arguments, "harrow")[0] == 0
    assert here(*arguments, "mill")[0] == 1
    assert len(list(tmp_path.glob("*.zip"))) == 1
