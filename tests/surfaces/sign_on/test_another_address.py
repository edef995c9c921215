"""Whoever has to come in by their company's sign-in gets around it with no other mail address."""

import re

import pytest

from counterfoil.domain.identity.roles import Role
from factories import customers
from factories.mails import mailbox, text_of
from factories.staff import PASSWORD, hire
from surfaces.sign_on.test_capture import contact

NEW = "anna@private.example"
CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


@pytest.fixture
def changed(browser, post, tmp_path, other_business):
    """`changed(email)`: signs in at the other business and asks for another address there; what is
    answered in the end."""

    def change(email):
        at = browser("mill.example")
        sent = {"login": email, "password": PASSWORD}
        assert at.post("/sign-in/", sent)["Location"] == "/"
        answer = at.post("/security/address/", {"email": NEW})
        if answer.status_code == 302:
            code = CODE.search(text_of(mailbox(tmp_path / "mail")[-1]))[1]
            answer = at.post("/security/address/", {"code": code})
        return answer

    return change


def signs_in(browser, path, email):
    """Whether a password is enough at this door."""
    at = browser()
    for _ in range(2):  # the first time the company's sign-in may only be offered
        at.post(path, {"login": email, "password": PASSWORD})
    return at.get(path.rpartition("sign-in")[0]).status_code == 200


def test_people_of_a_customer_keep_their_address(
    connected, liar, browser, business, customer, other_business, changed
):
    connected("oidc", liar.url, customer, is_required=True)
    contact(other_business, customers.add_customer(other_business, "Acme"))
    contact(business, customer)

    answer = changed("anna@acme.example")

    assert answer.status_code == 422
    assert "sign-in has to be used with this address" in answer.content.decode()
    assert not signs_in(browser, "/sign-in/", NEW)


def test_staff_keep_theirs_but_owners(connected, liar, browser, business, other_business, changed):
    connected("oidc", liar.url, is_required=True, role="finance")
    acme = customers.add_customer(other_business, "Acme")
    for role in (Role.FINANCE, Role.OWNER):
        contact(other_business, acme, hire(business, role, f"{role}@acme.example"))

    assert changed("finance@acme.example").status_code == 422
    assert not signs_in(browser, "/backoffice/sign-in", NEW)
    assert changed("owner@acme.example").status_code == 302
    assert signs_in(browser, "/backoffice/sign-in", NEW)


def test_who_may_come_in_another_way_changes_it(
    connected, liar, browser, business, customer, other_business, changed
):
    connected("oidc", liar.url, customer)
    contact(other_business, customers.add_customer(other_business, "Acme"))
    contact(business, customer)

    assert changed("anna@acme.example").status_code == 302
    assert signs_in(browser, "/sign-in/", NEW)


def test_a_company_of_others_holds_nobody(
    connected, liar, browser, customer, other_business, changed
):
    """Whoever is not known there has no way in that it could close."""
    connected("oidc", liar.url, customer, is_required=True)
    contact(other_business, customers.add_customer(other_business, "Acme"))

    assert changed("anna@acme.example").status_code == 302
