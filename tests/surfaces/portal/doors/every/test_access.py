"""Every address of the portal against everybody who may knock: whose it is, the customer beside,
another business, a link to something else, nobody. A new address without its row here fails."""

from typing import Any

import pytest
from django.urls import get_resolver, reverse

from counterfoil.infra.db import reading
from counterfoil.surfaces.portal import access
from factories.customers import add_customer
from ledger_text import counts
from surfaces.portal.doors.every.routes import (
    BALANCE,
    LINK,
    NEW,
    PERSON,
    RETURN,
    ROUTES,
    Door,
    Places,
    each,
    is_missing,
    link_to,
    methods_of,
    those_not,
    to_sign_in,
)

OPEN = {
    "arrive", "brand_css", "brand_logo", "csp_report", "gateway_event", "genuine", "genuine_code",
    "healthz", "join", "language", "leave_look", "pay_page", "readyz", "register",
    "register_confirm", "security_txt",
}  # fmt: skip
# The pages of signing in, and of one's own sign-in: of a person, whatever customer they act for.
ENTRANCE = ("account_", "mfa_", "session", "sign_in_", "sign_on", "step_up")
ELSEWHERE = ("backoffice_", "api_")  # the same tests stand beside those doors


def _ids_of(*doors: Door) -> set[str]:
    return {name for name, (door, _methods, kinds) in ROUTES.items() if kinds and door in doors}


def test_every_address_has_its_row():
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    ours = {name for name in named if not name.startswith((*ELSEWHERE, *ENTRANCE))}
    assert ours - OPEN == set(ROUTES)


def test_whose_it_is_comes_in_everywhere(alice, places):
    answers = each(alice, places, PERSON)
    refused = {
        key: one.status_code
        for key, one in answers.items()
        if key[0] not in NEW
        and (one.status_code in (401, 403, 404) or one.status_code >= 500 or to_sign_in(one))
    }
    assert refused == {}


def test_a_link_comes_in_where_it_leads(portal, places):
    answers = each(portal(), places, LINK, BALANCE, RETURN)
    expected = {  # what somebody else began, and what belongs to another invoice
        key for key in answers if key[0].startswith(("guest_", "balance_")) and
        ROUTES[key[0]][2][1:] not in ((), ("credit_note",))
    }  # fmt: skip
    assert {key for key, one in answers.items() if one.status_code == 404} == expected
    assert {key for key, one in answers.items() if one.status_code in (401, 403, 500)} == set()


def test_signed_out_every_page_leads_to_the_sign_in_page(business, portal, places):
    before = counts(business)
    assert those_not(to_sign_in, each(portal(), places, PERSON)) == {}
    assert counts(business) == before


def test_signed_out_the_pages_of_one_s_own_sign_in_lead_to_it_too(portal):
    asked = {
        name: "/" + parts[0][0][0][0].replace("%(pk)s", "1").replace("%(name)s", "x")
        for name, parts in get_resolver().reverse_dict.lists()
        if isinstance(name, str) and parts[0][0][0][0].startswith("security/")
    }
    assert len(asked) > 10
    for name, path in asked.items():
        for ask in (portal().get, portal().post):
            answer = ask(path)
            assert to_sign_in(answer) or answer.status_code == 405, (name, path)


def found_by_a_stranger(browser: Any, places: Places) -> dict[Any, int]:
    """The addresses with something of Alice's in them that do not answer 404."""
    answers = each(browser, places, PERSON)
    with_ids = {key: one for key, one in answers.items() if key[0] in _ids_of(PERSON)}
    return those_not(is_missing, with_ids)


def test_the_customer_beside_finds_none_of_it(business, other_customer, person, places):
    bob = person("bob@example.com")
    before = counts(business)
    assert found_by_a_stranger(bob, places) == {}
    assert counts(business) == before
    for name in ("home", "invoices", "payments", "payments_csv", "methods", "profile"):
        page = b"".join(bob.get(reverse(name))).decode()
        assert not [one for one in places.ids.values() if one in page]


def test_another_business_finds_none_of_it(business, other_business, person, places):
    add_customer(other_business, "Zoe")
    zoe = person("zoe@example.com", host="mill.example")
    assert zoe.get("/").status_code == 200
    before = counts(business)
    assert found_by_a_stranger(zoe, places) == {}
    assert those_not(is_missing, each(zoe, places, LINK, BALANCE, RETURN)) == {}
    assert counts(business) == before


def test_a_person_of_another_business_is_nobody_here(other_business, person, places):
    add_customer(other_business, "Zoe")
    assert those_not(to_sign_in, each(person("zoe@example.com"), places, PERSON)) == {}


def test_a_link_opens_nothing_that_hangs_on_another(
    business, issued, other_customer, portal, places
):
    other = link_to(business, other_customer, issued().id)
    answers = each(portal(), places, LINK, link=other)
    hanging = {key: one for key, one in answers.items() if len(ROUTES[key[0]][2]) > 1}
    assert those_not(is_missing, hanging) == {}
    swapped = places.ids | {"link": places.ids["balance"], "balance": places.ids["link"]}
    assert those_not(is_missing, each(portal(), Places(swapped), LINK, BALANCE)) == {}


@pytest.mark.parametrize("kind", ["link", "balance", "return"])
def test_a_secret_with_one_character_changed_opens_nothing(portal, places, kind):
    secret = places.ids[kind]
    changed = secret[:-2] + ("A" if secret[-2] != "A" else "B") + secret[-1]
    answers = each(portal(), places, LINK, BALANCE, RETURN, **{kind: changed})
    asked = {key: one for key, one in answers.items() if kind in ROUTES[key[0]][2]}
    assert those_not(is_missing, asked) == {}


def test_a_hole_is_found(business, customer, other_customer, person, places, monkeypatch):
    """A guard that takes anybody for Alice."""
    bob = person("bob@example.com")
    real = access.customers.people
    monkeypatch.setattr(
        access.customers, "people", lambda _business, _email: real(business, "alice@example.com")
    )
    with reading(business):
        assert access.customers.people(business, "bob@example.com")
    assert set(found_by_a_stranger(bob, places)) == {
        (name, method) for name in _ids_of(PERSON) for method in methods_of(name)
    }
