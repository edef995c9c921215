"""The addresses of the portal: who each is for, and a row of each kind for it to lead to."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.urls import reverse

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import RIGHTS, Preset
from counterfoil.domain.customers.rows import NewInvitation
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows import addresses
from counterfoil.flows.arrangements import plan_payment
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.flows.people import manage
from counterfoil.flows.people.manage import Manager
from counterfoil.flows.people.privacy import export
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId, encode
from factories.invoices import credit_note
from factories.keeping import keep_method
from factories.payments import pay


class Door(StrEnum):
    """Who an address is for."""

    PERSON = "somebody who signed in"
    LINK = "the holder of a link to an invoice"
    BALANCE = "the holder of a link to what is owed"
    RETURN = "who comes back from the bank"


PERSON, LINK, BALANCE, RETURN = Door

# Each address: who it is for, whether it takes a POST, and what its places hold.
ROUTES: dict[str, tuple[Door, str, tuple[str, ...]]] = {
    "home": (PERSON, "GET", ()),
    "invoices": (PERSON, "GET", ()),
    "invoice_pay": (PERSON, "POST", ("open",)),
    "invoice_pdf": (PERSON, "GET", ("open",)),
    "revoke_link": (PERSON, "POST", ("open",)),
    "use_credit": (PERSON, "POST", ("open",)),
    "invoice": (PERSON, "GET", ("open",)),
    "confirm": (PERSON, "GET", ()),
    "credit_note_pdf": (PERSON, "GET", ("credit_note",)),
    "payments": (PERSON, "GET", ()),
    "payments_csv": (PERSON, "GET", ()),
    "payment": (PERSON, "GET", ("payment",)),
    "payment_receipt": (PERSON, "GET", ("payment",)),
    "payment_stop": (PERSON, "POST", ("debit",)),
    "profile": (PERSON, "BOTH", ()),
    "data": (PERSON, "GET", ()),
    "data_copy": (PERSON, "POST", ()),
    "data_file": (PERSON, "GET", ("copy",)),
    "data_erase": (PERSON, "POST", ()),
    "looks": (PERSON, "GET", ()),
    "people": (PERSON, "BOTH", ()),
    "person": (PERSON, "BOTH", ("contact",)),
    "person_remove": (PERSON, "BOTH", ("contact",)),
    "invitation_again": (PERSON, "POST", ("invitation",)),
    "invitation_withdraw": (PERSON, "POST", ("invitation",)),
    "links": (PERSON, "GET", ()),
    "link_life": (PERSON, "POST", ("other_link",)),
    "link_revoke": (PERSON, "POST", ("other_link",)),
    "switch": (PERSON, "GET", ()),
    "leave": (PERSON, "POST", ()),
    "plan": (PERSON, "POST", ()),
    "planned": (PERSON, "GET", ("schedule",)),
    "plan_way": (PERSON, "POST", ("schedule",)),
    "plan_cancel": (PERSON, "POST", ("schedule",)),
    "methods": (PERSON, "GET", ()),
    "method_name": (PERSON, "POST", ("method",)),
    "method_default": (PERSON, "POST", ("method",)),
    "method_remove": (PERSON, "POST", ("method",)),
    "mandates": (PERSON, "POST", ()),
    "mandate": (PERSON, "GET", ("mandate",)),
    "mandate_continue": (PERSON, "GET", ("mandate",)),
    "mandate_revoke": (PERSON, "POST", ("mandate",)),
    "mandate_name": (PERSON, "POST", ("mandate",)),
    "mandate_default": (PERSON, "POST", ("mandate",)),
    "guest_invoice": (LINK, "GET", ("link",)),
    "guest_pay": (LINK, "POST", ("link",)),
    "guest_pdf": (LINK, "GET", ("link",)),
    "guest_credit_note": (LINK, "GET", ("link", "credit_note")),
    "guest_payment": (LINK, "GET", ("link", "payment")),
    "guest_receipt": (LINK, "GET", ("link", "payment")),
    "guest_stop": (LINK, "POST", ("link", "debit")),
    "guest_confirm": (LINK, "GET", ("link",)),
    "guest_check": (LINK, "GET", ("link",)),
    "balance_check": (BALANCE, "GET", ("balance",)),
    "pay_check": (PERSON, "GET", ()),
    "guest_balance": (BALANCE, "GET", ("balance",)),
    "balance_payment": (BALANCE, "GET", ("balance", "payment")),
    "balance_receipt": (BALANCE, "GET", ("balance", "payment")),
    "balance_stop": (BALANCE, "POST", ("balance", "debit")),
    "returned": (RETURN, "GET", ("return",)),
    "finish": (RETURN, "GET", ("return",)),
}
FORMS: dict[str, dict[str, str]] = {  # what is sent; `{kind}` is one of the places
    "link_life": {"days": "7"},
    "plan": {"form_key": "plan-2", "part": "10000:{open}", "way": "{method}", "pay_date": "soon"},
}
QUERY = {"revoke_link": "?link={link_id}"}
NEW = {"mandates", "leave"}  # makes something of one's own: an empty form names nothing


@dataclass
class Places:
    """One row of each kind of Alice's, so that every address leads somewhere."""

    ids: dict[str, str] = field(default_factory=dict)

    def path(self, name: str, **others: str) -> str:
        """The address; `others` are put in the place of Alice's."""
        known = self.ids | others
        return reverse(name, args=[known[kind] for kind in ROUTES[name][2]])


def every_place(
    business: BusinessId, customer: UUID, issued: Callable[..., Any], pay_by_debit: Any
) -> Places:
    """Makes the rows."""
    at, invoice = clock.now(), issued()
    paid = pay(business, issued())
    debit = pay_by_debit(issued())
    method = keep_method(business, customer)
    planned = issued()
    command = PlanCommand(
        customer_id=customer,
        currency="EUR",
        parts=((planned.id, planned.total_minor),),
        pay_date=(at + timedelta(days=5)).date(),
        timezone="Europe/Berlin",
        form_key="plan-1",
        payer="Alice",
        locale="en",
        method_id=method,
    )
    schedule = plan_payment.plan(business, command, by=SYSTEM, at=at)
    returning = addresses.return_url(business, "https://harrow.example", paid.id, at=at)
    note = credit_note(business, customer, invoice_id=invoice.id)
    link = link_to(business, customer, invoice.id)
    opened = queries.guest_link(link)
    another = queries.guest_link(link_to(business, customer, invoice.id))
    assert opened is not None
    assert another is not None
    invitation = manage.invite(business, _asked(customer), by=Manager(SYSTEM, None), at=at)
    with reading(business):
        contact = customers.contacts(business, [customer])[0]
    copy = export.ask(Subject(business, customer, contact.id), at=at, by=SYSTEM)
    return Places(
        {
            "link_id": encode("lnk", opened.id),
            "other_link": encode("lnk", another.id),
            "contact": encode("con", contact.id),
            "invitation": encode("ivt", invitation),
            "copy": encode("cpy", copy),
            "open": invoice.number,
            "payment": encode("pay", paid.id),
            "debit": encode("pay", debit.id),
            "credit_note": encode("cn", note.id),
            "schedule": encode("sch", schedule),
            "method": encode("pm", method),
            "mandate": encode("mdt", debit.mandate_id),
            "link": link,
            "balance": link_to(business, customer, None),
            "return": returning.rpartition("/back/")[2],
        }
    )


def _asked(customer_id: UUID) -> NewInvitation:
    return NewInvitation(
        customer_id, "Bea", "bea@books.example", "en", RIGHTS[Preset.SEES],
        gets_invoices=True, gets_receipts=False,
    )  # fmt: skip


def link_to(business_id: BusinessId, customer_id: UUID, invoice_id: UUID | None) -> str:
    """The secret of a new link, to an invoice or to what is owed."""
    return identity.make_guest_link(
        business_id, invoice_id, customer_id, sent_to="alice@example.com", at=clock.now()
    )


def sit_down(browser: Any, email: str, host: str = "harrow.example") -> Any:
    """Signs somebody in at this browser."""
    user_id = identity.make_user(email)
    browser.defaults["HTTP_HOST"] = host
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    browser.force_login(get_user_model().objects.get(id=user_id), backend=backend)
    session = browser.session  # who has just proved it is asked for no proof again
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user_id)
    session.save()
    return browser


def methods_of(name: str) -> list[str]:
    methods = ROUTES[name][1]
    return ["GET", "POST"] if methods == "BOTH" else [methods]


def each(browser: Any, places: Places, *doors: Door, **others: str) -> dict[tuple[str, str], Any]:
    """What the addresses of these doors answer to every method that they take."""
    answers = {}
    for name, (door, *_rest) in ROUTES.items():
        for method in methods_of(name) if door in doors else ():
            ask = browser.get if method == "GET" else browser.post
            form = {key: value.format(**places.ids) for key, value in FORMS.get(name, {}).items()}
            query = QUERY.get(name, "").format(**places.ids)
            answers[name, method] = ask(places.path(name, **others) + query, form)
    return answers


def to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/sign-in/?")


def those_not(
    refused: Callable[[Any], bool], answers: dict[tuple[str, str], Any]
) -> dict[Any, int]:
    return {key: one.status_code for key, one in answers.items() if not refused(one)}


def is_missing(answer: Any) -> bool:
    return bool(answer.status_code == 404)
