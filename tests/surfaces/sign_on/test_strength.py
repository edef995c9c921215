"""How strongly a provider signed somebody in: as two factors counts what the connection names."""

import base64
import zlib

import pytest
from lxml import etree

from factories.businesses import AT
from factories.outside.providers import asked

SILVER, GOLD = "https://acme.example/acr/silver", "urn:acme:gold"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
MULTI = "https://refeds.org/profile/mfa?a=1&b=<2>"
SECOND = "/sign-in/second/"
CLAIMS = {"email": "anna@acme.example", "email_verified": True, "name": "Anna"}
ANNA = CLAIMS | {"subject": "anna"}


@pytest.fixture
def anna(business, customer):
    """Anna has an authenticator app of her own here."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model

    from counterfoil.domain.customers import operations
    from counterfoil.domain.customers.rows import NewContact
    from counterfoil.domain.identity import operations as identity

    new = NewContact("Anna", ANNA["email"])
    operations.add_contacts(business, customer, [new], at=AT)
    user = get_user_model().objects.get(id=identity.make_user(ANNA["email"]))
    TOTP.activate(user, generate_totp_secret())
    return user


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"acr": GOLD}, "/"),
        ({"acr": SILVER, "amr": ["pwd", "mfa"]}, "/"),
        ({"acr": SILVER}, SECOND),
        ({"acr": GOLD.upper()}, SECOND),
        ({"acr": f"{SILVER} {GOLD}"}, SECOND),
        ({"acr": [GOLD]}, SECOND),
        ({"acr": "mfa", "amr": "mfa"}, SECOND),
        ({"amr": ["pwd"]}, SECOND),
        ({}, SECOND),
    ],
)
def test_a_class_that_the_connection_does_not_name_is_one_factor(
    connected, browser, openid_process, customer, anna, said, place
):
    """The provider that others wrote puts what it knows into its signed token."""
    openid_process.knows("anna", **CLAIMS, **said)
    way = connected("oidc", openid_process.url, customer, strong_contexts=(GOLD, "amr=mfa"))
    here = browser()
    assert way.by_openid(here, openid_process, "anna")["Location"] == place
    assert (here.get("/").status_code == 200) is (place == "/")


def test_a_provider_of_which_no_word_is_named_is_believed_as_a_whole(
    connected, browser, openid_process, customer, anna
):
    openid_process.knows("anna", **CLAIMS, acr=SILVER)
    way = connected("oidc", openid_process.url, customer)
    address = way.away(browser())
    assert "acr_values" not in asked(address)
    assert way.by_openid(browser(), openid_process, "anna")["Location"] == "/"


def test_the_named_classes_are_asked_for_in_their_order(connected, browser, liar, customer):
    named = (GOLD, "amr=mfa", SILVER)
    way = connected("oidc", liar.url, customer, strong_contexts=named)
    assert asked(way.away(browser()))["acr_values"] == f"{GOLD} {SILVER}"
    only = connected(
        "oidc", liar.url, customer, domains=("b.example",), strong_contexts=("amr=mfa",)
    )
    assert "acr_values" not in asked(only.away(browser()))


def test_user_info_does_not_say_how_somebody_came(connected, browser, liar, customer, anna):
    """It speaks of the person, unsigned, and not of this sign-in."""
    way = connected("oidc", liar.url, customer, strong_contexts=(GOLD, "amr=mfa"))
    liar.says(subject="anna", userinfo=CLAIMS | {"acr": GOLD, "amr": ["mfa"]})
    assert way.by_liar(browser(), liar)["Location"] == SECOND
    liar.says(subject="anna", acr=GOLD, userinfo=CLAIMS | {"acr": SILVER})
    assert way.by_liar(browser(), liar)["Location"] == "/"


@pytest.fixture
def known(saml_process, browser):
    """`known(way)`: the provider that others wrote reads what we say of ourselves."""

    def read(way):
        saml_process.serves(browser().get(way.at("metadata/")).content.decode())
        return way

    return read


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize(("context", "place"), [(None, "/"), (PASSWORD, SECOND), (SILVER, SECOND)])
def test_saml_is_asked_for_a_context_and_held_to_it(
    connected, known, browser, saml_process, customer, anna, context, place, sealed
):
    """pysaml2 reads what we ask for (None: it answers by that), or does otherwise."""
    way = known(connected("saml", saml_process.url, customer, strong_contexts=(MULTI, GOLD)))
    saml_process.says(**ANNA, context=context, encrypt_assertion=sealed)
    here = browser()
    assert way.by_saml(here, saml_process)["Location"] == place
    assert (here.get("/").status_code == 200) is (place == "/")


def test_the_question_names_the_contexts_as_they_are(connected, browser, liar, customer):
    way = connected("saml", liar.url, customer, strong_contexts=(MULTI, GOLD))
    sent = asked(way.away(browser()))["SAMLRequest"]
    question = etree.fromstring(zlib.decompress(base64.b64decode(sent), -15))
    [wanted] = question.findall("{*}RequestedAuthnContext")
    assert wanted.get("Comparison") == "exact"
    assert [one.text for one in wanted.findall("{*}AuthnContextClassRef")] == [MULTI, GOLD]


@pytest.mark.parametrize(
    "said", ["AuthnContextClassRef/", f"AuthnContextDeclRef>{GOLD}</saml:AuthnContextDeclRef"]
)
def test_an_assertion_without_a_class_is_one_factor(connected, browser, liar, customer, anna, said):
    way = connected("saml", liar.url, customer, strong_contexts=(GOLD,))
    liar.says(**ANNA, context_xml=f"<saml:{said}>")
    assert way.by_saml(browser(), liar)["Location"] == SECOND


def test_one_factor_proves_no_more_than_a_password(connected, browser, liar, business, customer):
    """Somebody without a factor of their own is let in by one, as by a password: on a device that
    is new to them what asks for more than a password still asks."""
    from django.contrib.auth import get_user_model

    from counterfoil.domain.identity.models import Device

    way = connected("oidc", liar.url, customer, strong_contexts=(GOLD,))
    for acr in (GOLD, SILVER, GOLD):
        liar.says(**ANNA, acr=acr)
        here = browser()
        assert way.by_liar(here, liar)["Location"] == "/"
        assert here.get("/").status_code == 200
    user = get_user_model().objects.get(email=ANNA["email"])
    rows = Device.objects.filter(user_id=user.id).order_by("first_seen_at")
    proved = [one.proved_at is not None for one in rows]
    assert proved == [True, False, True]


def test_the_trail_says_how_somebody_came_and_what_it_counted_as(
    connected, browser, liar, customer, notes
):
    way = connected("oidc", liar.url, customer, strong_contexts=(GOLD,))
    for acr in (GOLD, SILVER):
        liar.says(**ANNA, acr=acr, amr=["pwd"])
        way.by_liar(browser(), liar)
    found = [(facts["context"], facts["factors"]) for _, _, facts in notes()]
    assert found == [(f"{GOLD}, amr=pwd", "2"), (f"{SILVER}, amr=pwd", "1")]


def test_two_are_not_told_of_where_ours_is_asked_for_all_the_same(
    connected, browser, liar, customer, anna, notes
):
    """The provider says it, but the business does not take the provider's for ours."""
    way = connected("oidc", liar.url, customer, strong_contexts=(GOLD,), covers_second_factor=False)
    for acr in (GOLD, SILVER):
        liar.says(**ANNA, acr=acr)
        assert way.by_liar(browser(), liar)["Location"] == SECOND
    assert [facts.get("factors") for _, _, facts in notes()] == [None, "1"]
