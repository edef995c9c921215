"""The office of the stack: a process with the stack's own environment that founds, issues and
credits through the product's flows, one JSON line a call."""

import json
import secrets
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is loaded first

from counterfoil.demo.bank_file import Booking, statement  # noqa: E402
from counterfoil.domain.arrangements.days import runs_at  # noqa: E402
from counterfoil.domain.billing.arithmetic import LineInput  # noqa: E402
from counterfoil.domain.billing.drafts import NewCreditNote, NewInvoice  # noqa: E402
from counterfoil.domain.billing.operations import IssueTerms  # noqa: E402
from counterfoil.domain.business import operations as businesses  # noqa: E402
from counterfoil.domain.business import queries as found_businesses  # noqa: E402
from counterfoil.domain.business.debits import checked_debits  # noqa: E402
from counterfoil.domain.business.rows import NewBankAccount, NewBusiness  # noqa: E402
from counterfoil.domain.customers import operations as customers  # noqa: E402
from counterfoil.domain.customers.rows import NewContact, NewCustomer  # noqa: E402
from counterfoil.domain.identity import operations as identity  # noqa: E402
from counterfoil.domain.identity.models import Session  # noqa: E402
from counterfoil.domain.identity.roles import Role  # noqa: E402
from counterfoil.domain.identity.sessions import SessionStore  # noqa: E402
from counterfoil.domain.payments import operations as payments_writer  # noqa: E402
from counterfoil.domain.payments import queries as payments  # noqa: E402
from counterfoil.flows import issue_invoices, pay_invoices  # noqa: E402
from counterfoil.flows.aftermath import read_payouts as payouts  # noqa: E402
from counterfoil.flows.arrangements import plan_payment, run_schedules  # noqa: E402
from counterfoil.flows.banking import import_statement  # noqa: E402
from counterfoil.flows.banking.accounts import add_bank_account  # noqa: E402
from counterfoil.flows.methods import add_method, tell_expiry  # noqa: E402
from counterfoil.flows.setting_up import gateway_accounts  # noqa: E402
from counterfoil.flows.setting_up.open_business import connect_gateway, found_business  # noqa: E402
from counterfoil.infra.db import reading, run  # noqa: E402
from counterfoil.kernel import clock  # noqa: E402
from counterfoil.kernel.actor import SYSTEM  # noqa: E402
from counterfoil.kernel.errors import InvalidInput, Problem  # noqa: E402
from counterfoil.kernel.ids import BusinessId, decode, encode  # noqa: E402
from counterfoil.kernel.money import Money  # noqa: E402

Call = Callable[..., Any]
CALLS: dict[str, Call] = {}


def call(function: Call) -> Call:
    """Makes a function callable from the test process by its name."""
    CALLS[function.__name__] = function
    return function


@call
def found(slug: str, name: str, host: str, **more: Any) -> str:
    """Founds a business that answers at one host; returns its id."""
    new = NewBusiness(slug=slug, name=name, hosts=(host,), **more)
    return str(found_business(new, at=clock.now()))


@call
def connect(business: str, url: str, account: dict[str, str]) -> str:
    """Connects the business to its account at the sandbox; returns the outside id of ours."""
    made = connect_gateway(
        _id(business),
        kind="sandbox",
        name="Sandbox",
        settings={"url": url, "publishable_key": account["publishable_key"]},
        secrets={name: account[name] for name in ("secret_key", "webhook_secret")},
        at=clock.now(),
    )
    return encode("gwa", made)


@call
def connect_other(
    business: str, kind: str, settings: dict[str, str], secrets: dict[str, str]
) -> str:
    """Connects the business to an account at another gateway; returns the outside id of ours."""
    made = connect_gateway(
        _id(business), kind=kind, name=kind, settings=settings, secrets=secrets, at=clock.now()
    )
    return encode("gwa", made)


@call
def pause_account(business: str, account: str) -> None:
    """Nothing new goes to this account any more."""
    account_id = decode("gwa", account)
    gateway_accounts.pause(_id(business), account_id, is_paused=True, at=clock.now(), by=SYSTEM)


@call
def offer_debits(business: str, schemes: list[str], creditor: str) -> None:
    """The business debits bank accounts by these schemes."""
    businesses.change(_id(business), checked_debits(schemes, creditor, ""))


@call
def add_staff(business: str, email: str, password: str, role: str) -> None:
    """Makes a member of staff who can sign in."""
    user = identity.make_user(email, name=email.partition("@")[0].title(), password=password)
    identity.make_member(_id(business), user, Role(role), at=clock.now())


@call
def add_key(business: str) -> str:
    """Makes an API key of the business."""
    return identity.make_api_key(_id(business), name="Tests", at=clock.now())


@call
def add_customer(business: str, contacts: list[dict[str, Any]], **facts: Any) -> str:
    """Adds a customer with its people; returns its id."""
    people = tuple(NewContact(**one) for one in contacts)
    new = NewCustomer(contacts=people, **facts)
    return str(customers.add(_id(business), [new], at=clock.now())[0])


@call
def add_contact(business: str, customer: str, contact: dict[str, Any]) -> None:
    """Adds a person to a customer."""
    new = [NewContact(**contact)]
    at = clock.now()
    run(_id(business), lambda: customers.add_contacts(_id(business), UUID(customer), new, at=at))


@call
def grow_old(email: str) -> None:
    """The person has proved nothing lately, in any session of theirs."""
    for session in Session.objects.filter(user__email=email):
        store = SessionStore(session.session_key)
        proofs = store["account_authentication_methods"]
        store["account_authentication_methods"] = [{**proof, "at": 0} for proof in proofs]
        store.save()


@call
def add_sign_in(email: str, name: str, password: str) -> None:
    """Gives a person a password."""
    identity.make_user(email, name=name, password=password)


@call
def issue(
    business: str,
    customer: str,
    lines: list[list[str]],
    due_in_days: int,
    days_ago: int,
    quiet: bool,
    more: dict[str, str],
) -> dict[str, Any]:
    """Issues an invoice; a line is description, quantity, unit price, tax and discount."""
    at = clock.now() - timedelta(days=days_ago)
    made = [LineInput(text, *map(Decimal, numbers)) for text, *numbers in lines]
    currency = more.pop("currency", "EUR")
    due = (clock.now() + timedelta(days=due_in_days)).date()
    new = NewInvoice(UUID(customer), currency, made, due_date=due, **more)  # type: ignore[arg-type]
    terms = IssueTerms(at.date())
    issued = issue_invoices.draft_and_issue(
        _id(business), [new], terms, at=at, by=SYSTEM, quiet=quiet
    )[0]
    return {"id": str(issued.id), "number": issued.number, "total": issued.total_minor}


@call
def draft(business: str, customer: str, lines: list[list[str]]) -> str:
    """Writes a draft; returns its id."""
    made = [LineInput(text, *map(Decimal, numbers)) for text, *numbers in lines]
    new = NewInvoice(UUID(customer), "EUR", made)
    return str(issue_invoices.draft(_id(business), [new], at=clock.now(), by=SYSTEM)[0])


@call
def link(business: str, customer: str, invoice: str, sent_to: str, days: float) -> str:
    """The secret of a new link to the invoice."""
    return identity.make_guest_link(
        _id(business),
        UUID(invoice),
        UUID(customer),
        sent_to=sent_to,
        at=clock.now(),
        life=timedelta(days=days),
    )


@call
def pay(
    business: str, customer: str, invoices: list[dict[str, Any]], source: str, days_ago: int
) -> str:
    """Pays invoices in full, some days ago, without a mail; returns the payment's id."""
    at = clock.now() - timedelta(days=days_ago)
    command = pay_invoices.PayCommand(
        customer_id=UUID(customer),
        currency="EUR",
        source=source,
        parts=tuple(sorted((UUID(one["id"]), int(one["total"])) for one in invoices)),
        form_key=secrets.token_hex(12),
        site="",
        payer="office",
    )
    attempt = pay_invoices.start(_id(business), command, by=SYSTEM, at=at, quiet=True)
    if attempt.state != "succeeded":
        raise AssertionError(f"the payment is {attempt.state}")
    return encode("pay", attempt.id)


@call
def credit(business: str, customer: str, invoice: str, lines: list[list[str]]) -> str:
    """Issues a credit note against an invoice; returns its number."""
    made = [LineInput(text, *map(Decimal, numbers)) for text, *numbers in lines]
    new = NewCreditNote(UUID(customer), "EUR", made, invoice_id=UUID(invoice))
    at = clock.now()
    return issue_invoices.credit(_id(business), [new], IssueTerms(at.date()), at=at)[0].number


@call
def void(business: str, invoice: str) -> None:
    """Takes an issued invoice back."""
    issue_invoices.void(_id(business), UUID(invoice), at=clock.now(), by=SYSTEM)


@call
def offer_wallets(business: str, account: str, names: str) -> None:
    """The business's account offers these wallets."""
    account_id = decode("gwa", account)
    with reading(_id(business)):
        known = payments.account(_id(business), account_id).opened.settings
    payments_writer.change_account(_id(business), account_id, settings={**known, "wallets": names})


@call
def plan(business: str, customer: str, invoice: dict[str, Any], source: str, day: str) -> None:
    """Some days before, the customer has planned to pay an invoice with a card on this day."""
    pay_date, form_key = date.fromisoformat(day), secrets.token_hex(8)
    at = runs_at(pay_date, "Europe/Paris") - timedelta(days=2)
    method = add_method.add(
        _id(business), UUID(customer), source=source, form_key=form_key, by=SYSTEM, at=at
    )
    command = plan_payment.PlanCommand(
        customer_id=UUID(customer),
        currency="EUR",
        parts=((UUID(invoice["id"]), int(invoice["total"])),),
        pay_date=pay_date,
        timezone="Europe/Paris",
        form_key=form_key,
        payer="office",
        locale="en",
        method_id=method,
    )
    plan_payment.plan(_id(business), command, by=SYSTEM, at=at)


@call
def run_planned(business: str, day: str) -> int:
    """Runs the planned payments as on the morning of this day."""
    at = runs_at(date.fromisoformat(day), "Europe/Paris")
    return run_schedules.tick(_id(business), at=at)


@call
def take_statement(business: str, payer: str, minor: int) -> None:
    """The business's bank statement shows money that names nothing that it is for."""
    at, bank = clock.now(), NewBankAccount("Water SAS", "EUR", iban="DE89370400440532013000")
    with reading(_id(business)):
        known = found_businesses.bank_accounts(_id(business))
    if not known:
        add_bank_account(_id(business), bank, at=at)
    file = statement(bank, at, [Booking(Money(minor, "EUR"), payer, "Thank you")])
    import_statement.apply(
        _id(business), import_statement.preview(_id(business), file), at=at, by=SYSTEM, quiet=True
    )


@call
def read_payouts(business: str) -> int:
    """Reads the gateway's payouts; gives how many are new."""
    return payouts.read_all(_id(business), at=clock.now())


@call
def tell_expiries(business: str) -> int:
    """Tells the owners of cards that end soon, as the daily job does."""
    return tell_expiry.tell(_id(business), at=clock.now())


@call
def role() -> str:
    """The database role that this process, like web and worker, works as."""
    return str(settings.DATABASES["default"]["USER"])


def _id(business: str) -> BusinessId:
    return BusinessId(UUID(business))


def _answer(line: str) -> dict[str, Any]:
    asked = json.loads(line)
    try:
        return {"result": CALLS[asked["call"]](**asked["arguments"])}
    except InvalidInput as refused:
        return {"refused": [f"{one.field}: {one.code}" for one in refused.problems]}
    except Problem as refused:
        return {"refused": [refused.code]}
    except Exception as error:
        return {"broken": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Answers until its input ends."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
