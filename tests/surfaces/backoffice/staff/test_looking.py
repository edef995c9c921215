"""Support sees the portal as the customer does: announced, on record, and nothing can be done."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rights import RIGHTS, Preset
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.people.looks import NEWS_FOR
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode, new_id
from counterfoil.surfaces.ui.step_up import looking
from factories.businesses import AT
from factories.payments import pay
from factories.sealed import letters
from factories.staff import PASSWORD
from ledger_text import counts

UNTIL = re.compile(r"as the customer does, until ([0-9:]+)")


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


def portal(desk: Any, path: str = "", method: str = "get", data: Any = None) -> Any:
    ask = getattr(desk.client, method)
    return ask(f"/{path}", data or {}, secure=True, headers={"host": desk.host})


def see(desk: Any, customer: UUID, reason: str = "They called") -> Any:
    return desk.post(f"customers/{encode('cus', customer)}/see", {"reason": reason})


@pytest.fixture
def support(desk: Callable[..., Any]) -> Any:
    return desk(Role.SUPPORT)


def test_the_portal_opens_as_the_customer_sees_it(
    support: Any, business: Any, customer: UUID, issued: Any
) -> None:
    invoice = issued()
    assert see(support, customer).status_code == 302
    for path in ("", "invoices/", f"invoices/{invoice.number}", "payments/"):
        answer = portal(support, path)
        assert answer.status_code == 200, path
        assert "Support sees this portal as the customer does" in body(answer)
        assert "Leave this view" in body(answer)
        policy = answer["Content-Security-Policy"]
        assert "frame-src 'none'" in policy
        assert re.search(r"script-src 'self';", policy)
    assert invoice.number in body(portal(support, "invoices/"))


def test_neither_a_closed_page_nor_a_gateway_is_offered(
    support: Any, customer: UUID, issued: Any, gateway: Any, signed_in_at_portal: Any
) -> None:
    path = f"invoices/{issued().number}"
    theirs = body(signed_in_at_portal("alice@example.com").get(f"/{path}", secure=True))
    see(support, customer)

    seen = body(portal(support, path))

    for closed in ("data-script-url", 'href="/profile/"'):
        assert (closed in theirs, closed in seen) == (True, False)
    assert "The customer has the gateway’s own form here." in seen


def test_nothing_can_be_done_while_looking(
    support: Any, business: Any, customer: UUID, issued: Any, gateway: Any
) -> None:
    invoice = issued()
    payment = pay(business, issued())
    see(support, customer)
    before = counts(business)
    for path in (
        "profile/", "people/", "pay", f"invoices/{invoice.number}/pay", "methods/",
        f"payments/{encode('pay', payment.id)}/stop", "invoices/", "", "switch/",
    ):  # fmt: skip
        answer = portal(support, path, "post", {"name": "Mallory"})
        assert answer.status_code in (403, 405), path
    for path in (
        "profile/",
        "people/",
        "methods/",
        "profile/data",
    ):
        answer = portal(support, path)
        assert (answer.status_code, "Nothing was changed" in body(answer)) == (403, True), path
    assert counts(business) == before


def test_every_page_says_alike_until_when(support: Any, customer: UUID) -> None:
    see(support, customer)
    told = [UNTIL.search(body(portal(support, path))) for path in ("", "profile/", "switch/")]
    assert [one and one[1] for one in told] == [told[0] and told[0][1]] * 3
    assert told[0] is not None


def test_it_is_on_record_and_the_customer_reads_who_and_why(
    support: Any, business: Any, customer: UUID
) -> None:
    assert see(support, customer, " ").status_code == 422
    see(support, customer, "They called  about\nan invoice")
    see(support, customer, "Again")
    with reading(business):
        notes = audit.notes(business, customer_id=customer, kinds=["seen_as_customer"])
    assert [one.facts["reason"] for one in notes] == ["Again", "They called about an invoice"]
    assert {one.facts["by"] for one in notes} == {"Support"}
    assert {one.actor.split(":")[0] for one in notes} == {"staff"}


def test_those_who_look_after_people_are_told_by_mail_and_all_on_the_first_page(
    support: Any, business: Any, customer: UUID, signed_in_at_portal: Any
) -> None:
    seer = NewContact("Sue", "sue@example.com", rights=RIGHTS[Preset.SEES])
    customers.add_contacts(business, customer, [seer], at=AT)
    see(support, customer, "They called")
    ((to, subject, text),) = letters(business, "recipient", "subject", "text")
    assert to == "alice@example.com"
    assert subject == "Harrow Water has looked at the portal as Alice"
    words = " ".join(text.split())
    assert "Support of Harrow Water opened the portal of Alice on" in words
    assert "could change nothing. The reason they gave: They called" in words
    for email in ("alice@example.com", "sue@example.com"):
        page = body(signed_in_at_portal(email).get("/", secure=True))
        assert "Support of Harrow Water opened this portal on" in page
        assert "They could change nothing." in page
        assert 'href="/profile/looks' in page


def test_it_is_no_news_for_ever(business: Any, customer: UUID, support: Any) -> None:
    see(support, customer)
    now = clock.now()
    with reading(business):
        seen = [
            receivables.home(
                business, customer, today=now.date(), newest_limit=1,
                looked_since=now + timedelta(days=days) - NEWS_FOR,
            ).looks
            for days in (6, 8)
        ]  # fmt: skip
    assert [len(one) for one in seen] == [1, 0]


@pytest.fixture
def signed_in_at_portal(business: Any) -> Callable[[str], Any]:
    """`signed_in_at_portal("alice@example.com")`: a browser of that contact at the portal."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from factories.outside.devices import show_proof

    def sign_in(email: str) -> Any:
        user_id = identity.make_user(email, name="Somebody", password=None)
        user = get_user_model().objects.get(id=user_id)
        browser = Client(headers={"host": "harrow.example", "accept-language": "en"})
        browser.force_login(user)
        show_proof(browser, user)
        return browser

    return sign_in


def test_it_ends_by_its_button_its_time_and_with_the_right(
    support: Any, business: Any, customer: UUID
) -> None:
    see(support, customer)
    with reading(business):
        (member,) = queries.members(business)
    identity.make_member(business, member.user_id, Role.FINANCE, at=AT)
    assert portal(support).status_code == 404
    identity.make_member(business, member.user_id, Role.SUPPORT, at=AT)
    assert portal(support).status_code == 200
    answer = portal(support, "looking/leave", "post")
    assert answer["Location"] == f"/backoffice/customers/{encode('cus', customer)}"
    assert "sign-in" in portal(support)["Location"]
    request = type("Asked", (), {})()
    request.COOKIES, request.business = {}, type("Here", (), {"id": business})()
    see(support, customer)
    request.COOKIES = {name: one.value for name, one in support.client.cookies.items()}
    now = clock.now()
    assert looking.looking_of(request, at=now) is not None
    assert looking.looking_of(request, at=now + timedelta(minutes=31)) is None
    request.business.id = customer
    assert looking.looking_of(request, at=now) is None


def test_it_ends_with_the_session_that_it_came_from(support: Any, customer: UUID) -> None:
    see(support, customer)
    assert portal(support).status_code == 200
    support.post("sign-out")
    assert "sign-in" in portal(support)["Location"]


def test_it_ends_with_the_password_that_it_came_by(
    desk: Callable[..., Any], support: Any, customer: UUID
) -> None:
    """Whoever has the session of somebody else looks no longer than they are in."""
    see(support, customer)
    assert portal(support).status_code == 200
    new = {"oldpassword": PASSWORD, "password1": f"{PASSWORD} 2", "password2": f"{PASSWORD} 2"}

    assert desk(Role.SUPPORT).post("security/password/", new).status_code == 302

    assert support.get().status_code == 302
    assert portal(support).status_code == 302


def test_a_customer_that_is_not_there(support: Any) -> None:
    assert see(support, new_id()).status_code == 404
    assert portal(support).status_code == 302
