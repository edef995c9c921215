"""A stack that may be broken: its logs tell of what is no trouble anywhere else."""

from collections.abc import Iterator

import pytest

from e2e.stack import Stack
from factories import database as db


@pytest.fixture(scope="package")
def breakable(
    server: db.Addresses, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Everything once more, for tests that take parts of it away."""
    started = Stack(tmp_path_factory.mktemp("breakable"), server, template)
    try:
        yield started.start()
    finally:
        started.stop()
