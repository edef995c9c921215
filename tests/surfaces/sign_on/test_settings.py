"""Staff set single sign-on up: what they type, what the provider says, what is wrong in words."""

import re

import pytest

from counterfoil.domain.identity.roles import Right, Role
from counterfoil.domain.identity.sign_on import queries
from counterfoil.infra.db import execute, reading
from factories.outside.providers import path_of
from factories.staff import Desk, hire, own_role, sign_in, sign_on

KEY = re.compile(r'name="form_key" value="([^"]+)"')
NEW = "settings/sign-on/new"
ANNA = {"subject": "anna", "email": "anna@acme.example", "email_verified": True, "name": "Anna"}


@pytest.fixture
def owner(business, browser, customer):
    """The owner of Harrow Water, signed in; Alice is a customer."""
    return sign_in(Desk(browser()), hire(business, Role.OWNER, "olive@harrow.example"))


def added(desk, whose="customer", kind="oidc", **fields):
    """Adds a connection by its form; returns its path below the backoffice."""
    path = f"{NEW}/{whose}/{kind}"
    key = KEY.search(desk.get(path).content.decode())[1]
    sent = {"form_key": key, "name": "Acme", "domains": "acme.example", "customer": "Alice"}
    sent |= {"level": "finance" if whose == "staff" else "pays", "makes_people": "on"} | fields
    answer = desk.post(path, sent)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"].removeprefix("/backoffice/")


def one(business):
    with reading(business):
        [found] = queries.connections(business)
    return found


def test_a_connection_from_nothing_to_a_sign_in(owner, browser, liar, business, customer):
    path = added(owner)
    page = owner.get(path).content.decode()
    assert "https://harrow.example/sso/" in page
    assert owner.post(f"{path}/switch", {"active": "yes"}).status_code == 302
    assert not one(business).is_active, "there is no provider yet"
    typed = {"issuer": f"{liar.url}/", "client_id": "counterfoil", "client_secret": "a secret"}
    liar.says(**ANNA)
    assert owner.post(f"{path}/provider", typed).status_code == 302
    found = one(business)
    assert found.settings["issuer"] == liar.url
    assert dict(found.secrets) == {"client_secret": "a secret"}
    trial = owner.get(f"{path}/try")
    here = browser()
    back = liar.http.get(here.get(trial["Location"])["Location"]).headers["location"]
    told = here.get(path_of(back)).content.decode()
    assert "It works" in told
    assert "anna@acme.example" in told
    assert here.get("/").status_code == 302, "a trial signs nobody in"
    owner.post(f"{path}/switch", {"active": "yes"})
    away = here.get(f"/sso/{found.id}/")["Location"]
    here.get(path_of(liar.http.get(away).headers["location"]))
    assert here.get("/").status_code == 200
    assert "one person came through it" in owner.get(path).content.decode()


def test_a_trial_says_what_is_wrong(owner, browser, liar):
    path = added(owner, domains="other.example")
    typed = {"issuer": liar.url, "client_id": "counterfoil", "client_secret": "a secret"}
    owner.post(f"{path}/provider", typed)
    for told, words in (
        (ANNA, "does not belong to the company"),
        (ANNA | {"fault": "audience"}, "meant for another application"),
        (ANNA | {"fault": "future"}, "clocks of the provider and of this server"),
    ):
        liar.says(**told)
        here = browser()
        away = here.get(owner.get(f"{path}/try")["Location"])["Location"]
        page = here.get(path_of(liar.http.get(away).headers["location"])).content.decode()
        assert ("It does not work yet" in page, words in page) == (True, True)
    trial = owner.get(f"{path}/try")["Location"]
    assert browser().get(trial[:-3]).status_code == 403, "switched off without the word of staff"


def test_a_key_of_our_own_is_made_for_saml_and_only_its_certificate_is_shown(owner, business):
    path = added(owner, "staff", "saml")
    owner.post(f"{path}/provider", {"metadata_url": "http://127.0.0.1:1/"})
    kept = dict(one(business).secrets)
    assert set(kept) == {"private_key", "certificate"}
    page = owner.get(path).content.decode()
    assert kept["certificate"] in page.replace("&#10;", "\n")
    assert "PRIVATE KEY" not in page
    [[stored]] = execute_as_is(business, "SELECT secrets FROM identity_signon")
    assert ("PRIVATE" in stored, "CERTIFICATE" in stored) == (False, False), "sealed at rest"


def execute_as_is(business, query):
    with reading(business):
        return execute(f"{query} WHERE business_id = %(id)s::uuid", {"id": business})


def test_a_trial_of_saml_says_what_is_wrong(owner, browser, liar):
    path = added(owner, kind="saml", vouches_for_mail="on")
    assert (
        owner.post(f"{path}/provider", {"metadata_url": f"{liar.url}/metadata"}).status_code == 302
    )
    for fault, words in (("", "It works"), ("other_key", "not signed by the provider")):
        liar.says(**ANNA, fault=fault)
        here = browser()
        away = here.get(owner.get(f"{path}/try")["Location"])["Location"]
        told = liar.http.get(away).json()
        session = here.cookies.pop("session")
        answer = here.post(path_of(told["url"]), {"SAMLResponse": told["SAMLResponse"]})
        here.cookies["session"] = session.value
        if answer.status_code == 303:
            answer = here.get(answer["Location"])
        assert words in answer.content.decode()
        assert here.get("/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"issuer": "", "client_id": "", "client_secret": ""}, "is needed"),
        ({"issuer": "{url}/nowhere"}, "can’t be reached|can&#39;t be reached"),
        ({"issuer": "http://10.0.0.1"}, "can’t be reached|can&#39;t be reached"),
        ({"issuer": "http://127.0.0.1:1"}, "can’t be reached|can&#39;t be reached"),
        ({"issuer": "file:///etc/passwd"}, "can’t be reached|can&#39;t be reached"),
    ],
)
def test_a_provider_that_does_not_hold_is_told_beside_its_field(
    owner, liar, business, typed, words
):
    path = added(owner)
    sent = {"issuer": liar.url, "client_id": "counterfoil", "client_secret": "a secret"} | typed
    sent = {name: value.format(url=liar.url) for name, value in sent.items()}
    answer = owner.post(f"{path}/provider", sent)
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode())
    assert "a secret" not in answer.content.decode()
    assert one(business).settings == {}


def test_a_provider_with_another_name_is_refused(owner, liar):
    path = added(owner)
    liar.says(fault="describes_another", **ANNA)
    sent = {"issuer": liar.url, "client_id": "counterfoil", "client_secret": "a secret"}
    answer = owner.post(f"{path}/provider", sent)
    assert (answer.status_code, "calls itself" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"metadata": "no xml at all"}, "not readable"),
        ({"metadata": "<a/>"}, "not readable"),
        ({"metadata": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "not readable"),
        ({"metadata_url": "{url}/metadata/ended"}, "certificate has ended"),
        ({}, "metadata"),
    ],
)
def test_metadata_that_do_not_hold_are_told(owner, liar, business, typed, words):
    path = added(owner, kind="saml")
    sent = {name: value.format(url=liar.url) for name, value in typed.items()}
    answer = owner.post(f"{path}/provider", sent)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert one(business).settings == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"domains": ""}, "domains are theirs|is needed|required"),
        ({"domains": "not a domain!"}, "is no domain"),
        ({"domains": "gmail.com"}, "Anybody can have an address"),
        ({"customer": "Nobody at all"}, "no such customer"),
        ({"name": ""}, "needed"),
        ({"level": "king"}, "Choose"),
        ({"strong_contexts": "urn:acme:gold amr="}, "“amr=” is nothing that a provider says"),
        ({"strong_contexts": "amr=mfa", "kind": "saml"}, "“amr=mfa” is nothing that a provider"),
        ({"strong_contexts": "urn:acme:gölden"}, "is nothing that a provider says"),
        ({"strong_contexts": " ".join(f"urn:{n}" for n in range(21))}, "too many words"),
    ],
)
def test_what_is_wrong_with_a_new_connection_is_told(owner, business, customer, fields, words):
    path = f"{NEW}/customer/{fields.get('kind', 'oidc')}"
    key = KEY.search(owner.get(path).content.decode())[1]
    sent = {"form_key": key, "name": "Acme", "domains": "acme.example", "customer": "Alice"}
    answer = owner.post(path, sent | {"level": "pays"} | fields)
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode())
    with reading(business):
        assert queries.connections(business) == []


def test_a_domain_belongs_to_one_connection_of_a_business(
    owner, business, customer, other_business
):
    sign_on(other_business, "acme.example")
    added(owner)
    path = f"{NEW}/staff/saml"
    key = KEY.search(owner.get(path).content.decode())[1]
    sent = {"form_key": key, "name": "Two", "domains": "ACME.example.", "level": "readonly"}
    answer = owner.post(path, sent)
    assert (answer.status_code, "belongs to another" in answer.content.decode()) == (422, True)


def test_only_owners_say_how_staff_sign_in(owner, business, customer, browser):
    """Whoever may look after people could come in as an owner by a provider of their own."""
    role_id = own_role(business, "Keeper", (Right.SEE, Right.PEOPLE))
    email = hire(business, Role.READONLY, "kim@harrow.example")
    execute_role(business, email, role_id)
    kim = sign_in(Desk(browser()), email)
    assert kim.get(f"{NEW}/staff/oidc").status_code == 403
    assert kim.get(f"{NEW}/customer/oidc").status_code == 200
    path = added(owner, "staff")
    for rest, sent in (
        ("", {"name": "x", "domains": "x.example", "level": "owner"}),
        ("/provider", {"issuer": "https://x.example", "client_id": "x", "client_secret": "x"}),
        ("/switch", {"active": "yes"}),
        ("/forget", {}),
        ("/remove", {}),
    ):
        assert kim.post(path + rest, sent).status_code == 403, rest


def test_who_may_not_name_who_pays_connects_no_provider_that_would(
    owner, liar, business, customer, browser
):
    """By a provider of their own they would come in as who may do more than they may give: as
    somebody new of this connection, or as anybody with an address there."""
    role_id = own_role(business, "Keeper", (Right.SEE, Right.PEOPLE))
    email = hire(business, Role.READONLY, "kim@harrow.example")
    execute_role(business, email, role_id)
    kim = sign_in(Desk(browser()), email)
    path = added(owner, level="manages")
    own = {"issuer": liar.url, "client_id": "kim", "client_secret": "a secret of hers"}
    liar.says(**ANNA)

    assert kim.post(f"{path}/provider", own).status_code == 403
    assert one(business).settings == {}
    assert owner.post(f"{path}/provider", own).status_code == 302
    assert kim.post(f"{path}/switch", {"active": "yes"}).status_code == 403
    assert kim.post(f"{path}/forget").status_code == 403
    assert owner.post(f"{path}/switch", {"active": "yes"}).status_code == 302
    assert kim.post(f"{path}/switch", {}).status_code == 302, "anybody may close it"
    assert not one(business).is_active
    changed = {"name": "Acme", "domains": "acme.example example.com", "level": "sees"}
    assert kim.post(path, changed).status_code == 403
    owner.post(f"{path}/remove")
    path = added(kim, level="sees")
    assert kim.post(f"{path}/provider", own).status_code == 403, "Alice may more than see"


def test_what_a_provider_calls_two_factors_is_typed_in_and_stands_in_the_changes(owner, business):
    path = added(owner, "staff", strong_contexts="urn:acme:gold\r\namr=mfa  urn:acme:gold")
    assert one(business).strong_contexts == ("urn:acme:gold", "amr=mfa")
    assert "urn:acme:gold\namr=mfa</textarea>" in owner.get(path).content.decode()
    changes = owner.get("settings/changes").content.decode()
    assert "What the provider calls two factors" in changes
    assert "urn:acme:gold, amr=mfa" in changes
    sent = {"name": "Acme", "domains": "acme.example", "level": "finance", "strong_contexts": ""}
    assert owner.post(path, sent).status_code == 302
    assert one(business).strong_contexts == ()


def test_a_trial_says_what_the_sign_in_counts_as(owner, browser, liar):
    path = added(owner, strong_contexts="urn:acme:gold")
    typed = {"issuer": liar.url, "client_id": "counterfoil", "client_secret": "a secret"}
    owner.post(f"{path}/provider", typed)
    for acr, words in (
        ("urn:acme:gold", "It says what you take as two factors."),
        ("urn:acme:tin", "this sign-in counts as one."),
    ):
        liar.says(**ANNA, acr=acr)
        here = browser()
        away = here.get(owner.get(f"{path}/try")["Location"])["Location"]
        page = here.get(path_of(liar.http.get(away).headers["location"])).content.decode()
        assert ("It works" in page, words in page, acr in page) == (True, True, True)


def execute_role(business, email, role_id):
    from counterfoil.infra.db import run

    def work():
        execute(
            "UPDATE identity_membership SET role = 'own', own_role_id = %(role)s::uuid"
            " WHERE business_id = %(id)s::uuid AND user_id ="
            " (SELECT id FROM identity_user WHERE email = %(email)s::text)",
            {"role": role_id, "id": business, "email": email},
        )

    run(business, work)


def test_a_change_a_second_form_and_the_end(owner, business, customer):
    path = added(owner)
    sent = {"name": "Acme Ltd", "domains": "acme.example\nacme.test", "level": "manages"}
    assert owner.post(path, sent | {"is_required": "on"}).status_code == 302
    found = one(business)
    assert (found.name, found.domains, found.is_required) == (
        "Acme Ltd", ("acme.example", "acme.test"), True,
    )  # fmt: skip
    assert not found.makes_people
    assert owner.post(f"{path}/forget").status_code == 302
    assert owner.post(f"{path}/remove").status_code == 302
    assert owner.get(path).status_code == 404
    with reading(business):
        rows = execute(
            "SELECT r.source, r.verb, v.after::text FROM audit_record r JOIN audit_recordvalues v"
            " ON v.business_id = r.business_id AND v.id = r.id"
            " WHERE r.business_id = %(id)s::uuid AND r.source LIKE 'identity_signon%%'",
            {"id": business},
        )
    assert {verb for _, verb, _ in rows} == {"insert", "update", "delete"}
    assert not any("gAAAA" in after or "client_secret" in after for _, _, after in rows)


def test_the_list_says_whose_and_whether_it_is_in_use(owner, business, customer):
    added(owner)
    page = owner.get("settings/sign-on").content.decode()
    assert all(words in page for words in ("Acme", "Alice", "acme.example", "No provider yet"))
