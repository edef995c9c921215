"""The site of the simulator: this process's database, with its own connections to it."""

import logging
from collections.abc import Iterator

import pytest

from counterfoil_simulator.site import Site
from factories import database as db


@pytest.fixture(scope="module")
def site(addresses: db.Addresses, emptier: db.Emptier) -> Iterator[Site]:
    """Where lives are lived; empty afterwards."""
    logging.disable()
    with Site(addresses.app_url, addresses.owner_url).open() as made:
        yield made
    logging.disable(logging.NOTSET)
    emptier()
