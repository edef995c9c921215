"""Single sign-on by SAML 2.0, against a provider of ours that signs, and lies as it is told."""

from base64 import b64encode

import pytest
from lxml import etree

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import queries as people
from counterfoil.infra.db import reading
from factories.outside.providers import asked, path_of

ANNA = {"subject": "anna-1", "email": "anna@acme.example", "name": "Anna Acme"}


def contacts(business, customer):
    with reading(business):
        return {one.email: one for one in customers.contacts(business, [customer])}


@pytest.fixture
def acme(connected, liar, customer):
    """Alice's company signs in at its own provider."""
    liar.says(**ANNA)
    return connected("saml", liar.url, customer)


def test_a_new_person_becomes_a_contact(acme, browser, liar, business, customer, notes):
    here = browser()
    answer = acme.by_saml(here, liar, next="/invoices/")
    assert (answer.status_code, answer["Location"]) == (302, "/invoices/")
    assert contacts(business, customer)["anna@acme.example"].name == "Anna Acme"
    assert here.get("/").status_code == 200
    assert [kind for kind, _, _ in notes()] == ["sso_signed_in"]


def test_a_new_member_gets_the_role_of_the_connection(connected, browser, liar, business):
    liar.says(**ANNA)
    way, here = connected("saml", liar.url, role="finance"), browser()
    assert way.by_saml(here, liar)["Location"] == "/backoffice/"
    with reading(business):
        found = {one.email: one.role for one in people.members(business)}
    assert found == {"anna@acme.example": "finance"}
    assert here.get("/backoffice/").status_code == 200


def test_what_the_provider_reads_about_us(acme, browser, liar):
    here = browser()
    text = here.get(acme.at("metadata/"))
    assert text.status_code == 200
    document = etree.fromstring(text.content)
    assert document.get("entityID") == f"https://harrow.example{acme.at('metadata/')}"
    place = document.find(".//{*}AssertionConsumerService").get("Location")
    assert place == f"https://harrow.example{acme.at('acs/')}"
    told = asked(acme.away(here))
    assert "RelayState" not in told or told["RelayState"] == ""


def test_the_subject_links_and_not_the_address(acme, browser, liar, business, customer):
    acme.by_saml(browser(), liar)
    liar.says(**ANNA | {"email": "anna.new@acme.example"})
    assert acme.by_saml(browser(), liar).status_code == 302
    assert "anna.new@acme.example" not in contacts(business, customer)


FAULTS = (
    "unsigned", "only_response", "tampered", "wrapped", "other_key", "sha1", "expired", "future",
    "audience", "no_audience", "recipient", "in_response_to", "issuer", "denied", "transient",
    "unasked", "half_asked", "recipient_longer",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_false_answer_opens_nothing(acme, browser, liar, business, customer, notes, fault):
    liar.says(**ANNA, fault=fault, instead="boss@acme.example")
    here = browser()
    answer = acme.by_saml(here, liar)
    assert (answer.status_code, "You are not signed in" in answer.content.decode()) == (403, True)
    assert here.get("/").status_code == 302
    assert set(contacts(business, customer)) == {"alice@example.com"}
    assert [kind for kind, _, _ in notes()] == ["sso_refused"]


def test_an_answer_is_good_once_and_for_its_own_browser(acme, browser, liar):
    here, elsewhere = browser(), browser()
    told = acme.answer_of(here, liar)
    acme.away(elsewhere)  # has a session and a question of its own
    assert acme.posted(elsewhere, told).status_code == 403, "another browser's answer"
    assert acme.posted(here, told).status_code == 403, "used by that try already"
    assert here.get("/").status_code == 302
    assert acme.by_saml(here, liar).status_code == 302
    assert here.get("/").status_code == 200


def test_who_comes_for_the_answer_twice_gets_it_once(acme, browser, liar):
    here = browser()
    assert acme.by_saml(here, liar).status_code == 302
    here.post("/sign-out/")
    assert here.get(acme.at("acs/finish/")).status_code == 403


def test_nobody_asked_is_taken_only_where_it_is_allowed(connected, browser, liar, customer):
    way = connected("saml", liar.url, customer, allows_unasked=True)
    liar.says(**ANNA, fault="unasked")
    here = browser()
    told = way.answer_of(here, liar)
    answer = way.posted(here, told | {"RelayState": "https://evil.example/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert way.posted(browser(), told).status_code == 403, "the same assertion again"


def test_another_domain_is_refused(acme, browser, liar, business, customer):
    liar.says(**ANNA | {"email": "anna@elsewhere.example"})
    answer = acme.by_saml(browser(), liar)
    assert (answer.status_code, "does not belong" in answer.content.decode()) == (403, True)
    assert set(contacts(business, customer)) == {"alice@example.com"}


def test_the_answer_of_one_connection_opens_no_other(
    connected, browser, liar, customer, other_customer
):
    liar.says(**ANNA)
    acme = connected("saml", liar.url, customer)
    other = connected("saml", liar.url, other_customer, domains=("other.example",))
    here = browser()
    told = acme.answer_of(here, liar)
    path = f"https://harrow.example{other.at('acs/')}"
    assert other.posted(here, told | {"url": path}).status_code == 403


def test_another_business_is_not_asked(acme, browser, liar, other_business):
    here, there = browser(), browser("mill.example")
    told = acme.answer_of(here, liar)
    assert (
        there.post(path_of(told["url"]), {"SAMLResponse": told["SAMLResponse"]}).status_code == 404
    )
    assert there.get(acme.at("acs/finish/")).status_code == 404
    assert there.get(acme.at("metadata/")).status_code == 404


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
GROWING = f'<!DOCTYPE a [<!ENTITY e0 "aaaaaaaaaa">{ENTITIES}]><a InResponseTo="&e9;">&e9;</a>'
FETCHING = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a InResponseTo="1">&e;</a>'
XML = [b64encode(one.encode()).decode() for one in (GROWING, FETCHING, "<a>" * 50_000)]


@pytest.mark.parametrize("text", ["", "%%%", "PGE+", "PGE+PC9hPg==", "A" * 300_000, *XML])
def test_what_is_no_answer_is_refused(acme, browser, text):
    answer = browser().post(acme.at("acs/"), {"SAMLResponse": text})
    assert answer.status_code == 403


def test_a_switched_off_connection_takes_no_answer(acme, browser, liar, business):
    from counterfoil.domain.identity.sign_on import operations

    here = browser()
    told = acme.answer_of(here, liar)
    operations.switch(business, acme.connection_id, is_active=False)
    assert acme.posted(here, told).status_code == 403
