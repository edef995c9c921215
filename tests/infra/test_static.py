"""Static files are watched: what is served is what was installed, by an inventory that lies where
the server writes nothing."""

import gzip
import hashlib
import json
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.files.base import ContentFile

import counterfoil
from counterfoil.infra.scripts.inventory import integrity, integrity_of, scripts
from counterfoil.infra.scripts.static import HashedStorage, altered

SURFACES = Path(counterfoil.__file__).parent / "surfaces"
PAY = "ui/pay.js"


def source(name):
    (found,) = SURFACES.glob(f"*/static/{name}")
    return found.read_bytes()


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder with every script as it is collected, and a licence beside them."""
    monkeypatch.setattr(settings, "STATIC_ROOT", tmp_path)
    storage = HashedStorage(location=str(tmp_path))
    names = {}
    for name in [*scripts(), "ui/vendor/LICENSE"]:
        content = source(name) if name.endswith(".js") else b"a licence\n"
        names[name] = storage.hashed_name(name, ContentFile(content))
        put(tmp_path / names[name], content)
    tell(tmp_path, names)
    return tmp_path


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    Path(f"{path}.gz").write_bytes(gzip.compress(content))
    Path(f"{path}.br").write_bytes(brotli.compress(content))


def told(root):
    return json.loads((root / "staticfiles.json").read_text())["paths"]


def tell(root, names):
    manifest = {"paths": names, "version": "1.1", "hash": ""}
    (root / "staticfiles.json").write_text(json.dumps(manifest))


def test_what_was_installed_is_whole(root):
    assert altered() == []


def test_an_evil_script_under_its_own_hash_is_told_though_the_manifest_names_it(root):
    evil = source(PAY) + b"\nsteal()\n"
    digest = hashlib.md5(evil, usedforsecurity=False).hexdigest()[:12]
    put(root / f"ui/pay.{digest}.js", evil)
    tell(root, told(root) | {PAY: f"ui/pay.{digest}.js"})
    assert altered() == [PAY]


def test_a_script_that_the_inventory_does_not_know_is_told(root):
    put(root / "ui/more.0123456789ab.js", b"steal()\n")
    digest = hashlib.md5(b"steal()\n", usedforsecurity=False).hexdigest()[:12]
    put(root / f"ui/more.{digest}.js", b"steal()\n")
    tell(root, told(root) | {"ui/more.js": f"ui/more.{digest}.js"})
    assert altered() == ["ui/more.js"]


def test_a_script_that_the_manifest_leaves_out_is_told(root):
    names = told(root)
    del names[PAY]
    tell(root, names)
    assert altered() == [PAY]


def test_a_script_with_one_more_line_is_told(root):
    path = root / told(root)[PAY]
    path.write_bytes(path.read_bytes() + b"steal()\n")
    assert altered() == [PAY]


@pytest.mark.parametrize("ending", ["gz", "br"])
def test_a_script_that_is_changed_only_where_it_is_packed_is_told(root, ending):
    path = Path(f"{root / told(root)[PAY]}.{ending}")
    pack = {"gz": gzip.compress, "br": brotli.compress}[ending]
    path.write_bytes(pack(source(PAY) + b"steal()\n"))
    assert altered() == [PAY]
    path.write_bytes(b"not packed at all")
    assert altered() == [PAY]


def test_a_script_that_is_gone_is_told(root):
    (root / told(root)[PAY]).unlink()
    assert altered() == [PAY]


def test_a_file_without_an_ending_is_whole_as_well(root):
    path = root / told(root)["ui/vendor/LICENSE"]
    path.write_bytes(b"another\n")
    assert altered() == ["ui/vendor/LICENSE"]


def test_nothing_is_told_where_nothing_was_collected(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "STATIC_ROOT", tmp_path)
    assert altered() == []


def test_the_inventory_that_is_installed_is_that_of_the_scripts():
    files = list(SURFACES.glob("*/static/**/*.js"))
    assert len(files) == len(scripts())
    for name, one in scripts().items():
        assert one.integrity == integrity(source(name)) == integrity_of(name)
        assert one.reason
        assert one.owner
        assert one.approval
