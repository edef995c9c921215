"""Names of staff and of a customer's people lead to their timelines, for who may see those."""

import re
from typing import Any

import pytest

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Role
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import encode
from factories.payments import pay
from factories.staff import asked_approval

FORM = {
    "name": "Alice Ltd", "email": "new@alice.example", "locale": "en",
    "timezone": "Europe/London", "currency": "EUR",
}  # fmt: skip


@pytest.fixture
def page(customer: Any) -> str:
    return f"customers/{encode('cus', customer)}"


@pytest.fixture
def clerk(desk: Any, page: str) -> str:
    """Somebody of finance has changed a customer: the address of their timeline."""
    clerk = desk(Role.FINANCE)
    answer = clerk.post(f"{page}/edit", FORM | {"form_key": clerk.form_key(f"{page}/edit")})
    assert answer.status_code == 302
    [[user_id]] = execute("SELECT id FROM identity_user WHERE name = 'Finance'")
    return f"settings/people/{user_id}/timeline"


def led(who: Any, path: str, name: str) -> set[str]:
    """Where links of this name lead to."""
    answer = who.get(path)
    assert answer.status_code == 200
    body = re.sub(r"\s+", " ", answer.content.decode())
    found = re.findall(rf'<a href="/backoffice/([^"]+)"><bdi>{name}</bdi></a>', body)
    return set(found)


def test_staff_in_lists_and_changes(owner: Any, clerk: str, page: str) -> None:
    for path in ("settings/people", "settings/changes", page, f"{page}/timeline"):
        assert clerk in led(owner, path, "Finance"), path
    assert led(owner, clerk, "Finance") == set()
    assert owner.get(clerk).status_code == 200


def test_not_for_who_may_not_read_the_trail(desk: Any, clerk: str, page: str) -> None:
    reader = desk(Role.READONLY)
    for path in (page, f"{page}/timeline"):
        assert led(reader, path, "Finance") == set(), path


def test_a_contact(desk: Any, business: Any, customer: Any, page: str) -> None:
    with reading(business):
        [person] = customers.contacts(business, [customer])
    end = f"{page}/contacts/{encode('con', person.id)}"
    name = person.name or person.email
    reader, clerk = desk(Role.READONLY), desk(Role.FINANCE)
    assert led(reader, page, name) == {f"{end}/timeline"}
    assert reader.get(f"{end}/timeline").status_code == 200
    assert f'href="/backoffice/{end}"' not in reader.get(page).content.decode()
    assert f'href="/backoffice/{end}"' in clerk.get(page).content.decode()


def test_states_in_the_short_lists_of_a_customer(
    owner: Any, business: Any, issued: Any, gateway: Any, page: str
) -> None:
    invoice = issued()
    payment = pay(business, invoice)
    stories = {
        f"invoices/{encode('inv', invoice.id)}/timeline",
        f"payments/{encode('pay', payment.id)}/timeline",
    }
    found = re.findall(
        r'class="story" href="/backoffice/([^"]+)"', owner.get(page).content.decode()
    )
    assert set(found) == stories
    assert [owner.get(one).status_code for one in found] == [200, 200]
    assert 'class="story"' not in owner.get("invoices/").content.decode()


def test_who_asked_for_a_second_person_and_about_what(
    owner: Any, desk: Any, business: Any, issued: Any, gateway: Any
) -> None:
    payment = pay(business, issued())
    request = f"approvals/{encode('apr', asked_approval(business, payment))}"
    thing = f"payments/{encode('pay', payment.id)}"
    for path in ("approvals/", request):
        assert led(owner, path, "Payment by Acme") == {thing}
        [asker] = led(owner, path, "Cole")
        assert owner.get(asker).status_code == 200
        assert led(desk(Role.READONLY), path, "Cole") == set()
    assert f'href="/backoffice/{thing}/timeline"' in owner.get(request).content.decode()
