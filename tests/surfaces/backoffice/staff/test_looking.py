"""Support sees the portal as the customer does: announced, on record, and nothing can be done."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.roles import Role
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode, new_id
from counterfoil.surfaces.ui.step_up import looking
from factories.businesses import AT
from factories.payments import pay
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


def test_a_customer_that_is_not_there(support: Any) -> None:
    assert see(support, new_id()).status_code == 404
    assert portal(support).status_code == 302
