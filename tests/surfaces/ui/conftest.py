"""The gallery as a fixture: drawn in this process, looked at in a browser.

What needs Django is imported in the fixture: this file is read before Django is loaded.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from factories.sandbox_process import Sandbox, free_port

if TYPE_CHECKING:
    from gallery.serving import Gallery


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Gallery]":
    """The gallery on loopback, with a real gateway for the card fields."""
    from gallery.serving import Gallery

    sandbox = Sandbox(tmp_path_factory.mktemp("gallery") / "gateway").start()
    port = free_port()
    account = sandbox.open_account(origins=[f"http://127.0.0.1:{port}"])
    served = Gallery(sandbox.url, account.body["publishable_key"], port).start()
    yield served
    served.close()
    sandbox.stop()
