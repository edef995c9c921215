"""A script that found its way into the pay page, in a real browser: it is not run, and the business
hears of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from e2e import witness
from e2e.stack import Payer, Stack, eventually

pytestmark = pytest.mark.browser

STOLEN = "window.stolen = (window.stolen || []).concat"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that may be refused something."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def with_scripts(route: Route) -> None:
    """The page as an intruder had it: three scripts are put in. What Chromium gathers for
    `report-to` it sends by https alone; here it reports as others do, by `report-uri`."""
    answer = route.fetch()
    put_in = (
        f"<script>{STOLEN}('inline')</script>"
        f'<script src="https://evil.example/skim.js"></script>'
        f'<img src="/none" onerror="{STOLEN}(\'handler\')">'
    )
    policy = answer.headers["content-security-policy"].replace("; report-to refused", "")
    route.fulfill(
        response=answer,
        headers=answer.headers | {"content-security-policy": policy},
        body=answer.text().replace("</main>", f"{put_in}</main>"),
    )


def changed(route: Route) -> None:
    """A file of ours with a line more."""
    answer = route.fetch()
    route.fulfill(response=answer, body=f"{answer.text()}\n;{STOLEN}('file')")


def foreign(route: Route) -> None:
    """What the intruder's own server would give."""
    kind = "text/javascript"
    route.fulfill(body=f"{STOLEN}('foreign')", content_type=kind)


def test_it_is_not_run_and_staff_are_alarmed(stack: Stack, page: Page, payer: Payer) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(payer.link, with_scripts)
    page.route("**/ui/pay*.js", changed)
    page.route("https://evil.example/**", foreign)

    page.goto(payer.link)
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.stolen") is None
    assert any("/ui/pay" in url for url in asked)

    def alarms() -> set[tuple[object, ...]]:
        statement = (
            "SELECT kind, subject, detail FROM notifications_alarm WHERE business_id = %s::uuid"
        )
        return set(witness.rows(stack, statement, payer.business.id))

    wanted = {
        ("page", "script-src-elem inline", "guest_invoice"),
        ("page", "script-src-elem https://evil.example", "guest_invoice"),
        ("page", "script-src-attr inline", "guest_invoice"),
    }
    told = eventually(lambda: wanted <= alarms() and alarms(), "the alarms")
    assert told
