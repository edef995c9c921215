"""Who types an address of a captured domain is led to their company's sign-in."""

import time

import pytest

from counterfoil.domain.identity.roles import Role
from factories import customers
from factories.outside.providers import path_of
from factories.staff import PASSWORD, Desk, hire, sign_in

ANNA = {"subject": "anna", "email": "anna@acme.example", "email_verified": True, "name": "Anna"}


def contact(business, customer, email="anna@acme.example", password=PASSWORD):
    from counterfoil.domain.customers import operations
    from counterfoil.domain.customers.rows import NewContact
    from counterfoil.domain.identity import operations as identity
    from factories.businesses import AT

    operations.add_contacts(business, customer, [NewContact("Anna", email)], at=AT)
    return identity.make_user(email, password=password)


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-in/code/"])
def test_a_required_domain_leads_away_known_or_not(
    connected, liar, browser, business, customer, path
):
    way = connected("oidc", liar.url, customer, is_required=True)
    contact(business, customer)
    for email in ("anna@acme.example", "nobody@ACME.example"):
        sent = {"login": email, "email": email, "password": PASSWORD}
        answer = browser().post(path, sent)
        assert (answer.status_code, answer["Location"]) == (302, way.at("lead/"))
    page = browser().get(way.at("lead/")).content.decode()
    assert "Sign in with Acme sign-in" in page
    assert "another way" not in page


def test_a_required_domain_holds_whatever_else_is_proved(
    connected, liar, browser, business, customer, monkeypatch
):
    """Nobody gets around it by a way in that asks for no address."""
    from counterfoil.surfaces.entrance.sign_on import views

    way = connected("oidc", liar.url, customer, is_required=True)
    contact(business, customer)
    monkeypatch.setattr(views, "_led_to", lambda request, email: None)
    here = browser()
    answer = here.post("/sign-in/", {"login": "anna@acme.example", "password": PASSWORD})
    assert answer["Location"] == way.at("lead/")
    assert here.get("/").status_code == 302


def test_a_required_domain_holds_for_a_sign_in_that_began_at_another_business(
    connected, liar, browser, business, customer, other_business
):
    """With the cookie of a sign-in that waits for its second factor elsewhere."""
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
    )
    from django.contrib.auth import get_user_model

    connected("oidc", liar.url, customer, is_required=True)
    contact(other_business, customers.add_customer(other_business, "Acme"))
    secret, user = generate_totp_secret(), get_user_model().objects.get(email="anna@acme.example")
    contact(business, customer)
    TOTP.activate(user, secret)
    there, here = browser("mill.example"), browser()
    sent = {"login": "anna@acme.example", "password": PASSWORD}
    assert there.post("/sign-in/", sent)["Location"] == "/sign-in/second/"
    here.cookies["session"] = there.cookies["session"].value
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    here.post("/sign-in/second/", {"code": code})
    assert here.get("/").status_code == 302


def test_an_offered_domain_is_asked_once_and_let_go(connected, liar, browser, business, customer):
    way = connected("oidc", liar.url, customer)
    contact(business, customer)
    here = browser()
    sent = {"login": "anna@acme.example", "password": PASSWORD}
    assert here.post("/sign-in/", sent)["Location"] == way.at("lead/")
    assert "Sign in another way" in here.get(way.at("lead/")).content.decode()
    assert here.post("/sign-in/", sent)["Location"] == "/"


def test_other_domains_and_other_doors_are_not_led(connected, liar, browser, business, customer):
    connected("oidc", liar.url, customer, is_required=True)
    owner = hire(business, Role.OWNER, "olive@acme.example")
    assert browser().post("/sign-in/", {"login": "x@b.example", "password": "x"}).status_code == 200
    sign_in(Desk(browser()), owner)


def test_owners_get_in_when_the_provider_fails_and_others_do_not(
    connected, liar, browser, business
):
    way = connected("oidc", liar.url, is_required=True, role="finance")
    owner, other = (
        hire(business, role, f"{role}@acme.example") for role in (Role.OWNER, Role.FINANCE)
    )
    here = browser()
    sent = {"login": owner, "password": PASSWORD}
    assert here.post("/backoffice/sign-in", sent)["Location"] == way.at("lead/")
    assert "Owners can sign in without it" in here.get(way.at("lead/")).content.decode()
    assert here.post("/backoffice/sign-in", sent)["Location"] == "/backoffice/"
    there = browser()
    sent = {"login": other, "password": PASSWORD}
    there.post("/backoffice/sign-in", sent)
    assert there.post("/backoffice/sign-in", sent)["Location"] == way.at("lead/")
    assert there.get("/backoffice/").status_code == 302
    liar.says(subject="fin", email=other, email_verified=True)
    assert way.by_liar(there, liar)["Location"] == "/backoffice/"
    assert there.get("/backoffice/").status_code == 200


def test_the_page_that_asks_for_the_company(connected, liar, browser, customer):
    way = connected("oidc", liar.url, customer)
    here = browser()
    sent = {"email": "whoever@acme.example", "next": "/invoices/"}
    answer = here.post("/sign-in/company/", sent)
    assert answer["Location"] == f"{way.at('lead/')}?next=%2Finvoices%2F"
    unknown = here.post("/sign-in/company/", {"email": "x@other.example"})
    assert unknown.status_code == 422
    assert 'id="id_email-error-1">No company has a sign-in for this' in unknown.content.decode()
    assert here.get("/sign-in/company/").status_code == 200


def test_a_button_only_where_it_was_asked_for(connected, liar, browser, customer):
    here = browser()
    assert "company" not in here.get("/sign-in/").content.decode()
    connected("oidc", liar.url, customer, name="Acme quiet")
    connected("oidc", liar.url, customer, name="Beta shown", domains=("b.example",), is_shown=True)
    page = here.get("/sign-in/").content.decode()
    assert ("Acme quiet" in page, "Sign in with Beta shown" in page) == (False, True)
    assert "Sign in with your company" in page
    assert "Beta shown" not in here.get("/backoffice/sign-in").content.decode()


def test_a_second_factor_is_asked_only_where_the_provider_asks_for_none(
    connected, liar, browser, business, customer
):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model

    user_id = contact(business, customer)
    user = get_user_model().objects.get(id=user_id)
    TOTP.activate(user, generate_totp_secret())
    liar.says(**ANNA)
    covering = connected("oidc", liar.url, customer)
    assert covering.by_liar(browser(), liar)["Location"] == "/"
    plain = connected(
        "oidc", liar.url, customer, domains=("b.example",), covers_second_factor=False
    )
    contact(business, customer, "anna@b.example")
    TOTP.activate(get_user_model().objects.get(email="anna@b.example"), generate_totp_secret())
    liar.says(**ANNA | {"email": "anna@b.example"})
    here = browser()
    assert plain.by_liar(here, liar)["Location"] == "/sign-in/second/"
    assert here.get("/").status_code == 302


def test_who_came_by_a_provider_changes_no_factor_of_their_own(connected, liar, browser, customer):
    """The person is one for all businesses, the provider belongs to one of them."""
    liar.says(**ANNA)
    way, here = connected("oidc", liar.url, customer), browser()
    way.by_liar(here, liar)
    for path in (
        "/security/password/set/", "/security/address/", "/security/app/",
        "/security/passkeys/add/", "/security/codes/new/",
    ):  # fmt: skip
        for answer in (here.get(path), here.post(path, {"password1": PASSWORD})):
            assert (answer.status_code, answer["Location"]) == (302, "/security/")
    assert "signed in through your company" in here.get("/security/").content.decode()


def test_the_provider_is_left_when_somebody_else_is_signed_in_here(
    connected, liar, browser, business, customer
):
    liar.says(**ANNA)
    way, here = connected("oidc", liar.url, customer), browser()
    contact(business, customer, "ben@elsewhere.example")
    here.post("/sign-in/", {"login": "ben@elsewhere.example", "password": PASSWORD})
    assert here.get("/").status_code == 200
    answer = liar.http.get(way.away(here))
    assert here.get(path_of(answer.headers["location"]))["Location"] == "/"
    assert "Anna" in here.get("/profile/").content.decode()
