"""Who looks at the portal as a customer is offered nothing that is closed to them, on any page and
in any state: every way that is left is walked."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from django.urls import resolve

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.arrangements.plan_payment import PlanCommand, plan
from counterfoil.infra.db import execute, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.step_up import looking
from counterfoil.surfaces.ui.step_up.still import stilled
from factories.bank_files import add_account
from factories.invoices import credit_note, line
from factories.keeping import keep_method
from factories.payments import pay

FORMS = {"/looking/leave", "/language"}
BY_THE_CLOCK = """UPDATE payments_attempt SET failure_code = 'authentication_required'
    WHERE business_id = %(b)s::uuid AND id = %(id)s"""


class Ways(HTMLParser):
    """Where a page leads: what can be opened, what is sent, and what is switched off."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: set[str] = set()
        self.sent: set[str] = set()
        self.dead: list[str] = []
        self.groups: list[bool] = []
        self.buttons: list[bool] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Every attribute that a browser follows."""
        found = dict(attrs)
        if tag == "a":
            if "href" in found:
                self.opened.add(found["href"] or "")
            else:
                self._text = []
        if tag == "fieldset":
            self.groups.append("disabled" in found)
        if tag == "button":
            self.buttons.append(any(self.groups))
        if tag == "form":
            is_sent = (found.get("method") or "get").lower() == "post"
            (self.sent if is_sent else self.opened).add(found.get("action") or "")
        for name in ("hx-get", "hx-boost", "data-href"):
            self.opened |= {found[name] or ""} if name in found else set()
        for name in ("formaction", "hx-post", "hx-delete", "hx-put"):
            self.sent |= {found[name] or ""} if name in found else set()

    def handle_endtag(self, tag: str) -> None:
        """What a group switches off ends with it."""
        if tag == "fieldset":
            self.groups.pop()
        if tag == "a" and self._text is not None:
            self.dead.append(" ".join("".join(self._text).split()))
            self._text = None

    def handle_data(self, data: str) -> None:
        """What a link that leads nowhere is called."""
        if self._text is not None:
            self._text.append(data)


def ways(answer: Any) -> Ways:
    """What the page offers."""
    found = Ways()
    found.feed(answer.content.decode())
    return found


@pytest.fixture
def looks(desk: Callable[..., Any], customer: UUID) -> Callable[[str], Any]:
    """`looks("/invoices/")`: a page of the portal, in a look that has just begun."""
    support = desk(Role.SUPPORT)
    support.post(f"customers/{encode('cus', customer)}/see", {"reason": "They called"})
    return lambda path: support.client.get(path, secure=True, headers={"host": support.host})


@pytest.fixture
def full(business: Any, customer: UUID, issued: Any, gateway: Any) -> dict[str, str]:
    """A customer with everything at once; the pages of the invoices by how they stand."""
    businesses.change(business, {"takes_prepayments": True})
    HOSTS.forget()
    add_account(business)
    method = keep_method(business, customer)
    stands = {name: issued() for name in ("due", "also_due", "planned", "link", "asked")}
    now = clock.now()
    parts = ((stands["planned"].id, stands["planned"].total_minor),)
    facts = {"currency": "EUR", "parts": parts, "timezone": "UTC", "form_key": "plan"}
    facts |= {"payer": "alice@example.com", "locale": "en", "method_id": method}
    day = (now + timedelta(days=5)).date()
    plan(business, PlanCommand(customer_id=customer, pay_date=day, **facts), by=SYSTEM, at=now)
    to = {"sent_to": "bob@example.com", "at": now, "life": timedelta(days=9)}
    identity.make_guest_link(business, stands["link"].id, customer, **to)
    for source in ("ok", "slow", "lost", "challenge", "declined"):
        stands[source] = issued()
        pay(business, stands[source], source=source)
    asked = pay(business, stands["asked"], source="challenge")
    run(business, lambda: execute(BY_THE_CLOCK, {"b": business, "id": asked.id}))
    credit_note(business, customer, line("30"))
    return {name: f"/invoices/{one.number}" for name, one in stands.items()}


def walked(looks: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    """Every page that can be come to from the first one, and those that are closed."""
    waiting = ["/", "/profile/", "/people/", "/invoices/none"]
    done = set(waiting)
    while waiting:
        path = waiting.pop()
        answer = looks(path)
        yield path, answer
        if not answer["Content-Type"].startswith("text/html"):
            continue
        for one in ways(answer).opened:
            onward = urljoin(path, one).partition("#")[0]
            if onward not in done and not one.startswith("mailto:"):
                done.add(onward)
                waiting.append(onward)


def test_every_way_that_is_shown_is_open(looks: Callable[[str], Any], full: dict[str, str]) -> None:
    pages = dict(walked(looks))

    closed = {
        path: one.status_code for path, one in pages.items() if one.status_code not in (200, 304)
    }
    assert closed == {"/profile/": 403, "/people/": 403, "/invoices/none": 404}
    drawn = {resolve(urlsplit(path).path).url_name for path in pages}
    assert looking.SHOWN - drawn == {"credit_note_pdf"}  # of a credit note against an invoice only
    assert set(full.values()) <= set(pages)


def test_nothing_can_be_sent_but_the_way_out_and_the_language(
    looks: Callable[[str], Any], full: dict[str, str]
) -> None:
    sent = {
        (path, form)
        for path, one in walked(looks)
        if one["Content-Type"].startswith("text/html")
        for form in ways(one).sent
    }
    assert {form for _, form in sent} == FORMS


def test_what_is_closed_is_drawn_as_the_customer_has_it(
    looks: Callable[[str], Any], full: dict[str, str]
) -> None:
    assert "Sign in" not in looks("/profile/").content.decode()
    home = ways(looks("/"))
    for words in ("Who looked, and why", "Pay ahead", "Change or cancel"):
        assert words in home.dead, words
    assert "All invoices" not in home.dead
    due = looks(full["due"])
    page = due.content.decode()
    assert page.count("<fieldset") == page.count("</fieldset>")
    assert page.count("<form") == page.count("</form>")
    found = ways(due)
    switched_off = found.buttons.count(True)
    for words in ("Pay €100.00", "Use my credit", "Pay this amount", "Pay on another day"):
        assert words in page, words
    assert switched_off >= 4
    assert "https://gateway.example/challenge" not in looks(full["asked"]).content.decode()


def test_the_customer_has_every_way(
    portal_of_alice: Any, full: dict[str, str], business: Any
) -> None:
    found = ways(portal_of_alice.get(full["due"], secure=True))
    assert {f"{full['due']}/pay", f"{full['due']}/credit", "/planned/"} <= found.sent
    assert not any(found.groups)


@pytest.fixture
def portal_of_alice(business: Any, customer: UUID) -> Any:
    """The customer's own browser."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from factories.outside.devices import show_proof

    user_id = identity.make_user("alice@example.com", name="Alice", password=None)
    user = get_user_model().objects.get(id=user_id)
    browser = Client(headers={"host": "harrow.example", "accept-language": "en"})
    browser.force_login(user)
    show_proof(browser, user)
    return browser


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ('<a href="/invoices/">', '<a href="/invoices/">'),
        ('<a class="tap" href="/profile/">', '<a role="link" aria-disabled="true" class="tap">'),
        ('<a href="?lines=all">', '<a href="?lines=all">'),
        ('<a href="#main">', '<a href="#main">'),
        ('<a href="mailto:a@b.example">', '<a href="mailto:a@b.example">'),
        ('<a href="https://bank.example/">', '<a role="link" aria-disabled="true">'),
        ('<a href="/nowhere/">', '<a role="link" aria-disabled="true">'),
        ("<a href='/profile/'>", '<a role="link" aria-disabled="true">'),
        ("<address>", "<address>"),
        (
            '<form class="x" method="post" action="/pay" data-w="a > b">i</form>',
            '<form class="x"><fieldset class="still" disabled>i</fieldset></form>',
        ),
        (
            '<form method="get">i</form>',
            '<form><fieldset class="still" disabled>i</fieldset></form>',
        ),
        (
            '<form method="get" action="/invoices/">i</form>',
            '<form method="get" action="/invoices/">i</form>',
        ),
    ],
)
def test_one_tag(written: str, drawn: str) -> None:
    assert stilled(written) == drawn
