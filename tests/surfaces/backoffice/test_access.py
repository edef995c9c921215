"""Every address of the backoffice against every role, and against those who may not come in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from counterfoil.domain.identity.roles import Right, Role, may
from counterfoil.domain.payments import operations as payments
from counterfoil.flows.banking import import_statement
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.surfaces.backoffice.urls import urlpatterns
from factories.aftermath import contest, differ, send_payout
from factories.bank_files import Booking, add_account, statement
from factories.invoices import draft_invoice
from factories.payments import pay
from factories.staff import hire, sign_in

SEE, EDIT, CUSTOMERS = Right.SEE, Right.EDIT_INVOICES, Right.EDIT_CUSTOMERS
OPEN_DOORS = {"backoffice_sign_in", "backoffice_sign_out"}

# Each address: the right that it needs, whether it takes a POST, and what its id is of.
ROUTES: dict[str, tuple[Right, str, tuple[str, ...]]] = {
    "backoffice_work": (SEE, "GET", ()),
    "backoffice_event_looked": (Right.RESOLVE_PAYMENTS, "POST", ("event",)),
    "backoffice_event_again": (Right.RESOLVE_PAYMENTS, "POST", ("waiting",)),
    "backoffice_mail_again": (EDIT, "POST", ("nothing",)),
    "backoffice_customers": (SEE, "GET", ()),
    "backoffice_customer_new": (CUSTOMERS, "BOTH", ()),
    "backoffice_customer": (SEE, "GET", ("customer",)),
    "backoffice_customer_edit": (CUSTOMERS, "BOTH", ("customer",)),
    "backoffice_contact_add": (CUSTOMERS, "POST", ("customer",)),
    "backoffice_credit_apply": (Right.CREDIT, "POST", ("customer",)),
    "backoffice_balance_send": (EDIT, "POST", ("customer",)),
    "backoffice_balance_link_revoke": (EDIT, "POST", ("customer", "nothing")),
    "backoffice_invoice_for": (EDIT, "BOTH", ("customer",)),
    "backoffice_invoice_totals": (EDIT, "POST", ()),
    "backoffice_invoices": (SEE, "GET", ()),
    "backoffice_invoice_new": (EDIT, "GET", ()),
    "backoffice_invoice": (SEE, "GET", ("invoice",)),
    "backoffice_invoice_preview": (SEE, "GET", ("invoice",)),
    "backoffice_invoice_pdf": (SEE, "GET", ("invoice",)),
    "backoffice_invoice_edit": (EDIT, "BOTH", ("draft",)),
    "backoffice_invoice_issue": (EDIT, "BOTH", ("draft",)),
    "backoffice_invoice_void": (EDIT, "BOTH", ("invoice",)),
    "backoffice_invoice_delete": (EDIT, "BOTH", ("draft",)),
    "backoffice_invoice_credit": (Right.CREDIT, "BOTH", ("invoice",)),
    "backoffice_invoice_write_off": (Right.CREDIT, "BOTH", ("invoice",)),
    "backoffice_invoice_write_off_back": (Right.CREDIT, "POST", ("invoice",)),
    "backoffice_payment_stop": (Right.REFUND, "POST", ("payment",)),
    "backoffice_invoice_send": (EDIT, "POST", ("invoice",)),
    "backoffice_link_revoke": (EDIT, "POST", ("invoice", "nothing")),
    "backoffice_payments": (SEE, "GET", ()),
    "backoffice_payment": (SEE, "GET", ("payment",)),
    "backoffice_payment_ask": (Right.RESOLVE_PAYMENTS, "POST", ("payment",)),
    "backoffice_payment_receipt": (SEE, "GET", ("payment",)),
    "backoffice_payment_refund": (Right.REFUND, "BOTH", ("payment",)),
    "backoffice_payment_take_off": (Right.REFUND, "BOTH", ("payment", "paid")),
    "backoffice_refund_ask": (Right.REFUND, "POST", ("nothing",)),
    "backoffice_refund_looked": (Right.REFUND, "POST", ("nothing",)),
    "backoffice_payment_take": (Right.RESOLVE_PAYMENTS, "BOTH", ("customer",)),
    "backoffice_chargeback": (SEE, "GET", ("chargeback",)),
    "backoffice_chargeback_answer": (Right.REFUND, "POST", ("chargeback",)),
    "backoffice_chargeback_accept": (Right.REFUND, "BOTH", ("chargeback",)),
    "backoffice_chargeback_ask": (Right.REFUND, "POST", ("chargeback",)),
    "backoffice_chargeback_looked": (Right.REFUND, "POST", ("chargeback",)),
    "backoffice_chargeback_files": (Right.REFUND, "POST", ("chargeback",)),
    "backoffice_chargeback_file": (SEE, "GET", ("chargeback", "evidence")),
    "backoffice_chargeback_file_remove": (Right.REFUND, "POST", ("chargeback", "evidence")),
    "backoffice_difference": (SEE, "GET", ("difference",)),
    "backoffice_difference_adopt": (Right.RESOLVE_PAYMENTS, "POST", ("difference",)),
    "backoffice_difference_looked": (Right.RESOLVE_PAYMENTS, "POST", ("difference",)),
    "backoffice_payouts": (SEE, "GET", ()),
    "backoffice_payouts_read": (Right.RESOLVE_PAYMENTS, "POST", ()),
    "backoffice_payout": (SEE, "GET", ("payout",)),
    "backoffice_payout_csv": (SEE, "GET", ("payout",)),
    "backoffice_bank": (SEE, "GET", ()),
    "backoffice_bank_import": (Right.IMPORT, "BOTH", ()),
    "backoffice_bank_apply": (Right.IMPORT, "POST", ()),
    "backoffice_bank_line": (SEE, "GET", ("line",)),
    "backoffice_bank_assign": (Right.RESOLVE_PAYMENTS, "POST", ("line",)),
    "backoffice_bank_aside": (Right.RESOLVE_PAYMENTS, "POST", ("line",)),
    "backoffice_bank_back": (Right.RESOLVE_PAYMENTS, "POST", ("line",)),
    "backoffice_bank_accounts": (Right.SETTINGS, "BOTH", ()),
    "backoffice_bank_account_show": (Right.SETTINGS, "POST", ("account",)),
    "backoffice_import": (Right.IMPORT, "BOTH", ()),
    "backoffice_import_apply": (Right.IMPORT, "POST", ()),
    "backoffice_import_refused": (Right.IMPORT, "GET", ()),
    "backoffice_brand": (Right.SETTINGS, "BOTH", ()),
    "backoffice_accent": (Right.SETTINGS, "POST", ()),
    "backoffice_accent_css": (Right.SETTINGS, "GET", ()),
    "backoffice_logo": (Right.SETTINGS, "POST", ()),
    "backoffice_paying": (Right.SETTINGS, "BOTH", ()),
    "backoffice_surcharges": (Right.SETTINGS, "BOTH", ()),
    "backoffice_debits": (Right.SETTINGS, "BOTH", ()),
    "backoffice_people": (Right.SETTINGS, "GET", ()),
    "backoffice_gateways": (Right.SETTINGS, "GET", ()),
    "backoffice_gateway_new": (Right.SETTINGS, "BOTH", ("kind",)),
    "backoffice_gateway": (Right.SETTINGS, "BOTH", ("gateway",)),
    "backoffice_gateway_pause": (Right.SETTINGS, "POST", ("gateway",)),
    "backoffice_gateway_try": (Right.SETTINGS, "POST", ("gateway",)),
    "backoffice_gateway_route": (Right.SETTINGS, "POST", ("gateway",)),
    "backoffice_keys": (Right.SETTINGS, "BOTH", ()),
    "backoffice_key_revoke": (Right.SETTINGS, "POST", ("nothing",)),
}


@dataclass
class Places:
    """One row of each kind, so that every address leads somewhere."""

    ids: dict[str, UUID | str] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """The address below `/backoffice/`."""
        args = [self.ids[kind] for kind in ROUTES[name][2]]
        return reverse(name, args=args).removeprefix("/backoffice/")


@pytest.fixture
def places(business: BusinessId, customer: UUID, issued: Any, gateway: Any) -> Places:
    paid = issued()
    attempt = pay(business, paid)
    event = payments.keep_event(
        business, attempt.gateway_account_id, ref="evt_1", kind="charge.succeeded", body="{}",
        at=attempt.created_at,
    )  # fmt: skip
    assert event is not None
    payments.mark_event(business, event, remark="unplaced: nobody's", at=attempt.created_at)
    waiting = payments.keep_event(
        business, attempt.gateway_account_id, ref="evt_2", kind="charge.succeeded", body="{}",
        at=attempt.created_at,
    )  # fmt: skip
    account = add_account(business)
    plan = import_statement.preview(business, statement(Booking("1.00")))
    import_statement.apply(business, plan, at=attempt.created_at, by=SYSTEM)
    chargeback, evidence = contest(business, attempt)
    return Places(
        {
            "line": plan.lines[0].id,
            "account": account,
            "customer": customer,
            "invoice": issued().id,
            "draft": draft_invoice(business, customer),
            "payment": attempt.id,
            "paid": paid.id,
            "event": event,
            "waiting": waiting,
            "chargeback": chargeback,
            "difference": differ(business, attempt),
            "payout": send_payout(business, attempt),
            "evidence": evidence,
            "nothing": new_id(),
            "gateway": attempt.gateway_account_id,
            "kind": "sandbox",
        }
    )


def _asked(name: str) -> list[str]:
    methods = ROUTES[name][1]
    return ["GET", "POST"] if methods == "BOTH" else [methods]


def _each(places: Places, desk: Any) -> dict[tuple[str, str], Any]:
    """What every address answers to every method that it takes."""
    answers = {}
    for name in ROUTES:
        for method in _asked(name):
            ask = desk.get if method == "GET" else desk.post
            answers[name, method] = ask(places.path(name))
    return answers


def _to_sign_in(response: Any) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/backoffice/sign-in?")


def test_every_address_has_its_row_and_says_its_right() -> None:
    named = {pattern.name: pattern.callback for pattern in urlpatterns}
    assert set(named) - OPEN_DOORS == set(ROUTES)
    rights = {name: named[name].right for name in ROUTES}
    assert rights == {name: right for name, (right, _methods, _ids) in ROUTES.items()}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_comes_as_far_as_its_rights(
    role: Role, desk: Callable[..., Any], places: Places
) -> None:
    answers = _each(places, desk(role))
    refused = {key for key, answer in answers.items() if answer.status_code == 403}
    assert refused == {key for key in answers if not may(role, ROUTES[key[0]][0])}
    assert {key for key, answer in answers.items() if answer.status_code >= 500} == set()
    assert {key for key, answer in answers.items() if _to_sign_in(answer)} == set()


def test_signed_out_every_address_leads_to_the_sign_in_page(
    visitor: Callable[..., Any], places: Places
) -> None:
    answers = _each(places, visitor())
    assert {key for key, answer in answers.items() if not _to_sign_in(answer)} == set()


def test_a_session_of_another_business_counts_as_none(
    visitor: Callable[..., Any], other_business: BusinessId, places: Places
) -> None:
    neighbour = sign_in(visitor("mill.example"), hire(other_business, Role.OWNER))
    assert neighbour.get("").status_code == 200
    neighbour.host = "harrow.example"
    answers = _each(places, neighbour)
    assert {key for key, answer in answers.items() if not _to_sign_in(answer)} == set()


def test_rows_of_another_business_are_not_there(
    visitor: Callable[..., Any], other_business: BusinessId, places: Places
) -> None:
    neighbour = sign_in(visitor("mill.example"), hire(other_business, Role.OWNER))
    with_id = {name for name, (_right, _methods, ids) in ROUTES.items()
               if ids and ids != ("kind",)}  # fmt: skip
    found = {
        key: answer.status_code
        for key, answer in _each(places, neighbour).items()
        if key[0] in with_id and answer.status_code != 404
    }
    assert found == {}


@pytest.mark.parametrize("role", list(Role))
def test_a_page_shows_no_button_that_its_reader_may_not_press(
    role: Role, desk: Callable[..., Any], places: Places
) -> None:
    sitting = desk(role)
    pages = ["", "customers/", "invoices/", "payments/"]
    pages += [places.path(f"backoffice_{kind}") for kind in ("customer", "invoice", "payment")]
    wrong = set()
    for page in pages:
        body = sitting.get(page).content.decode()
        for name, (right, _methods, _ids) in ROUTES.items():
            address = f'"/backoffice/{places.path(name)}"'
            if address in body and not may(role, right):
                wrong.add((page, name))
    assert wrong == set()
