"""Staff end every session of somebody whose device is in other hands; at this business alone."""

from typing import Any
from uuid import UUID

from counterfoil.domain.audit.models import Note
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.models import Session
from counterfoil.domain.identity.roles import Role
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from factories.staff import PASSWORD, hire, member_of, sign_in
from surfaces.portal.conftest import alice, portal  # noqa: F401  fixtures
from surfaces.portal.doors.every.routes import sit_down

OUT = {"do": "sign_out"}


def ended(business: Any) -> list[str]:
    """What the trail has of it."""
    with reading(business):
        found = Note.objects.filter(business_id=business, kind="session_ended")
        return [one.subject for one in found.order_by("at", "id")]


def test_a_member_is_signed_out_everywhere_here(
    business: Any, other_business: Any, owner: Any, visitor: Any
) -> None:
    email = hire(business, Role.FINANCE, "ada@harrow.example")
    hire(other_business, Role.FINANCE, email)
    desks = [sign_in(visitor(), email) for _ in range(2)]
    elsewhere = sign_in(visitor("mill.example"), email)
    user_id = Session.objects.filter(user__email=email)[0].user_id

    answer = owner.post(f"settings/people/{user_id}", OUT)

    assert answer["Location"] == f"/backoffice/settings/people/{user_id}"
    page = owner.get(f"settings/people/{user_id}").content.decode()
    assert "Finance is signed out on every device." in page
    assert [one.get("").status_code for one in desks] == [302, 302]
    assert [one.get("").status_code for one in (owner, elsewhere)] == [200, 200]
    assert member_of(business, user_id).role == Role.FINANCE
    assert sign_in(visitor(), email).get("").status_code == 200
    assert ended(business) == [f"user:{user_id}"]


def test_nobody_ends_the_sessions_of_who_may_do_more(
    business: Any, visitor: Any, owner: Any
) -> None:
    boss = Session.objects.get(user__isnull=False).user_id
    finance = sign_in(visitor(), hire(business, Role.FINANCE))
    assert finance.post(f"settings/people/{boss}", OUT).status_code == 403
    assert owner.post(f"settings/people/{boss}", OUT).status_code == 403  # nor one's own here
    assert owner.get("").status_code == 200
    assert ended(business) == []


def test_a_person_of_a_customer_is_signed_out_of_the_portal(
    business: Any,
    customer: UUID,
    other_customer: UUID,
    owner: Any,
    portal: Any,  # noqa: F811
) -> None:
    bob = sit_down(portal(), "bob@example.com")
    phones = [_signed_in(portal, "alice@example.com") for _ in range(2)]
    assert [one.get("/").status_code for one in phones] == [200, 200]
    with reading(business):
        contact = customers.contacts(business, [customer])[0]
    path = f"customers/{encode('cus', customer)}/contacts/{encode('con', contact.id)}"

    assert "Sign out everywhere" in owner.get(path).content.decode()
    assert owner.post(path, OUT).status_code == 302

    assert [one.get("/").status_code for one in phones] == [302, 302]
    assert bob.get("/").status_code == 200
    theirs = path.replace(encode("cus", customer), encode("cus", other_customer))
    assert owner.post(theirs, OUT).status_code == 404
    assert ended(business) == [f"contact:{contact.id}"]


def _signed_in(portal: Any, email: str) -> Any:  # noqa: F811
    identity.make_user(email, name="Alice", password=PASSWORD)
    browser = portal()
    browser.post("/sign-in/", {"login": email, "password": PASSWORD})
    return browser
