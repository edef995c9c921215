"""Staff give people of a customer no more than they may do with the customer's money themselves,
and the customer hears of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries
from counterfoil.domain.customers.rights import RIGHTS, Preset
from counterfoil.domain.customers.rows import NewContact, NewCustomer
from counterfoil.domain.customers.writing import invitations, registrations
from counterfoil.domain.identity.roles import Right, Role
from counterfoil.domain.identity.sign_on.queries import connections
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT
from factories.sealed import letters
from factories.staff import Desk, hire, own_role, sign_in
from ledger_text import counts

SUPPORTS_OWN = "quinn@staff.example"
STATEMENTS = RIGHTS[Preset.STATEMENTS]
PAYING = ["manages", "pays"]


@pytest.fixture
def support(desk: Callable[..., Any]) -> Desk:
    return desk(Role.SUPPORT)  # type: ignore[no-any-return]


def at(customer: UUID, *more: str) -> str:
    return "/".join(("customers", encode("cus", customer), *more))


def new_contact(preset: str, **more: str) -> dict[str, str]:
    return {"contact.name": "Quinn", "contact.email": SUPPORTS_OWN, "contact.preset": preset} | more


def people(business: Any, customer: UUID) -> dict[str, set[str]]:
    with reading(business):
        return {one.email: set(one.rights) for one in queries.contacts(business, [customer])}


def mails(business: Any) -> list[tuple[str, str, str]]:
    found = letters(business, "recipient", "subject", "text")
    return [(to, subject, text) for to, subject, text in found]


@pytest.mark.parametrize("preset", PAYING)
@pytest.mark.parametrize("invite", ["", "on"])
def test_support_makes_nobody_who_may_pay(
    support: Desk, business: Any, customer: UUID, preset: str, invite: str
) -> None:
    before = counts(business)
    form = new_contact(preset, **{"contact.invite": invite})
    answer = support.post(at(customer, "contacts"), form)
    assert answer.status_code == 403
    assert "Nobody can give rights that they do not have themselves." in answer.content.decode()
    assert {key: n for key, n in counts(business).items() if before[key] != n} == {}


def test_support_adds_people_who_see(support: Desk, business: Any, customer: UUID) -> None:
    assert support.post(at(customer, "contacts"), new_contact("sees")).status_code == 302
    assert people(business, customer)[SUPPORTS_OWN] == {"see", "statements"}


def test_a_form_offers_what_its_reader_may_give(
    support: Desk, desk: Callable[..., Any], business: Any, customer: UUID
) -> None:
    collector = desk(Role.COLLECTOR)
    offered = {
        name: [one for one in ("manages", "pays", "sees") if f'<option value="{one}"' in page]
        for name, page in (
            ("support", support.get(at(customer)).content.decode()),
            ("collector", collector.get(at(customer)).content.decode()),
        )
    }
    assert offered == {"support": ["sees"], "collector": ["manages", "pays", "sees"]}


def test_support_raises_nobodys_rights_and_takes_what_it_wants(
    support: Desk, business: Any, customer: UUID
) -> None:
    new = NewContact("Bea", "bea@books.example", rights=STATEMENTS)
    customers.add_contacts(business, customer, [new], at=AT)
    with reading(business):
        ids = {one.email: one.id for one in queries.contacts(business, [customer])}
    bea = at(customer, "contacts", encode("con", ids["bea@books.example"]))
    alice = at(customer, "contacts", encode("con", ids["alice@example.com"]))
    assert support.post(bea, {"preset": "pays"}).status_code == 403
    assert people(business, customer)["bea@books.example"] == {"statements"}
    assert 'value="pays"' not in support.get(bea).content.decode()
    assert support.post(bea, {"preset": "sees"}).status_code == 302
    kept = support.post(alice, {"preset": "manages", "gets_invoices": "on"})
    assert kept.status_code == 302  # what somebody has may stay, with other mails
    assert support.post(f"{bea}/remove").status_code == 302


def test_support_renews_no_invitation_that_it_could_not_make(
    support: Desk, owner: Desk, business: Any, customer: UUID
) -> None:
    owner.post(at(customer, "contacts"), new_contact("pays", **{"contact.invite": "on"}))
    with reading(business):
        (asked,) = invitations.invitations(business, customer)
    again = at(customer, "invitations", encode("ivt", asked.id), "again")
    assert support.post(again).status_code == 403
    assert again not in support.get(at(customer)).content.decode()
    assert owner.post(again).status_code == 302


def test_support_lets_nobody_in_who_may_pay(support: Desk, business: Any, customer: UUID) -> None:
    registrations.ask(business, email=SUPPORTS_OWN, name="Quinn", number="", at=clock.now())
    with reading(business):
        (asked,) = registrations.waiting(business)
    path = f"registrations/{encode('reg', asked.id)}"
    form = {"decision": "approve", "customer": encode("cus", customer), "preset": "pays"}
    assert support.post(path, form).status_code == 403
    assert 'value="pays"' not in support.get(path).content.decode()
    assert support.post(path, form | {"preset": "sees"}).status_code == 302
    assert people(business, customer)[SUPPORTS_OWN] == {"see", "statements"}


def test_the_first_contact_of_a_customer_has_what_its_maker_may_give(
    support: Desk, owner: Desk, business: Any
) -> None:
    bare = NewCustomer(name="Nobody yet", locale="en", timezone="UTC", currency="EUR")
    first, second = customers.add(business, [bare, bare], at=AT)
    values = {"name": "Nobody yet", "locale": "en", "timezone": "UTC", "currency": "EUR",
              "email": SUPPORTS_OWN}  # fmt: skip
    assert support.post(at(first, "edit"), values).status_code == 302
    assert owner.post(at(second, "edit"), values).status_code == 302
    made = support.post("customers/new", values | {"form_key": support.form_key("customers/new")})
    assert made.status_code == 302
    with reading(business):
        (third,) = {one.id for one in queries.page(business)} - {first, second}
    given = [people(business, one)[SUPPORTS_OWN] for one in (first, second, third)]
    everything = {"see", "pay", "methods", "people", "statements"}
    assert given == [{"see", "statements"}, everything, {"see", "statements"}]


def test_whoever_looks_after_staff_lets_no_company_pay_by_its_own_sign_in(
    visitor: Callable[..., Any], business: Any, customer: UUID
) -> None:
    email = hire(business, Role.READONLY)
    role_id = own_role(business, "Keeper", (Right.PEOPLE, Right.EDIT_CUSTOMERS))
    sql = """
        UPDATE identity_membership SET role = 'own', own_role_id = %(role)s::uuid
        WHERE business_id = %(b)s::uuid
          AND user_id = (SELECT id FROM identity_user WHERE email = %(email)s::text)
    """
    run(business, lambda: execute(sql, {"role": role_id, "b": business, "email": email}))
    by = sign_in(visitor(), email)
    form = {"form_key": encode("sso", new_id()), "name": "Theirs", "domains": "theirs.example",
            "customer": encode("cus", customer), "level": "manages"}  # fmt: skip
    path = "settings/sign-on/new/customer/oidc"
    assert 'value="manages"' not in by.get(path).content.decode()
    assert by.post(path, form).status_code == 403
    with reading(business):
        assert connections(business) == []
    assert by.post(path, form | {"level": "sees"}).status_code == 302


@pytest.mark.parametrize(("invite", "title"), [
    ("", "Harrow Water has given somebody access to Alice"),
    ("on", "Harrow Water has invited somebody to Alice"),
])  # fmt: skip
def test_those_who_look_after_people_hear_who_was_let_in_by_whom_and_for_what(
    owner: Desk, business: Any, customer: UUID, invite: str, title: str
) -> None:
    second = NewContact("Max", "max@example.com")
    seer = NewContact("Sue", "sue@example.com", rights=STATEMENTS)
    customers.add_contacts(business, customer, [second, seer], at=AT)
    owner.post(at(customer, "contacts"), new_contact("pays", **{"contact.invite": invite}))
    told = {to: (subject, text) for to, subject, text in mails(business) if subject == title}
    assert set(told) == {"alice@example.com", "max@example.com"}
    for _subject, text in told.values():
        words = " ".join(text.split())
        assert "Owner of Harrow Water has" in words
        assert SUPPORTS_OWN in words
        assert "What they may do: Sees and pays" in words


def test_they_hear_of_rights_that_staff_change_and_of_requests_that_staff_grant(
    owner: Desk, business: Any, customer: UUID
) -> None:
    customers.add_contacts(
        business, customer, [NewContact("Bea", "bea@books.example", rights=STATEMENTS)], at=AT
    )
    with reading(business):
        ids = {one.email: one.id for one in queries.contacts(business, [customer])}
    bea = at(customer, "contacts", encode("con", ids["bea@books.example"]))
    owner.post(bea, {"preset": "manages"})
    registrations.ask(business, email=SUPPORTS_OWN, name="Quinn", number="", at=clock.now())
    with reading(business):
        (asked,) = registrations.waiting(business)
    owner.post(
        f"registrations/{encode('reg', asked.id)}",
        {"decision": "approve", "customer": encode("cus", customer), "preset": "sees"},
    )
    title = "Harrow Water has given somebody access to Alice"
    told = [(to, "Pays and manages" in text) for to, subject, text in mails(business)
            if subject == title]  # fmt: skip
    assert sorted(told) == [
        ("alice@example.com", False),
        ("alice@example.com", True),
        ("bea@books.example", False),
    ]
