"""Static files as an installation has them: collected, under names that hold their hash."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import counterfoil
from counterfoil.infra.scripts.inventory import scripts

SURFACES = Path(counterfoil.__file__).parent / "surfaces"


def collect(root: Path) -> None:
    """Puts every script there, under its plain and under its hashed name."""
    for name in scripts():
        (source,) = SURFACES.glob(f"*/static/{name}")
        for path in (root / name, root / hashed(name, source.read_bytes())):
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, path)


def hashed(name: str, content: bytes) -> str:
    """A script's name as it is served."""
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()[:12]
    return f"{name.removesuffix('.js')}.{digest}.js"


@contextmanager
def served(root: Path) -> Iterator[None]:
    """Pages name the files of this folder. Before and after, the storage of names and the
    templates, which are compiled with them, are made anew: `setting_changed` sees to it."""
    from django.conf import settings
    from django.test import override_settings

    with override_settings(STATIC_ROOT=root, TEMPLATES=settings.TEMPLATES):
        yield
