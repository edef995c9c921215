"""Every address of the backoffice against every role, and against those who may not come in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from counterfoil.domain.identity.roles import RIGHTS, Right, Role
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.backoffice import access
from counterfoil.surfaces.backoffice.urls import urlpatterns
from factories.staff import hire, sign_in
from ledger_text import counts
from surfaces.backoffice.every.rows import every_row
from surfaces.dress import DRESS

SEE, EDIT, CUSTOMERS = Right.SEE, Right.EDIT_INVOICES, Right.EDIT_CUSTOMERS
OF_WHO_ASKED = {"backoffice_approval_withdraw"}  # 403 to everybody else, whatever their role
OPEN_DOORS = {"backoffice_sign_in", "backoffice_sign_out", "backoffice_join"}

# Each address: the right that it needs, whether it takes a POST, and what its id is of.
ROUTES: dict[str, tuple[Right, str, tuple[str, ...]]] = {
    "backoffice_work": (SEE, "GET", ()),
    "backoffice_alarm_looked": (Right.RESOLVE_PAYMENTS, "POST", ("alarm",)),
    "backoffice_event_looked": (Right.RESOLVE_PAYMENTS, "POST", ("event",)),
    "backoffice_event_again": (Right.RESOLVE_PAYMENTS, "POST", ("waiting",)),
    "backoffice_mail_again": (EDIT, "POST", ("message",)),
    "backoffice_customers": (SEE, "GET", ()),
    "backoffice_customer_new": (CUSTOMERS, "BOTH", ()),
    "backoffice_customer": (SEE, "GET", ("customer",)),
    "backoffice_customer_timeline": (SEE, "GET", ("customer",)),
    "backoffice_contact_timeline": (SEE, "GET", ("customer", "contact")),
    "backoffice_invoice_timeline": (SEE, "GET", ("invoice",)),
    "backoffice_payment_timeline": (SEE, "GET", ("payment",)),
    "backoffice_member_timeline": (Right.TRAIL, "GET", ("person",)),
    "backoffice_erasures": (SEE, "GET", ()),
    "backoffice_customer_data": (SEE, "GET", ("customer",)),
    "backoffice_customer_copy": (Right.EXPORT, "POST", ("customer",)),
    "backoffice_customer_copy_file": (Right.EXPORT, "GET", ("customer", "copy")),
    "backoffice_customer_erase": (CUSTOMERS, "POST", ("customer",)),
    "backoffice_customer_erasure": (Right.SETTINGS, "BOTH", ("leaver", "erasure")),
    "backoffice_customer_see": (Right.SEE_AS_CUSTOMER, "BOTH", ("customer",)),
    "backoffice_customer_edit": (CUSTOMERS, "BOTH", ("customer",)),
    "backoffice_contact_add": (CUSTOMERS, "POST", ("customer",)),
    "backoffice_contact": (CUSTOMERS, "BOTH", ("customer", "contact")),
    "backoffice_contact_remove": (CUSTOMERS, "POST", ("customer", "contact_to_remove")),
    "backoffice_invited_again": (CUSTOMERS, "POST", ("customer", "invited")),
    "backoffice_invited_withdraw": (CUSTOMERS, "POST", ("customer", "invited_to_withdraw")),
    "backoffice_registrations": (CUSTOMERS, "GET", ()),
    "backoffice_registration": (CUSTOMERS, "BOTH", ("registration",)),
    "backoffice_mandate": (SEE, "GET", ("customer", "mandate")),
    "backoffice_links": (SEE, "GET", ("customer",)),
    "backoffice_link_end": (EDIT, "POST", ("customer", "link_to_end")),
    "backoffice_link_life": (EDIT, "POST", ("customer", "link")),
    "backoffice_link_unlock": (Right.RESOLVE_PAYMENTS, "POST", ("customer", "link_locked")),
    "backoffice_credit_apply": (Right.CREDIT, "POST", ("customer",)),
    "backoffice_balance_send": (EDIT, "POST", ("customer",)),
    "backoffice_balance_link_revoke": (EDIT, "POST", ("customer", "link_of_balance")),
    "backoffice_invoice_for": (EDIT, "BOTH", ("customer",)),
    "backoffice_invoice_totals": (EDIT, "POST", ()),
    "backoffice_invoices": (SEE, "GET", ()),
    "backoffice_invoice_new": (EDIT, "GET", ()),
    "backoffice_invoice": (SEE, "GET", ("invoice",)),
    "backoffice_invoice_preview": (SEE, "GET", ("invoice",)),
    "backoffice_invoice_pdf": (SEE, "GET", ("invoice",)),
    "backoffice_invoice_edit": (EDIT, "BOTH", ("draft",)),
    "backoffice_invoice_issue": (EDIT, "BOTH", ("draft_to_issue",)),
    "backoffice_invoice_void": (EDIT, "BOTH", ("spare",)),
    "backoffice_invoice_delete": (EDIT, "BOTH", ("draft_to_delete",)),
    "backoffice_invoice_credit": (Right.CREDIT, "BOTH", ("creditable",)),
    "backoffice_invoice_write_off": (Right.WRITE_OFF, "BOTH", ("doubtful",)),
    "backoffice_invoice_write_off_back": (Right.WRITE_OFF, "POST", ("given_up",)),
    "backoffice_payment_stop": (Right.REFUND, "POST", ("payment",)),
    "backoffice_invoice_send": (EDIT, "POST", ("invoice",)),
    "backoffice_own_address_revoke": (EDIT, "POST", ("addressed",)),
    "backoffice_link_revoke": (EDIT, "POST", ("invoice", "link_of_invoice")),
    "backoffice_payments": (SEE, "GET", ()),
    "backoffice_payment": (SEE, "GET", ("payment",)),
    "backoffice_payment_ask": (Right.RESOLVE_PAYMENTS, "POST", ("payment",)),
    "backoffice_payment_receipt": (SEE, "GET", ("payment",)),
    "backoffice_payment_refund": (Right.REFUND, "BOTH", ("refundable",)),
    "backoffice_payment_take_off": (Right.REFUND, "BOTH", ("moved", "moved_off")),
    "backoffice_refund_ask": (Right.REFUND, "POST", ("refund",)),
    "backoffice_refund_looked": (Right.REFUND, "POST", ("refund_failed",)),
    "backoffice_refund_sent": (Right.REFUND, "POST", ("to_send",)),
    "backoffice_refund_withdraw": (Right.REFUND, "POST", ("to_leave",)),
    "backoffice_refund_take_back": (Right.REFUND, "POST", ("gone",)),
    "backoffice_bank_refund": (Right.REFUND, "POST", ("outgoing",)),
    "backoffice_bank_not_refund": (Right.REFUND, "POST", ("matched",)),
    "backoffice_payment_take": (Right.RESOLVE_PAYMENTS, "BOTH", ("customer",)),
    "backoffice_chargeback": (SEE, "GET", ("chargeback",)),
    "backoffice_chargeback_answer": (Right.REFUND, "POST", ("to_answer",)),
    "backoffice_chargeback_accept": (Right.REFUND, "BOTH", ("to_accept",)),
    "backoffice_chargeback_ask": (Right.REFUND, "POST", ("chargeback",)),
    "backoffice_chargeback_looked": (Right.REFUND, "POST", ("lost",)),
    "backoffice_chargeback_files": (Right.REFUND, "POST", ("chargeback",)),
    "backoffice_chargeback_file": (SEE, "GET", ("chargeback", "evidence")),
    "backoffice_chargeback_file_remove": (Right.REFUND, "POST", ("chargeback", "evidence_gone")),
    "backoffice_difference": (SEE, "GET", ("difference",)),
    "backoffice_difference_adopt": (Right.RESOLVE_PAYMENTS, "POST", ("difference_adopted",)),
    "backoffice_difference_ask": (Right.RESOLVE_PAYMENTS, "POST", ("difference",)),
    "backoffice_difference_looked": (Right.RESOLVE_PAYMENTS, "POST", ("difference_seen",)),
    "backoffice_payouts": (SEE, "GET", ()),
    "backoffice_payouts_read": (Right.RESOLVE_PAYMENTS, "POST", ()),
    "backoffice_payout": (SEE, "GET", ("payout",)),
    "backoffice_payout_csv": (Right.EXPORT, "GET", ("payout",)),
    "backoffice_bank": (SEE, "GET", ()),
    "backoffice_bank_import": (Right.IMPORT, "BOTH", ()),
    "backoffice_bank_apply": (Right.IMPORT, "POST", ()),
    "backoffice_bank_line": (SEE, "GET", ("line",)),
    "backoffice_bank_assign": (Right.RESOLVE_PAYMENTS, "POST", ("line_to_assign",)),
    "backoffice_bank_aside": (Right.RESOLVE_PAYMENTS, "POST", ("line_to_put_aside",)),
    "backoffice_bank_back": (Right.RESOLVE_PAYMENTS, "POST", ("line_aside",)),
    "backoffice_bank_accounts": (Right.BANK_DATA, "BOTH", ()),
    "backoffice_bank_account_show": (Right.BANK_DATA, "POST", ("account",)),
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
    "backoffice_people": (Right.PEOPLE, "BOTH", ()),
    "backoffice_person": (Right.PEOPLE, "BOTH", ("person",)),
    "backoffice_person_remove": (Right.PEOPLE, "POST", ("leaving",)),
    "backoffice_invitation_withdraw": (Right.PEOPLE, "POST", ("asked_in",)),
    "backoffice_roles": (Right.PEOPLE, "GET", ()),
    "backoffice_role_new": (Right.PEOPLE, "BOTH", ()),
    "backoffice_rules": (Right.PEOPLE, "BOTH", ()),
    "backoffice_role": (Right.PEOPLE, "BOTH", ("role",)),
    "backoffice_role_remove": (Right.PEOPLE, "POST", ("role_to_remove",)),
    "backoffice_preset": (Right.PEOPLE, "BOTH", ("preset",)),
    "backoffice_approvals": (SEE, "GET", ()),
    "backoffice_approval": (SEE, "GET", ("approval",)),
    "backoffice_approval_decide": (Right.APPROVE, "POST", ("to_decide",)),
    "backoffice_approval_withdraw": (SEE, "POST", ("own_wish",)),
    "backoffice_retention": (Right.SETTINGS, "BOTH", ()),
    "backoffice_hosts": (Right.SETTINGS, "BOTH", ()),
    "backoffice_host_change": (Right.SETTINGS, "POST", ()),
    "backoffice_changes": (Right.TRAIL, "GET", ()),
    "backoffice_changes_csv": (Right.TRAIL, "GET", ()),
    "backoffice_changes_seals": (Right.TRAIL, "GET", ()),
    "backoffice_changes_mail": (Right.TRAIL, "POST", ()),
    "backoffice_changes_mails": (Right.TRAIL, "POST", ()),
    "backoffice_changes_proof": (Right.TRAIL, "GET", ("record",)),
    "backoffice_sign_on": (Right.PEOPLE, "GET", ()),
    "backoffice_sign_on_new": (Right.PEOPLE, "BOTH", ("whose", "spoken")),
    "backoffice_sign_on_one": (Right.PEOPLE, "BOTH", ("sign_on",)),
    "backoffice_sign_on_provider": (Right.PEOPLE, "POST", ("sign_on",)),
    "backoffice_sign_on_switch": (Right.PEOPLE, "POST", ("sign_on",)),
    "backoffice_sign_on_try": (Right.PEOPLE, "GET", ("sign_on",)),
    "backoffice_sign_on_forget": (Right.PEOPLE, "POST", ("sign_on",)),
    "backoffice_sign_on_remove": (Right.PEOPLE, "POST", ("sign_on_to_remove",)),
    "backoffice_gateways": (Right.GATEWAYS, "GET", ()),
    "backoffice_gateway_new": (Right.GATEWAYS, "BOTH", ("kind",)),
    "backoffice_gateway": (Right.GATEWAYS, "BOTH", ("gateway",)),
    "backoffice_gateway_pause": (Right.GATEWAYS, "POST", ("gateway",)),
    "backoffice_gateway_try": (Right.GATEWAYS, "POST", ("gateway",)),
    "backoffice_gateway_route": (Right.GATEWAYS, "POST", ("gateway",)),
    "backoffice_keys": (Right.KEYS, "BOTH", ()),
    "backoffice_key_rotate": (Right.KEYS, "POST", ("key",)),
    "backoffice_key_revoke": (Right.KEYS, "POST", ("key_to_revoke",)),
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
def places(business: BusinessId, customer: UUID, gateway: Any) -> Places:
    return Places(every_row(business, customer))


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


def _open(answers: dict[tuple[str, str], Any]) -> set[tuple[str, str]]:
    """Which addresses did anything else than to lead to the sign-in page. What a page asks by
    itself while somebody types is answered with nothing, and they stay where they are."""
    passing = {key for key, answer in answers.items() if answer.status_code == 204}
    assert {name for name, _method in passing} == access.PASSING
    assert not any(answers[key].content for key in passing)
    return {key for key, answer in answers.items() if not _to_sign_in(answer)} - passing


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
    refused = {key for key, one in answers.items() if one.status_code == 403}
    refused = {key for key in refused if key[0] not in OF_WHO_ASKED}
    assert refused == {key for key in answers if ROUTES[key[0]][0] not in RIGHTS[role]}
    assert {key for key, answer in answers.items() if answer.status_code >= 500} == set()
    assert {key for key, answer in answers.items() if _to_sign_in(answer)} == set()


def test_signed_out_every_address_leads_to_the_sign_in_page(
    visitor: Callable[..., Any], places: Places
) -> None:
    answers = _each(places, visitor())
    assert _open(answers) == set()


def test_a_session_of_another_business_counts_as_none(
    visitor: Callable[..., Any], other_business: BusinessId, places: Places
) -> None:
    neighbour = sign_in(visitor("mill.example"), hire(other_business, Role.OWNER))
    assert neighbour.get("").status_code == 200
    neighbour.host = "harrow.example"
    answers = _each(places, neighbour)
    assert _open(answers) == set()


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
            if address in body and right not in RIGHTS[role]:
                wrong.add((page, name))
    assert wrong == set()


def test_asking_changes_nothing_however_often(
    business: BusinessId, owner: Any, places: Places
) -> None:
    reads = [name for name in ROUTES if "GET" in _asked(name)]
    for name in reads:
        owner.get(places.path(name))
    before = counts(business)
    answers = {name: owner.get(places.path(name)).status_code for name in reads}
    assert counts(business) == before
    assert {name: status for name, status in answers.items() if status >= 500} == {}


def test_every_answer_is_dressed(owner: Any, places: Places) -> None:
    for key, answer in _each(places, owner).items():
        assert {name: answer.get(name) for name in DRESS} == DRESS, key
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'"), key
        assert "unsafe" not in policy, key
        assert "frame-ancestors 'none'" in policy, key


def test_no_form_is_taken_without_its_token(
    business: BusinessId, owner: Any, visitor: Callable[..., Any], places: Places
) -> None:
    strict = visitor(enforce_csrf_checks=True)
    strict.client.cookies = owner.client.cookies
    before = counts(business)
    for name in ROUTES:
        if "POST" in _asked(name):
            for forged in ({}, {"csrfmiddlewaretoken": "x" * 64}):
                assert strict.post(places.path(name), forged).status_code == 403, name
    assert counts(business) == before


def test_a_bug_shows_nothing_of_itself(
    owner: Any, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("tok_of_the_inside")

    monkeypatch.setattr(access, "act_as", broken)
    owner.client.raise_request_exception = False
    for key, answer in _each(places, owner).items():
        body = answer.content.decode()
        assert (answer.status_code, "tok_of_the_inside" in body) == (500, False), key


def test_a_hole_is_found(
    desk: Callable[..., Any], places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guard that lets every role do everything; people, roles and the word of a second person
    have another one inside."""
    reader = desk(Role.READONLY)
    monkeypatch.setattr(access, "may", lambda _member, _right: True)
    refused = {name for (name, _), one in _each(places, reader).items() if one.status_code == 403}
    guarded_twice = {one for one in refused if ROUTES[one][0] in (Right.PEOPLE, Right.APPROVE)}
    assert refused - guarded_twice == OF_WHO_ASKED
