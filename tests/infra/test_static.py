"""Static files are watched: what is served is what was installed."""

import gzip
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from counterfoil.infra import static
from counterfoil.infra.static import HashedStorage, altered


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder with one collected script, and its storage."""
    monkeypatch.setattr(settings, "STATIC_ROOT", tmp_path)
    storage = HashedStorage(location=str(tmp_path))
    content = b"// ours\n"
    hashed = storage.hashed_name("ui/pay.js", ContentFile(content))
    path = tmp_path / hashed
    path.parent.mkdir()
    path.write_bytes(content)
    Path(f"{path}.gz").write_bytes(gzip.compress(content))
    (tmp_path / "staticfiles.json").write_text(
        json.dumps({"paths": {"ui/pay.js": hashed}, "version": "1.1", "hash": ""})
    )
    storage.hashed_files = {"ui/pay.js": hashed}
    monkeypatch.setattr(static, "staticfiles_storage", storage)
    return path


def test_what_was_installed_is_whole(served):
    assert altered() == []


def test_a_script_with_one_more_line_is_told(served):
    served.write_bytes(served.read_bytes() + b"steal()\n")
    assert altered() == ["ui/pay.js"]


def test_a_script_that_is_changed_only_where_it_is_packed_is_told(served):
    Path(f"{served}.gz").write_bytes(gzip.compress(b"// ours\nsteal()\n"))
    assert altered() == ["ui/pay.js"]
    Path(f"{served}.gz").write_bytes(b"no gzip")
    assert altered() == ["ui/pay.js"]


def test_a_script_that_is_gone_is_told(served):
    served.unlink()
    assert altered() == ["ui/pay.js"]


def test_a_file_without_an_ending_is_whole_as_well(served):
    content = b"a licence\n"
    storage = static.staticfiles_storage
    hashed = storage.hashed_name("ui/vendor/LICENSE", ContentFile(content))
    path = Path(settings.STATIC_ROOT) / hashed
    path.parent.mkdir()
    path.write_bytes(content)
    storage.hashed_files["ui/vendor/LICENSE"] = hashed
    assert altered() == []
    path.write_bytes(b"another\n")
    assert altered() == ["ui/vendor/LICENSE"]
