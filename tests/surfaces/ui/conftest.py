"""The gallery as fixtures: drawn in this process, looked at in a browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from factories.sandbox_process import Sandbox, free_port
from gallery.look import FLAGS
from gallery.serving import Gallery


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """The gallery on loopback, with a real gateway for the card fields."""
    sandbox = Sandbox(tmp_path_factory.mktemp("gallery") / "gateway").start()
    port = free_port()
    account = sandbox.open_account(origins=[f"http://127.0.0.1:{port}"])
    served = Gallery(sandbox.url, account.body["publishable_key"], port).start()
    yield served
    served.close()
    sandbox.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of this machine, or Playwright's own."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield opened
        opened.close()
