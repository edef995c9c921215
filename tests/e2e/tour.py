"""One of every page: what there is to see at a business with a history, and how to get there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from playwright.sync_api import Page

from counterfoil.kernel.ids import encode
from e2e import pages, witness
from e2e.stack import PASSWORD, Payer, Stack, eventually

Opener = Callable[[Page], object]


@dataclass(frozen=True)
class Stop:
    """A page of the tour: its name, and how a tab gets there."""

    name: str
    open: Opener


@dataclass(frozen=True)
class History:
    """What a business with a history has to show."""

    payer: Payer
    numbers: dict[str, str]
    links: dict[str, str]
    payment: str
    failed: str
    owner: str


def make_history(stack: Stack, device: Callable[..., Page]) -> History:
    """A customer with an invoice in each state, payments that worked and one that did not."""
    payer = stack.payer(name="Ines Moreau", notes="Thank you.\nPlease read your meter by 30 May.")
    stack.give_password(payer)
    at, numbers, links = payer.business, {"open": payer.number}, {"open": payer.link}

    def add(name: str, days: int) -> dict[str, object]:
        invoice = stack.issue(at, payer.customer, due_in_days=days, external_ref=f"PO {name}")
        numbers[name] = str(invoice["number"])
        links[name] = stack.link(at, payer.customer, invoice, payer.email)
        return invoice

    add("overdue", -12)
    stack.office("void", business=at.id, invoice=add("void", 3)["id"])
    credited = add("part credited", 40)
    line = [["Leak inspection, taken back", "1", "30", "20", "0"]]
    stack.office(
        "credit", business=at.id, customer=payer.customer, invoice=credited["id"], lines=line
    )
    busy = add("busy", 8)
    page = device()
    page.goto(links["busy"])
    pages.type_card(page, pages.CHALLENGED)
    pages.press_pay(page)
    page.get_by_role("button", name="Approve").wait_for()
    page.goto(payer.link)
    pages.type_card(page, pages.DECLINED)
    pages.press_pay(page)
    pages.expect_declined(page)
    assert busy["number"] == numbers["busy"]
    paid = stack.paid_long_ago(payer, 60)
    for days_ago in (90, 400):
        stack.paid_long_ago(payer, days_ago)
    numbers["paid"] = paid["number"]
    links["paid"] = stack.link(at, payer.customer, paid, payer.email)
    links["expired"] = stack.link(at, payer.customer, paid, payer.email, days=-1)
    owner = f"owner@{at.slug}.example"
    stack.office("add_staff", business=at.id, email=owner, password=PASSWORD, role="owner")
    eventually(lambda: "failed" in witness.attempts(stack, payer), "the decline is kept")
    [(failed,)] = witness.rows(
        stack,
        "SELECT id FROM payments_attempt WHERE customer_id = %s AND state = 'failed'",
        payer.customer,
    )
    return History(payer, numbers, links, paid["payment"], encode("pay", UUID(str(failed))), owner)


def _go(address: str) -> Opener:
    return lambda page: page.goto(address, wait_until="load")


def _code_page(home: str) -> Opener:
    def ask(page: Page) -> None:
        page.goto(f"{home}/sign-in/code/")
        page.locator("input[type=email]").fill("somebody-else@moreau.example")
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/confirm/")

    return ask


def _wrong_password(home: str) -> Opener:
    def try_it(page: Page) -> None:
        page.goto(f"{home}/sign-in/")
        page.locator("input[type=email]").fill("somebody-else@moreau.example")
        page.locator("input[type=password]").fill("wrong")
        page.locator("#sign-in button[type=submit]").click()
        page.locator("[role=alert]").first.wait_for()

    return try_it


def guest_stops(history: History) -> Iterator[Stop]:
    """Pages that need no sign-in."""
    home, links = history.payer.business.url, history.links
    for name in ("open", "overdue", "void", "part credited", "busy", "paid", "expired"):
        yield Stop(f"guest {name}", _go(links[name]))
    yield Stop("guest declined", _go(f"{links['open']}?declined={history.failed}"))
    yield Stop("guest received", _go(f"{links['paid']}/payments/{history.payment}"))
    yield Stop("guest not paid", _go(f"{links['open']}/payments/{history.failed}"))
    yield Stop("unknown", _go(f"{home}/i/nothing"))
    yield Stop("sign in", _go(f"{home}/sign-in/"))
    yield Stop("code", _go(f"{home}/sign-in/code/"))
    yield Stop("password", _go(f"{home}/password/reset/"))
    yield Stop("password sent", _go(f"{home}/password/reset/sent/"))
    yield Stop("password old", _go(f"{home}/password/reset/key/x-y/"))
    yield Stop("sign up", _go(f"{home}/sign-up/"))


def form_stops(history: History) -> Iterator[Stop]:
    """Pages behind a form; opened once in English, because asking for codes is limited."""
    home = history.payer.business.url
    yield Stop("wrong password", _wrong_password(home))
    yield Stop("code typed", _code_page(home))


def person_stops(history: History) -> Iterator[Stop]:
    """Pages of somebody who signed in."""
    home, numbers = history.payer.business.url, history.numbers
    paths = {
        "home": "/",
        "invoices": "/invoices/",
        "invoices none": "/invoices/?q=nothing",
        "invoices paid": "/invoices/?status=paid",
        "invoice": f"/invoices/{numbers['open']}",
        "invoice paid": f"/invoices/{numbers['paid']}",
        "invoice busy": f"/invoices/{numbers['busy']}",
        "confirm all": "/pay?currency=EUR",
        "confirm part": f"/pay?invoice={numbers['open']}&amount=20",
        "confirm wrong": f"/pay?invoice={numbers['open']}&amount=1.234",
        "payments": "/payments/",
        "payments none": "/payments/?q=nothing",
        "payment": f"/payments/{history.payment}",
        "payment failed": f"/payments/{history.failed}",
        "profile": "/profile/",
        "sign out": "/sign-out/",
        "nothing": "/nothing",
    }
    for name, path in paths.items():
        yield Stop(name, _go(f"{home}{path}"))


def staff_stops(stack: Stack, history: History) -> Iterator[Stop]:
    """Pages of the backoffice."""
    payer = history.payer
    home = f"{payer.business.url}/backoffice"
    customer = f"/customers/{encode('cus', UUID(payer.customer))}"
    invoice = f"/invoices/{encode('inv', UUID(payer.invoice['id']))}"
    facts = {"business": payer.business.id, "customer": payer.customer}
    drafted = stack.office("draft", **facts, lines=[["Water", "1", "12"]])
    draft = f"/invoices/{encode('inv', UUID(drafted))}"
    [(account,)] = witness.rows(
        stack,
        "SELECT gateway_account_id FROM payments_attempt WHERE customer_id = %s LIMIT 1",
        payer.customer,
    )
    gateway = encode("gwa", UUID(str(account)))
    paths = {
        "work": "/", "customers": "/customers/", "customers none": "/customers/?q=nobody",
        "customer": customer, "customer edit": f"{customer}/edit", "customer new": "/customers/new",
        "invoices": "/invoices/", "invoice": invoice, "invoice new": "/invoices/new",
        "draft": draft, "draft delete": f"{draft}/delete",
        "credit": f"{invoice}/credit", "payments": "/payments/",
        "payment": f"/payments/{history.payment}", "payment failed": f"/payments/{history.failed}",
        "brand": "/settings/", "people": "/settings/people", "gateways": "/settings/gateways",
        "keys": "/settings/keys", "paying": "/settings/paying",
        "gateway new": "/settings/gateways/new/stripe", "gateway": f"/settings/gateways/{gateway}",
    }  # fmt: skip
    for name, path in paths.items():
        yield Stop(f"staff {name}", _go(f"{home}{path}"))


def sign_staff_in(page: Page, history: History) -> None:
    """Signs the owner in to the backoffice."""
    home = f"{history.payer.business.url}/backoffice/"
    page.goto(f"{home}sign-in")
    page.get_by_label("Email").fill(history.owner)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(home)
