"""Links that lie in people's mailboxes, on paper and at gateways open after every upgrade.

They were recorded once, with the secret key below, and never change here: a test that goes red is a
link that was sent and opens nothing any more.
"""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import resolve

from counterfoil.domain.documents.codes import code_of, hash_of
from counterfoil.domain.identity import secrets
from counterfoil.flows.addresses import payment_of_return
from counterfoil.kernel.ids import BusinessId
from factories.database import connect

BUSINESS = BusinessId(UUID("01930000-0000-7000-8000-0000000000b1"))
THING = UUID("01930000-0000-7000-8000-0000000000a1")
SECRET_KEY = "links-of-before-links-of-before-links-of-before"
GUEST = "Wk3v-7Hq_recorded-guest-token-of-256-bits-x"
GUEST_HASH = "83fa2c524b8e663ab6ed7bb94a3fe0d8648caa68600417574a12410802699473"
INVOICE = "inv_01jc000000e008000000000051._D7T7T6Ym_E5C_DmYj4Gl4uS4n9F57FV99o-JXUr8m8"
JOINING = "ivt_01jc000000e008000000000051.LYf4gFjnwNyF3vLLWr9SY1d3b9_79vJabDHb8Pbr9-E"
INVITED = "ivt_01jc000000e008000000000051.2.Vqd63KikttHN4PIRxat0_10W6oDsYuESwswoTnLK87I"
RETURN = "pay_01jc000000e008000000000051.6ae7d280.dCQ7IaTDcbiNaJJ9DNGBbkFqFO6WEj6D713JtAnOnX4"
PRINTED = "9Q293-KRGGG-390SV-V6D7N"
PRINTED_HASH = "e38ed9b76d8d21b297f1fdd1bd99e34d45b0b10e4282e12ac247db2c88778293"

ADDRESSES = {
    f"/i/{GUEST}": "guest_invoice",
    f"/i/{GUEST}/pay": "guest_pay",
    f"/i/{GUEST}/pdf": "guest_pdf",
    f"/i/{GUEST}/payments/pay_01jc000000e008000000000051": "guest_payment",
    f"/i/{GUEST}/payments/pay_01jc000000e008000000000051/receipt": "guest_receipt",
    f"/b/{GUEST}": "guest_balance",
    f"/b/{GUEST}/payments/pay_01jc000000e008000000000051": "balance_payment",
    "/invoices/HW-2026-00209": "invoice",
    "/invoices/2026/00209": "invoice",
    "/methods/": "methods",
    f"/join/{INVITED}": "join",
    "/planned/sch_01jc000000e008000000000051": "planned",
    f"/back/{RETURN}": "returned",
    f"/back/{RETURN}/finish": "finish",
    f"/genuine/{PRINTED}": "genuine_code",
    "/genuine/": "genuine",
    "/sign-in/link/": "sign_in_link",
    "/payments/pay_01jc000000e008000000000051": "payment",
}
STAFF_ADDRESSES = {
    f"/backoffice/join/{JOINING}": "backoffice_join",
    "/backoffice/approvals/apr_01jc000000e008000000000051": "backoffice_approval",
    "/backoffice/settings/changes": "backoffice_changes",
    "/backoffice/chargebacks/dis_01jc000000e008000000000051": "backoffice_chargeback",
    "/backoffice/sign-in/link/": "sign_in_link",
}


@pytest.fixture(autouse=True)
def key_of_then():
    with override_settings(SECRET_KEY=SECRET_KEY, SECRET_KEY_FALLBACKS=[]):
        yield


@pytest.mark.parametrize(("address", "name"), ADDRESSES.items())
def test_the_address_leads_where_it_led(address, name):
    assert resolve(address).url_name == name


@pytest.mark.parametrize(("address", "name"), STAFF_ADDRESSES.items())
def test_the_address_in_a_mail_to_staff_leads_where_it_led(address, name):
    assert resolve(address, settings.STAFF_URLCONF).url_name == name


def test_the_secrets_in_them_still_open_the_same():
    assert secrets.hashed(GUEST) == GUEST_HASH
    assert secrets.invoice_of_secret(BUSINESS, INVOICE) == THING
    assert secrets.joining_of_secret(BUSINESS, JOINING) == THING
    assert secrets.invitation_of_secret(BUSINESS, INVITED) == (THING, 2)
    assert payment_of_return(BUSINESS, RETURN, at=datetime(2026, 11, 1, tzinfo=UTC)) == THING
    assert code_of(BUSINESS, "invoice", THING) == PRINTED
    assert hash_of("9q293 krggg 390sv v6d7n") == PRINTED_HASH


def test_a_key_that_was_replaced_and_is_still_named_opens_them_too():
    with override_settings(SECRET_KEY="n" * 44, SECRET_KEY_FALLBACKS=[SECRET_KEY]):
        assert secrets.invoice_of_secret(BUSINESS, INVOICE) == THING
        assert payment_of_return(BUSINESS, RETURN, at=datetime(2026, 11, 1, tzinfo=UTC)) == THING


def test_a_guest_link_opens_by_its_recorded_token(business, issued, link, portal, addresses):
    path = link(issued())
    with connect(addresses.owner_url) as owner:
        made = secrets.hashed(path.removeprefix("/i/"))
        owner.execute(
            "UPDATE identity_guestlink SET token_hash = %s WHERE token_hash = %s",
            (GUEST_HASH, made),
        )
    browser = portal()
    assert browser.get(f"/i/{GUEST}").status_code == 200
    assert browser.get(path).status_code == 404
