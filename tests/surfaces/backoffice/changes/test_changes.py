"""Who changed what, as the owner reads it."""

import csv
import io
import re
from typing import Any

import pytest

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.auditing import seal_trail
from counterfoil.kernel.ids import encode
from factories.businesses import AT

FORM = {
    "name": "Alice <b>Ltd</b>", "email": "=new@alice.example", "locale": "en",
    "timezone": "Europe/London", "currency": "EUR",
}  # fmt: skip


@pytest.fixture
def changed(desk: Any, customer: Any) -> None:
    """Somebody of finance has changed a customer."""
    path = f"customers/{encode('cus', customer)}/edit"
    clerk = desk(Role.FINANCE)
    assert clerk.post(path, FORM | {"form_key": clerk.form_key(path)}).status_code == 302


def read(owner: Any, query: str = "") -> str:
    answer = owner.get(f"settings/changes{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_change_is_told_with_who_from_where_and_what_it_was(owner: Any, changed: None) -> None:
    body = read(owner)
    assert "Customer <bdi>Alice &lt;b&gt;Ltd&lt;/b&gt;</bdi>" in body
    assert "Email: <bdi>alice@example.com</bdi>" in body
    assert "<bdi>=new@alice.example</bdi>" in body
    assert '<bdi>Finance</bdi></a> · <bdi dir="ltr">127.0.0.1</bdi>' in body


def test_a_secret_is_named_and_never_shown(owner: Any, business: Any) -> None:
    key = identity.make_api_key(business, name="Shop", at=AT)
    body = read(owner)
    assert "API key <bdi>Shop</bdi>" in body
    assert key not in body


def test_the_last_seal_is_there_to_be_kept(owner: Any, business: Any, changed: None) -> None:
    assert "Last seal" not in read(owner)
    [seal] = seal_trail.seal(business, at=AT)
    assert seal.mark in read(owner)


def test_pages_lead_to_older_ones_and_back(owner: Any, business: Any) -> None:
    for number in range(60):
        identity.make_api_key(business, name=f"Key {number}", at=AT)
    first = read(owner)
    assert ("Key 59<" in first, "Key 3<" in first) == (True, False)
    [older] = re.findall(r'href="/backoffice/settings/changes(\?after[^"]+)"', first)
    second = read(owner, older)
    assert ("Key 59<" in second, "Key 3<" in second) == (False, True)
    assert "Key 59<" in read(owner, "?after=nonsense")


def test_the_spreadsheet_has_a_line_for_each_column_and_runs_nothing(
    owner: Any, changed: None
) -> None:
    answer = owner.get("settings/changes.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    [email] = [one for one in rows if one["column"] == "email" and one["change"] == "update"]
    assert email["before"] == "alice@example.com"
    assert email["after"] == "'=new@alice.example"
    assert email["from"] == "127.0.0.1"


def test_nothing_of_another_business_is_there(
    owner: Any, other_business: Any, changed: None
) -> None:
    identity.make_api_key(other_business, name="Not yours", at=AT)
    assert "Not yours" not in read(owner)


def test_a_customers_page_tells_of_its_own_changes(
    owner: Any, business: Any, customer: Any, other_customer: Any, changed: None
) -> None:
    identity.make_api_key(business, name="Shop", at=AT)
    body = owner.get(f"customers/{encode('cus', customer)}").content.decode()
    told = body.partition('id="changes"')[2]
    assert "Alice &lt;b&gt;Ltd&lt;/b&gt;" in told
    assert "127.0.0.1" in told
    assert ("Shop" in told, "Bob" in told) == (False, False)
