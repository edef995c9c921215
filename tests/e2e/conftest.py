"""One running stack for the session, a fresh device in the browser for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from e2e.stack import Payer, Stack
from factories import database as db
from factories.outside.logs import leaks

Device = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One stack for all: these tests run in one process, from the start, while another runs the
    rest."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("stack"))
    items.sort(key=lambda item: here not in item.path.parents)


@pytest.fixture(scope="session")
def stack(
    server: db.Addresses, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Database, gateway, web and worker, with two businesses."""
    running = Stack(tmp_path_factory.mktemp("stack"), server, template)
    try:
        yield running.start()
        secrets = running.secrets()
    finally:
        running.stop()
    assert leaks(running.logs(), secrets) == [], "a log tells what nobody may read"


@pytest.fixture
def device(browser: Browser) -> Iterator[Device]:
    """Makes devices: each call opens a tab with cookies of its own. A bug in a page's script, a
    dialog, or something that the page's policy had to stop fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_tab(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1180, "height": 900}} | options))
        opened.append(context)
        context.on("page", lambda page: watch(page, complaints))
        return context.new_page()

    yield open_tab
    for context in opened:
        context.close()
    assert complaints == []


def watch(page: Page, complaints: list[str]) -> None:
    """Notes errors of scripts, dialogs, and what the content policy stopped."""

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            complaints.append(message.text)

    def on_dialog(dialog: Any) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", on_console)
    page.on("dialog", on_dialog)
    page.on("pageerror", lambda error: complaints.append(str(error)))


@pytest.fixture
def page(device: Device) -> Page:
    """A tab on a device of its own."""
    return device()


@pytest.fixture
def payer(stack: Stack) -> Payer:
    """A new customer of Harrow Water with an open invoice of 203.55 EUR and a link to it."""
    return stack.payer()
