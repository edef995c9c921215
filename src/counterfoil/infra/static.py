"""Static files under hashed names, compressed; plain names where nothing was collected yet."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names for good caching; a file missing from the manifest keeps its plain name."""

    manifest_strict = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002  Django's own
        """The address of a file; asked for a dozen times a page, so it is looked up once."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """A file that was not collected (a fresh checkout's tests) is named plainly."""
        try:
            hashed: str = super().hashed_name(name, content, filename)
        except ValueError:
            return name
        return hashed


def altered() -> list[str]:
    """Files that are served and are not what was installed: the name of each holds the hash of what
    was in it, and what is served compressed must be the same. Empty where nothing was collected."""
    storage = staticfiles_storage
    root = Path(settings.STATIC_ROOT)
    names: dict[str, str] = getattr(storage, "hashed_files", {})
    return [
        name
        for name, hashed in sorted(names.items())
        if not _is_whole(root / hashed, Path(name).suffix)
    ]


def _is_whole(path: Path, ending: str) -> bool:
    try:
        content = path.read_bytes()
        packed = path.with_name(f"{path.name}.gz")
        squeezed = path.with_name(f"{path.name}.br")
        same = not packed.exists() or gzip.decompress(packed.read_bytes()) == content
        same = same and (
            not squeezed.exists() or brotli.decompress(squeezed.read_bytes()) == content
        )
    except (OSError, EOFError, brotli.error):
        return False
    marked = path.name.removesuffix(ending).rpartition(".")[2]
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()  # as Django names files
    return same and digest.startswith(marked)
