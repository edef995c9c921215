"""One Chromium for the run of a process, and a way for each module of tests to come to it."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# Few pages stay long enough for scripts to be worth optimising: that costs more than it gives.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--js-flags=--always-sparkplug --no-maglev --no-opt",
)  # fmt: skip
REASON = "no browser: install chromium, or name one in COUNTERFOIL_TEST_BROWSER"


def browser_file() -> str | None:
    """The browser of this machine, or the one that the environment names."""
    named = os.environ.get("COUNTERFOIL_TEST_BROWSER", "")
    return named if Path(named).is_file() else shutil.which("chromium")


@contextmanager
def opened() -> Iterator[Any]:
    """Chromium, until the end of the block; the thread counts as inside its event loop."""
    from playwright.sync_api import sync_playwright

    found = browser_file()
    if found is None:
        pytest.skip(REASON)
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=found, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def one_browser() -> Iterator[tuple[Any, asyncio.AbstractEventLoop]]:
    """Started once: a start costs more than most tests. With it, the loop that it is driven by."""
    with opened() as running:
        loop = asyncio.get_running_loop()
        yield running, loop
        asyncio._set_running_loop(loop)


@pytest.fixture(scope="module")
def browser(one_browser: tuple[Any, asyncio.AbstractEventLoop]) -> Iterator[Any]:
    """Chromium; tests make contexts of their own. Beside the tests that ask for it no event loop
    runs: Django would refuse to ask the database inside of one."""
    running, loop = one_browser
    asyncio._set_running_loop(loop)
    yield running
    asyncio._set_running_loop(None)
