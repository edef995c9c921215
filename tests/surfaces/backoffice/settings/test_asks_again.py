"""Where money goes and who may do what is changed only by somebody who has just proved who they
are: a session that somebody left open changes none of it."""

import re
from typing import Any

import pytest

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.business import operations
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as known
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.sessions import SessionStore
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.businesses import AT
from factories.payments import pay
from factories.staff import PASSWORD, Desk
from ledger_text import counts
from surfaces.backoffice.test_access import ROUTES, Places, places  # noqa: F401  a fixture

MATTERS = {Right.GATEWAYS, Right.BANK_DATA, Right.KEYS, Right.PEOPLE, Right.APPROVE}
HARMLESS = {"backoffice_gateway_try"}  # asks the gateway something, and changes nothing
SECRETS = {"backoffice_gateway", "backoffice_gateway_new", "backoffice_bank_accounts"}
"""Asked before the form is shown, so that no secret is typed in vain."""


@pytest.fixture
def left_open(owner: Desk) -> Desk:
    """The owner's browser: they signed in this morning."""
    store = SessionStore(owner.client.cookies["staff"].value)
    proofs = store["account_authentication_methods"]
    store["account_authentication_methods"] = [one | {"at": one["at"] - 3600} for one in proofs]
    store.save()
    return owner


def asks(answer: Any) -> bool:
    """Whether it leads to the page that asks who it is."""
    return bool(answer.status_code == 302 and "/security/confirm" in answer["Location"])


def test_every_form_that_matters_asks_again(business: Any, left_open: Desk, places: Places) -> None:  # noqa: F811
    forms = [name for name, (right, methods, _ids) in ROUTES.items()
             if right in MATTERS and methods != "GET"]  # fmt: skip
    assert len(forms) > 25
    before = counts(business)
    answers = {name: left_open.post(places.path(name)) for name in forms}
    assert {name for name, one in answers.items() if not asks(one)} == HARMLESS
    assert counts(business) == before


def test_where_secrets_are_typed_it_asks_before(left_open: Desk, places: Places) -> None:  # noqa: F811
    answers = {name: left_open.get(places.path(name)) for name in SECRETS}
    assert {name for name, one in answers.items() if not asks(one)} == set()


PEOPLE_OF_CUSTOMERS = {
    "backoffice_contact_add",
    "backoffice_contact",
    "backoffice_contact_remove",
    "backoffice_invited_again",
    "backoffice_invited_withdraw",
    "backoffice_registration",
}
"""Who has access to a customer. The other forms of those who may edit customers give nobody any."""


def test_every_change_of_who_has_access_to_a_customer_asks_again(
    business: Any, left_open: Desk, places: Places  # noqa: F811
) -> None:  # fmt: skip
    before = counts(business)
    for name in PEOPLE_OF_CUSTOMERS:
        assert ROUTES[name][0] == Right.EDIT_CUSTOMERS
        assert asks(left_open.post(places.path(name))), name
    assert counts(business) == before


def test_an_address_that_becomes_the_first_contact_asks_again(
    business: Any, left_open: Desk
) -> None:
    bare = NewCustomer(name="Nobody yet", locale="en", timezone="UTC", currency="EUR")
    (alone,) = customers.add(business, [bare], at=AT)
    path = f"customers/{encode('cus', alone)}/edit"
    values = {"name": "Somebody", "locale": "en", "timezone": "UTC", "currency": "EUR"}
    assert not asks(left_open.post(path, values))
    assert asks(left_open.post(path, values | {"email": "first@books.example"}))
    with reading(business):
        assert known.contacts(business, [alone]) == []


@pytest.fixture
def from_fifty(business: Any) -> None:
    """Staff are asked again from fifty on; a refund of less is not asked about."""
    operations.change(business, {"step_up_over": 50})
    HOSTS.forget()


def test_large_refunds_credit_notes_and_write_offs_ask_again(
    from_fifty: None, business: Any, left_open: Desk, issued: Any, gateway: Any
) -> None:
    invoice, payment = issued(), pay(business, issued())
    with reading(business):
        (line,) = billing.lines(business, invoice.id)
    refund = f"payments/{encode('pay', payment.id)}/refund"
    credit = f"invoices/{encode('inv', invoice.id)}/credit"
    before = counts(business)
    sent = {"amount": "60", "do": "refund", "reason": "r"}
    assert asks(left_open.post(refund, sent | {"form_key": "a"}))
    note = {f"line-{line.id}": "1", "do": "issue", "reason": "r"}
    assert asks(left_open.post(credit, note | {"form_key": "b"}))
    gone = {"reason": "Gone", "form_key": "c"}
    assert asks(left_open.post(credit.replace("/credit", "/write-off"), gone))
    assert counts(business) == before
    assert not asks(left_open.post(refund, sent | {"amount": "40", "form_key": "d"}))
    rest = {"amount": "40", "form_key": "e"}  # with what went back before: a large sum in parts
    assert asks(left_open.post(refund, sent | rest))


def test_a_refund_that_waited_for_the_proof_is_sent_once(
    from_fifty: None, business: Any, left_open: Desk, issued: Any, gateway: Any
) -> None:
    payment = pay(business, issued())
    sent = {"amount": "60", "do": "refund", "reason": "r", "form_key": "k"}
    left_open.post(f"payments/{encode('pay', payment.id)}/refund", sent)
    asked = re.search(
        r'name="asked" value="([0-9a-f]+)"', left_open.get("security/confirm/").content.decode()
    )
    assert asked is not None
    proof = {"by": "password", "password": PASSWORD, "asked": asked[1]}
    assert left_open.post("security/confirm/", proof).status_code == 302
    assert counts(business)["payments_refund"] == 1


def test_who_is_asked_and_who_debits_are_settings_that_ask_again(
    business: Any, left_open: Desk
) -> None:
    debits = {"creditor_ref": "DE98ZZZ09999999999", "schemes": ["sepa_core"]}
    assert asks(left_open.post("settings/debits", debits))
    page = left_open.get("settings/paying").content.decode()
    now = re.search(r'name="step_up_over"[^>]*value="([^"]*)"', page)
    assert now is not None
    same = {"part_floor": "7", "step_up_over": now[1]}
    assert not asks(left_open.post("settings/paying", same))
    assert asks(left_open.post("settings/paying", same | {"step_up_over": "999999"}))
    assert not asks(left_open.post("settings/changes/mails", {"mails": "on"}))
    assert asks(left_open.post("settings/changes/mails"))
    row = businesses.by_id(business)
    assert (row.creditor_ref, row.part_floor, row.mails_seals) == ("", 7, True)
