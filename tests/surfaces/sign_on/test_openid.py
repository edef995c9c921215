"""Single sign-on by OpenID Connect, against a provider that others wrote, and one that lies."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import queries as people
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import encode
from factories.outside.providers import asked, path_of

ANNA = {"email": "anna@acme.example", "email_verified": True, "name": "Anna Acme"}


def contacts(business, customer):
    with reading(business):
        return {one.email: one for one in customers.contacts(business, [customer])}


def members(business):
    with reading(business):
        return {one.email: one for one in people.members(business)}


def added_by(business):
    """Who added the last contact, as the trail has it."""
    with reading(business):
        rows = execute(
            "SELECT actor FROM audit_record WHERE business_id = %(id)s::uuid"
            " AND source = 'customers_contact' AND verb = 'insert' ORDER BY id DESC LIMIT 1",
            {"id": business},
        )
    return rows[0][0]


@pytest.fixture
def acme(connected, openid_process, customer):
    """Alice's company signs in at its own provider."""
    openid_process.knows("anna", **ANNA)
    return connected("oidc", openid_process.url, customer)


@pytest.fixture
def lying(connected, liar, customer):
    """Alice's company signs in at a provider that may lie."""
    liar.says(subject="anna", **ANNA)
    return connected("oidc", liar.url, customer)


def test_a_new_person_becomes_a_contact_with_the_rights_of_the_connection(
    acme, browser, openid_process, business, customer, notes
):
    here = browser()
    answer = acme.by_openid(here, openid_process, "anna", next="/invoices/")
    assert (answer.status_code, answer["Location"]) == (302, "/invoices/")
    anna = contacts(business, customer)["anna@acme.example"]
    assert (anna.name, set(anna.rights)) == ("Anna Acme", {"see", "pay"})
    assert not anna.gets_invoices, "who may see and who gets mail are two things"
    assert here.get("/").status_code == 200
    assert added_by(business) == f"system:{encode('sso', acme.connection_id)}"
    assert [(kind, facts["who"]) for kind, _, facts in notes()] == [
        ("sso_signed_in", "anna@acme.example")
    ]


def test_what_the_provider_is_asked_holds_pkce_state_and_nonce(acme, browser):
    told = asked(acme.away(browser()))
    assert told["redirect_uri"] == f"https://harrow.example{acme.at('back/')}"
    assert (told["response_type"], told["code_challenge_method"]) == ("code", "S256")
    assert set(told["scope"].split()) == {"openid", "email", "profile"}
    assert min(len(told[name]) for name in ("state", "nonce", "code_challenge")) >= 16


def test_the_code_is_changed_with_the_verifier_and_the_secret(lying, browser, liar):
    lying.by_liar(browser(), liar)
    seen = liar.seen()
    assert len(seen["code_verifier"]) >= 43
    hashed = sha256(seen["code_verifier"].encode()).digest()
    assert seen["asked"]["code_challenge"] == urlsafe_b64encode(hashed).decode().rstrip("=")
    assert seen["authorization"].startswith("Basic ")


def test_a_new_member_gets_the_role_of_the_connection(connected, browser, openid_process, business):
    openid_process.knows("sam", email="sam@acme.example", email_verified=True, name="Sam")
    way = connected("oidc", openid_process.url, role="finance")
    here = browser()
    answer = way.by_openid(here, openid_process, "sam")
    assert (answer.status_code, answer["Location"]) == (302, "/backoffice/")
    assert members(business)["sam@acme.example"].role == "finance"
    assert here.get("/backoffice/").status_code == 200
    assert here.get("/").status_code == 302, "the staff door opens no portal"


def test_the_subject_links_and_not_the_address(acme, browser, openid_process, business, customer):
    acme.by_openid(browser(), openid_process, "anna")
    openid_process.knows("anna", **ANNA | {"email": "anna.new@acme.example"})
    here = browser()
    assert acme.by_openid(here, openid_process, "anna").status_code == 302
    assert here.get("/profile/").status_code == 200
    assert set(contacts(business, customer)) == {"alice@example.com", "anna@acme.example"}


def test_an_address_that_was_given_to_somebody_else_opens_nothing(acme, browser, openid_process):
    acme.by_openid(browser(), openid_process, "anna")
    openid_process.knows("another", **ANNA)
    here = browser()
    answer = acme.by_openid(here, openid_process, "another")
    assert (answer.status_code, "another account" in answer.content.decode()) == (403, True)
    assert here.get("/").status_code == 302


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email": "anna@elsewhere.example"}, "does not belong to the company"),
        ({"email": "anna@acme.example.elsewhere.example"}, "does not belong to the company"),
        ({"email": "anna@sub.acme.example"}, "does not belong to the company"),
        ({"email_verified": False}, "was checked"),
        ({"email_verified": None}, "was checked"),
        ({"email": ""}, "did not tell your mail address"),
    ],
)
def test_whom_the_connection_does_not_speak_for_is_refused(
    lying, browser, liar, business, customer, notes, claims, words
):
    told = {name: value for name, value in (ANNA | claims).items() if value is not None}
    liar.says(subject="anna", **told)
    here = browser()
    answer = lying.by_liar(here, liar)
    assert (answer.status_code, words in answer.content.decode()) == (403, True)
    assert set(contacts(business, customer)) == {"alice@example.com"}
    assert here.get("/").status_code == 302
    assert [kind for kind, _, _ in notes()] == ["sso_refused"]


def test_a_provider_that_is_vouched_for_need_not_say_that_it_checked(
    connected, browser, liar, customer
):
    way = connected("oidc", liar.url, customer, vouches_for_mail=True)
    liar.says(subject="anna", email="anna@acme.example")
    assert way.by_liar(browser(), liar).status_code == 302
    liar.says(subject="ben", email="ben@acme.example", email_verified=False)
    assert way.by_liar(browser(), liar).status_code == 403


@pytest.mark.parametrize(
    "fault",
    [
        "nonce", "issuer", "audience", "several_audiences", "alg_none", "shared_secret",
        "other_key", "expired", "future",
    ],
)  # fmt: skip
def test_a_false_token_opens_nothing(lying, browser, liar, business, customer, fault):
    liar.says(subject="anna", fault=fault, **ANNA)
    here = browser()
    answer = lying.by_liar(here, liar)
    assert answer.status_code == 403, fault
    assert here.get("/").status_code == 302
    assert set(contacts(business, customer)) == {"alice@example.com"}


def test_the_way_back_is_for_the_browser_that_went_and_good_once(acme, browser, openid_process):
    here, elsewhere = browser(), browser()
    back = path_of(openid_process.signs_in(acme.away(here), "anna"))
    assert elsewhere.get(back).status_code == 403
    assert here.get(back.replace("state=", "state=x")).status_code == 403
    assert here.get(back).status_code == 302
    here.post("/sign-out/")
    assert here.get(back).status_code == 403


def test_a_provider_that_signs_with_a_new_key_is_asked_for_it(acme, browser, openid_process):
    acme.by_openid(browser(), openid_process, "anna")
    openid_process.starts_again()
    time.sleep(2.1)  # who asked a moment ago asks not again at once; whole seconds are counted
    openid_process.knows("anna", **ANNA)
    here = browser()
    assert acme.by_openid(here, openid_process, "anna").status_code == 302
    assert here.get("/").status_code == 200


def test_an_answer_of_another_provider_is_refused(acme, browser, openid_process):
    here = browser()
    back = path_of(openid_process.signs_in(acme.away(here), "anna"))
    answer = here.get(f"{back}&iss=https%3A%2F%2Fstranger.example")
    assert answer.status_code == 403


def test_who_stops_at_the_provider_is_told_so(acme, browser, openid_process):
    here = browser()
    answer = openid_process.http.post(acme.away(here), data={"action": "deny"})
    state = asked(acme.away(here))["state"]
    assert answer.headers["location"].startswith("https://harrow.example")
    refused = here.get(acme.at("back/"), {"error": "access_denied", "state": state})
    assert (refused.status_code, "You stopped the sign-in" in refused.content.decode()) == (
        403,
        True,
    )


def test_another_business_is_not_asked(acme, browser, other_business, openid_process):
    """The connection of one business is no address at the other, and opens nothing there."""
    there = browser("mill.example")
    for rest in ("", "lead/", "back/", "metadata/"):
        assert there.get(acme.at(rest)).status_code == 404
    here = browser()
    back = path_of(openid_process.signs_in(acme.away(here), "anna"))
    assert there.get(back).status_code == 404
    here.get(back)
    there.cookies["session"] = here.cookies["session"].value
    assert there.get("/").status_code == 302


def test_a_connection_is_for_its_own_door(acme, connected, openid_process, browser):
    staff = connected("oidc", openid_process.url, domains=("staff.example",))
    here = browser()
    assert here.get(f"/backoffice/sso/{acme.connection_id}/").status_code == 404
    assert here.get(f"/sso/{staff.connection_id}/").status_code == 404


def test_a_connection_that_is_switched_off_lets_nobody_in(acme, browser, openid_process, business):
    from counterfoil.domain.identity.sign_on import operations

    here = browser()
    back = path_of(openid_process.signs_in(acme.away(here), "anna"))
    operations.switch(business, acme.connection_id, is_active=False)
    assert here.get(back).status_code == 403
    assert here.get(acme.at()).status_code == 403
    assert here.get("/").status_code == 302


def test_somebody_who_was_taken_out_does_not_come_back_alone(
    acme, browser, openid_process, business, customer
):
    acme.by_openid(browser(), openid_process, "anna")
    remove(business, contacts(business, customer)["anna@acme.example"].id)
    here = browser()
    answer = acme.by_openid(here, openid_process, "anna")
    assert (answer.status_code, "taken back" in answer.content.decode()) == (403, True)
    assert set(contacts(business, customer)) == {"alice@example.com"}


def remove(business, contact_id):
    from counterfoil.domain.customers.models import Contact
    from counterfoil.infra.db import run

    rows = Contact.objects.for_business(business).filter(id=contact_id)
    run(business, rows.delete)


def test_a_contact_who_was_removed_before_coming_this_way_stays_out(
    connected, browser, liar, business, customer
):
    from counterfoil.domain.customers import operations
    from counterfoil.domain.customers.rows import NewContact
    from factories.businesses import AT

    operations.add_contacts(business, customer, [NewContact("Anna", "anna@acme.example")], at=AT)
    remove(business, contacts(business, customer)["anna@acme.example"].id)
    liar.says(subject="anna", **ANNA)
    shut = connected("oidc", liar.url, customer)
    assert shut.by_liar(browser(), liar).status_code == 403
    back = connected("oidc", liar.url, customer, brings_back=True, domains=("acme2.example",))
    liar.says(subject="anna", **ANNA | {"email": "anna@acme2.example"})
    assert back.by_liar(browser(), liar).status_code == 302


def test_an_existing_contact_keeps_their_rights(connected, browser, liar, business, customer):
    from counterfoil.domain.customers import operations
    from counterfoil.domain.customers.rows import NewContact
    from factories.businesses import AT

    operations.add_contacts(business, customer, [NewContact("Anna", "anna@acme.example")], at=AT)
    was = contacts(business, customer)["anna@acme.example"]
    liar.says(subject="anna", **ANNA)
    way = connected("oidc", liar.url, customer, makes_people=False)
    assert way.by_liar(browser(), liar).status_code == 302
    assert contacts(business, customer)["anna@acme.example"].rights == was.rights
    liar.says(subject="ben", email="ben@acme.example", email_verified=True)
    assert way.by_liar(browser(), liar).status_code == 403


def test_nobody_is_led_away_to_other_pages(acme, browser, openid_process):
    for onward in ("https://evil.example/", "//evil.example", "/backoffice/"):
        answer = acme.by_openid(browser(), openid_process, "anna", next=onward)
        assert answer["Location"] == "/"
