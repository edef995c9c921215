"""Static files under hashed names, compressed; plain names where nothing was collected yet."""

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

from counterfoil.infra.scripts.inventory import integrity, scripts

_SCRIPTS = (".js", ".mjs")
_MARK = 12  # so many hex digits of its hash stand in a name


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
    """Files that are served and are not what was installed. Each script holds what the inventory of
    the program says, whatever lies beside it, and there is no other; every other file what its name
    says, which holds a hash. What is served compressed is the same. Empty where nothing was
    collected."""
    root = Path(settings.STATIC_ROOT)
    if not root.is_dir() or not any(root.iterdir()):
        return []
    names: dict[str, str] = HashedStorage(location=str(root)).hashed_files  # as they are named now
    own = scripts()
    found = {name for name, one in own.items() if not _is_script(root, name, names, one.integrity)}
    for name, hashed in names.items():
        is_unknown = name.endswith(_SCRIPTS) and name not in own
        if is_unknown or not _is_named_well(root / hashed, Path(name).suffix):
            found.add(name)
    return sorted(found)


def _is_script(root: Path, name: str, names: dict[str, str], wanted: str) -> bool:
    """Whether a script is whole where pages find it, and under its plain name, if it lies there."""
    paths = [root / names.get(name, name)]
    if (root / name).exists():
        paths.append(root / name)
    contents = [_content(path) for path in paths]
    return all(content is not None and integrity(content) == wanted for content in contents)


def _is_named_well(path: Path, ending: str) -> bool:
    content = _content(path)
    marked = path.name.removesuffix(ending).rpartition(".")[2]
    if content is None:
        return False
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()  # as Django names files
    return len(marked) == _MARK and digest.startswith(marked)


def _content(path: Path) -> bytes | None:
    """What a file holds; None if it is not there, or what is served compressed is another thing."""
    try:
        content = path.read_bytes()
        packed = path.with_name(f"{path.name}.gz")
        squeezed = path.with_name(f"{path.name}.br")
        same = not packed.exists() or gzip.decompress(packed.read_bytes()) == content
        same = same and (
            not squeezed.exists() or brotli.decompress(squeezed.read_bytes()) == content
        )
    except (OSError, EOFError, zlib.error, brotli.error):
        return None
    return content if same else None
