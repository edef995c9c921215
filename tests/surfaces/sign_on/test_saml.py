"""Single sign-on by SAML 2.0, against a provider that others wrote, and one that lies."""

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
    """Alice's company signs in at a provider that may lie."""
    liar.says(**ANNA)
    return connected("saml", liar.url, customer)


@pytest.fixture
def known(saml_process, browser):
    """`known(way)`: the provider that others wrote reads what we say of ourselves."""

    def read(way):
        saml_process.serves(browser().get(way.at("metadata/")).content.decode())
        return way

    return read


@pytest.fixture
def honest(connected, known, saml_process, customer):
    """Alice's company signs in at a provider that others wrote."""
    saml_process.says(**ANNA)
    return known(connected("saml", saml_process.url, customer))


WAYS = (
    {}, {"sign_response": True}, {"encrypt_assertion": True},
    {"sign_response": True, "encrypt_assertion": True},
)  # fmt: skip


@pytest.mark.parametrize("signed", WAYS)
def test_a_new_person_becomes_a_contact(
    honest, browser, saml_process, business, customer, notes, signed
):
    saml_process.says(**ANNA, **signed)
    here = browser()
    answer = honest.by_saml(here, saml_process, next="/invoices/")
    assert (answer.status_code, answer["Location"]) == (302, "/invoices/")
    assert contacts(business, customer)["anna@acme.example"].name == "Anna Acme"
    assert here.get("/").status_code == 200
    assert [kind for kind, _, _ in notes()] == ["sso_signed_in"]


def test_a_new_member_gets_the_role_of_the_connection(
    connected, known, browser, saml_process, business
):
    saml_process.says(**ANNA)
    way, here = known(connected("saml", saml_process.url, role="finance")), browser()
    assert way.by_saml(here, saml_process)["Location"] == "/backoffice/"
    with reading(business):
        found = {one.email: one.role for one in people.members(business)}
    assert found == {"anna@acme.example": "finance"}
    assert here.get("/backoffice/").status_code == 200


def test_what_the_provider_reads_about_us(honest, browser, own_key):
    here = browser()
    text = here.get(honest.at("metadata/"))
    assert text.status_code == 200
    document = etree.fromstring(text.content)
    assert document.get("entityID") == f"https://harrow.example{honest.at('metadata/')}"
    place = document.find(".//{*}AssertionConsumerService").get("Location")
    assert place == f"https://harrow.example{honest.at('acs/')}"
    sealed = document.find(".//{*}KeyDescriptor[@use='encryption']//{*}X509Certificate").text
    assert "".join(sealed.split()) in "".join(own_key["certificate"].split())
    told = asked(honest.away(here))
    assert "RelayState" not in told or told["RelayState"] == ""


SETTINGS = {
    "for somebody else": ({"audience": "https://other.example/"}, "audience"),
    "over": ({"lifetime": {"minutes": -20}}, "clock"),
    "by SHA-1": ({"by_sha1": True}, "signature"),
    "signed around it": ({"sign_assertion": False, "sign_response": True}, "signature"),
    "unsigned": ({"sign_assertion": False}, "signature"),
    "no": ({"denies": True}, "refused_there"),
    "other names each time": ({"is_transient": True}, "no_subject"),
    "unasked": ({"answers": False}, "not_begun_here"),
    "encrypted, over": ({"encrypt_assertion": True, "lifetime": {"minutes": -20}}, "answer"),
    "encrypted, unsigned": ({"encrypt_assertion": True, "sign_assertion": False}, "answer"),
    "encrypted, signed around it": (
        {"encrypt_assertion": True, "sign_assertion": False, "sign_response": True}, "answer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", SETTINGS)
def test_a_provider_that_is_set_up_otherwise_is_refused(
    honest, browser, saml_process, business, customer, notes, how
):
    """What an honest provider says and we do not take; of an encrypted one no more is told."""
    told, why = SETTINGS[how]
    saml_process.says(**ANNA, **told)
    here = browser()
    answer = honest.by_saml(here, saml_process)
    assert (answer.status_code, "You are not signed in" in answer.content.decode()) == (403, True)
    assert here.get("/").status_code == 302
    assert set(contacts(business, customer)) == {"alice@example.com"}
    assert [(kind, facts["why"]) for kind, _, facts in notes()] == [("sso_refused", why)]


def test_the_subject_links_and_not_the_address(acme, browser, liar, business, customer):
    acme.by_saml(browser(), liar)
    liar.says(**ANNA | {"email": "anna.new@acme.example"})
    assert acme.by_saml(browser(), liar).status_code == 302
    assert "anna.new@acme.example" not in contacts(business, customer)


FAULTS = (
    "tampered", "wrapped", "other_key", "future", "no_audience", "recipient", "in_response_to",
    "issuer", "half_asked", "recipient_longer",
)  # fmt: skip
SEALED = (
    "tampered", "wrapped", "other_key", "issuer", "sealed_for_others", "sealed_by_old_ways",
    "sealed_text", "sealed_rubbish", "sealed_entities", "sealed_escape", "sealed_without_key",
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


@pytest.mark.parametrize("fault", SEALED)
def test_a_false_answer_that_is_encrypted_opens_nothing_and_tells_nothing(
    acme, browser, liar, business, customer, notes, own_key, fault
):
    sealed = own_key["certificate"]
    liar.says(**ANNA, fault=fault, instead="boss@acme.example", sealed_for=sealed)
    here = browser()
    answer = acme.by_saml(here, liar)
    page = answer.content.decode()
    assert (answer.status_code, "could not be trusted" in page) == (403, True)
    assert here.get("/").status_code == 302
    assert set(contacts(business, customer)) == {"alice@example.com"}
    assert [facts["why"] for _, _, facts in notes()] == ["answer"]


def test_a_key_that_lies_beside_the_data_is_found(acme, browser, liar, own_key):
    liar.says(**ANNA, fault="sealed_beside", sealed_for=own_key["certificate"])
    assert acme.by_saml(browser(), liar).status_code == 302


def test_staff_read_why_an_encrypted_assertion_was_not_opened(acme, browser, liar, notes, own_key):
    liar.says(**ANNA, fault="sealed_for_others", sealed_for=own_key["certificate"])
    acme.by_saml(browser(), liar)
    assert "encrypt it for the certificate in our metadata" in notes()[0][2]["detail"]


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_an_answer_is_good_once_and_for_its_own_browser(
    honest, browser, saml_process, is_encrypted
):
    saml_process.says(**ANNA, encrypt_assertion=is_encrypted)
    acme, liar = honest, saml_process
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


def test_a_made_up_mark_finds_no_answer(acme, browser):
    here = browser()
    for made_up in ("", "a", "a\0b"):
        for name in ("saml", "__Secure-saml"):
            here.cookies[name] = made_up
        assert here.get(acme.at("acs/finish/")).status_code == 403


def test_nobody_asked_is_taken_only_where_it_is_allowed(
    connected, known, browser, saml_process, customer
):
    way = known(connected("saml", saml_process.url, customer, allows_unasked=True))
    saml_process.says(**ANNA, answers=False)
    here = browser()
    told = way.answer_of(here, saml_process)
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
