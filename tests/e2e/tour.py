"""One of every page: what there is to see at a business with a history, and how to get there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from playwright.sync_api import Page

from counterfoil.kernel.ids import decode, encode, new_id
from e2e import pages, witness
from e2e.amounts.test_schedules import plan
from e2e.stack import PASSWORD, Payer, Stack, eventually
from e2e.test_bank_debit import PAYS, pay_by_debit
from e2e.test_saved_methods import save
from factories import database as db

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
    disputed: str


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

    paid, disputed, _ = (stack.paid_long_ago(payer, days_ago) for days_ago in (60, 90, 400))
    numbers["paid"] = paid["number"]
    links["paid"] = stack.link(at, payer.customer, paid, payer.email)
    links["expired"] = stack.link(at, payer.customer, paid, payer.email, days=-1)
    _move_money(stack, payer, disputed["payment"])
    add("overdue", -12)
    stack.office("void", business=at.id, invoice=add("void", 3)["id"])
    credited = add("part credited", 40)
    line = [["Leak inspection, taken back", "1", "30", "20", "0"]]
    stack.office(
        "credit", business=at.id, customer=payer.customer, invoice=credited["id"], lines=line
    )
    for name in ("busy", "debited", "planned"):
        add(name, 8)
    page = device()
    page.goto(links["busy"])
    pages.type_card(page, pages.CHALLENGED)
    pages.press_pay(page)
    page.get_by_role("button", name="Approve").wait_for()
    page.goto(payer.link)
    pages.type_card(page, pages.DECLINED)
    pages.press_pay(page)
    pages.expect_declined(page)
    pay_by_debit(page, replace(payer, link=links["debited"]), PAYS)
    pages.sign_in(page, payer)
    save(page, payer, pages.GOOD)
    plan(page, replace(payer, invoice={"number": numbers["planned"]}), 5)
    owner = f"owner@{at.slug}.example"
    stack.office("add_staff", business=at.id, email=owner, password=PASSWORD, role="owner")
    eventually(lambda: "failed" in witness.attempts(stack, payer), "the decline is kept")
    failed = _id_of(stack, payer, "pay", "payments_attempt", "state = 'failed'")
    return History(payer, numbers, links, paid["payment"], failed, owner, disputed["payment"])


def _move_money(stack: Stack, payer: Payer, payment: str) -> None:
    """What staff see of the gateway and of the bank: a payout, a contested payment, a line that
    names nothing, a charge that the books do not know."""
    at = payer.business
    stack.sandbox.advance(10 * 86_400)
    eventually(lambda: stack.office("read_payouts", business=at.id), "a payout is read")
    [(charge, account)] = witness.rows(
        stack,
        "SELECT gateway_ref, gateway_account_id FROM payments_attempt WHERE id = %s",
        decode("pay", payment),
    )
    answer = stack.sandbox.post(f"/v1/charges/{charge}/dispute", {})
    assert answer.status_code == 201, answer.text
    eventually(lambda: _ids(stack, payer, "payments_chargeback"), "the chargeback is placed")
    stack.office("take_statement", business=at.id, payer="Studio Aalto", minor=18_450)
    with db.connect(stack.addresses.owner_url) as owner:
        owner.execute(
            """
            INSERT INTO reconciliation_discrepancy (id, kind, ref, reference, charge, currency,
              amount_minor, theirs, ours, occurred_at, found_at, business_id, gateway_account_id)
            VALUES (%s, 'unknown_charge', 'ch_unknown', '', 'ch_unknown', 'EUR',
              4200, 'succeeded', '', now(), now(), %s, %s)
            """,
            (new_id(), at.id, account),
        )


def _ids(stack: Stack, payer: Payer, table: str, where: str = "true") -> list[UUID]:
    """The rows of the payer's business, the newest first."""
    found = witness.rows(
        stack,
        f"SELECT id FROM {table} WHERE business_id = %s AND {where} ORDER BY id DESC",
        payer.business.id,
    )
    return [UUID(str(one)) for (one,) in found]


def _id_of(stack: Stack, payer: Payer, prefix: str, table: str, where: str) -> str:
    """The outside id of the customer's newest row."""
    mine = f"customer_id = '{payer.customer}' AND {where}"
    return encode(prefix, _ids(stack, payer, table, mine)[0])


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
    for name in (
        "open", "overdue", "void", "part credited", "busy", "debited", "paid", "expired",
    ):  # fmt: skip
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


def person_stops(stack: Stack, history: History) -> Iterator[Stop]:
    """Pages of somebody who signed in."""
    home, numbers = history.payer.business.url, history.numbers
    payer, open_too = history.payer, f"invoice={numbers['open']}&invoice={numbers['overdue']}"
    planned = _id_of(stack, payer, "sch", "arrangements_scheduledpayment", "true")
    mandate = _id_of(stack, payer, "mdt", "payments_mandate", "true")
    debit = _id_of(stack, payer, "pay", "payments_attempt", "instrument_kind = 'bank_debit'")
    paths = {
        "home": "/",
        "invoices": "/invoices/",
        "invoices none": "/invoices/?q=nothing",
        "invoices paid": "/invoices/?status=paid",
        "invoice": f"/invoices/{numbers['open']}",
        "invoice paid": f"/invoices/{numbers['paid']}",
        "invoice busy": f"/invoices/{numbers['busy']}",
        "invoice debited": f"/invoices/{numbers['debited']}",
        "invoice planned": f"/invoices/{numbers['planned']}",
        "confirm all": "/pay?currency=EUR",
        "confirm part": f"/pay?invoice={numbers['open']}&amount=20",
        "confirm several": f"/pay?{open_too}",
        "confirm more": f"/pay?invoice={numbers['open']}&amount=900",
        "confirm wrong": f"/pay?invoice={numbers['open']}&amount=1.234",
        "payments": "/payments/",
        "payments none": "/payments/?q=nothing",
        "payment": f"/payments/{history.payment}",
        "payment failed": f"/payments/{history.failed}",
        "payment debited": f"/payments/{debit}",
        "payment contested": f"/payments/{history.disputed}",
        "methods": "/methods/",
        "mandate": f"/mandates/{mandate}",
        "planned": f"/planned/{planned}",
        "profile": "/profile/",
        "your data": "/profile/data",
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
    gateway = payer.business.account
    paid = f"/payments/{history.payment}"
    paths = {
        "work": "/", "customers": "/customers/", "customers none": "/customers/?q=nobody",
        "customer data": f"{customer}/data", "retention": "/settings/retention",
        "addresses": "/settings/addresses",
        "customer": customer, "customer edit": f"{customer}/edit", "customer new": "/customers/new",
        "invoices": "/invoices/", "invoice": invoice, "invoice new": "/invoices/new",
        "draft": draft, "draft delete": f"{draft}/delete",
        "credit": f"{invoice}/credit", "void": f"{invoice}/void",
        "write off": f"{invoice}/write-off", "customer pays": f"{customer}/payment",
        "payments": "/payments/", "payments charged back": "/payments/?status=charged_back",
        "payment": paid, "payment failed": f"/payments/{history.failed}",
        "refund": f"{paid}/refund", "import": "/import/",
        "payment contested": f"/payments/{history.disputed}",
        "brand": "/settings/", "people": "/settings/people", "gateways": "/settings/gateways",
        "changes": "/settings/changes", "keys": "/settings/keys",
        "paying": "/settings/paying", "banks": "/settings/bank",
        "surcharges": "/settings/surcharges", "debits": "/settings/debits",
        "sign-on": "/settings/sign-on", "sign-on new": "/settings/sign-on/new/customer/saml",
        "gateway new": "/settings/gateways/new/stripe", "gateway": f"/settings/gateways/{gateway}",
    }  # fmt: skip
    for name, path in (paths | _money_paths(stack, history)).items():
        yield Stop(f"staff {name}", _go(f"{home}{path}"))


def _money_paths(stack: Stack, history: History) -> dict[str, str]:
    """The pages of the gateway's and of the bank's side."""
    payer = history.payer

    def path(prefix: str, table: str, where: str = "true") -> str:
        return encode(prefix, _ids(stack, payer, table, where)[0])

    chargeback = f"/chargebacks/{path('dis', 'payments_chargeback')}"
    debit = _id_of(stack, payer, "pay", "payments_attempt", "instrument_kind = 'bank_debit'")
    return {
        "chargeback": chargeback,
        "chargeback given up": f"{chargeback}/accept",
        "payment debited": f"/payments/{debit}",
        "bank": "/bank/",
        "bank none": "/bank/?q=nothing",
        "bank import": "/bank/import",
        "bank line": f"/bank/{path('bnk', 'reconciliation_bankline')}",
        "payouts": "/payouts/",
        "payout": f"/payouts/{path('po', 'reconciliation_payout')}",
        "difference": f"/differences/{path('dcy', 'reconciliation_discrepancy')}",
    }


def sign_staff_in(page: Page, history: History) -> None:
    """Signs the owner in to the backoffice."""
    home = f"{history.payer.business.url}/backoffice/"
    page.goto(f"{home}sign-in")
    page.get_by_label("Email").fill(history.owner)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(home)
