"""Customers: found, paged, added, changed; contacts."""

import re
from typing import Any

from counterfoil.domain.customers import queries
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.backoffice import paging
from factories.customers import add_customer
from factories.statements import counted
from ledger_text import counts

FORM = {
    "name": "Kiln & Co", "email": "hello@kiln.example", "locale": "de",
    "timezone": "Europe/Berlin", "currency": "EUR", "external_ref": "K-1",
    "address.line1": "Ringstraße 1", "address.city": "Köln", "address.country": "DE",
}  # fmt: skip
_LINKS = re.compile(r'class="row-link[^"]*" href="/backoffice/customers/([^"]+)"')


def _listed(response: Any) -> list[str]:
    return _LINKS.findall(response.content.decode())


def test_a_customer_is_added_with_a_first_contact(owner: Any, business: Any) -> None:
    form = FORM | {"form_key": owner.form_key("customers/new")}
    made = owner.post("customers/new", form)
    outside = made["Location"].removeprefix("/backoffice/customers/")
    with reading(business):
        (row,) = queries.page(business)
        (person,) = queries.contacts(business, [row.id])
    assert outside == encode("cus", row.id)
    assert (row.name, row.currency, row.address["city"]) == ("Kiln & Co", "EUR", "Köln")
    assert (person.email, person.gets_invoices) == ("hello@kiln.example", True)
    assert owner.get(f"customers/{outside}").status_code == 200


def test_the_same_form_adds_once(owner: Any, business: Any) -> None:
    form = FORM | {"form_key": owner.form_key("customers/new"), "external_ref": ""}
    owner.post("customers/new", form)
    again = owner.post("customers/new", form)
    assert again["Location"] == "/backoffice/customers/"
    with reading(business):
        assert len(queries.page(business)) == 1


def test_bad_fields_come_back_with_what_was_typed(owner: Any, business: Any) -> None:
    before = counts(business)
    form = FORM | {"name": "", "email": "nowhere", "currency": "XXQ"}
    answer = owner.post("customers/new", form)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'class="field-error" id="id_(\w+)-error-1">([^<]+)', body) == [
        ("name", "This is needed."),
        ("email", "This is not a mail address."),
        ("currency", "This is not a currency that we know. Write it like EUR."),
    ]
    assert 'value="nowhere"' in body
    assert counts(business) == before


def test_a_taken_reference_is_said_beside_its_field(
    owner: Any, business: Any, customer: Any
) -> None:
    for name in ("Kiln & Co", "Another"):
        form = FORM | {"name": name, "form_key": owner.form_key("customers/new")}
        answer = owner.post("customers/new", form)
    assert answer.status_code == 422
    assert 'id="id_external_ref-error-1">This reference is used already.' in answer.content.decode()


def test_a_customer_is_changed(owner: Any, business: Any, customer: Any) -> None:
    path = f"customers/{encode('cus', customer)}/edit"
    assert 'value="Alice"' in owner.get(path).content.decode()
    assert owner.post(path, FORM).status_code == 302
    with reading(business):
        assert queries.customer(business, customer).name == "Kiln & Co"


def test_a_contact_is_added_once_and_only_with_an_address(
    owner: Any, business: Any, customer: Any
) -> None:
    path = f"customers/{encode('cus', customer)}/contacts"
    form = {
        "contact.name": "Ada",
        "contact.email": "ADA@example.com",
        "contact.gets_receipts": "on",
    }
    assert owner.post(path, form).status_code == 302
    twice = owner.post(path, form)
    assert twice.status_code == 422
    assert "has a contact with this address already" in twice.content.decode()
    assert owner.post(path, form | {"contact.email": "nowhere"}).status_code == 422
    with reading(business):
        people = queries.contacts(business, [customer])
    assert [(one.email, one.gets_invoices, one.gets_receipts) for one in people] == [
        ("alice@example.com", True, True),
        ("ada@example.com", False, True),
    ]


def test_the_list_is_searched_and_paged_both_ways(
    owner: Any, business: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(paging, "ROWS_A_PAGE", 2)
    monkeypatch.setattr("counterfoil.surfaces.backoffice.customers.views.ROWS_A_PAGE", 2)
    monkeypatch.setattr(paging.paged, "__kwdefaults__", {"limit": 2})
    ids = [encode("cus", add_customer(business, name)) for name in ("A", "B", "C", "D", "E")]
    first = owner.get("customers/")
    assert _listed(first) == ids[:2]
    onward = _neighbour(first, "next")
    second = owner.get(onward)
    assert _listed(second) == ids[2:4]
    third = owner.get(_neighbour(second, "next"))
    assert _listed(third) == ids[4:]
    back = owner.get(_neighbour(third, "prev"))
    assert _listed(back) == ids[2:4]
    assert _listed(owner.get(_neighbour(back, "prev"))) == ids[:2]
    assert _listed(owner.get("customers/?q=d")) == [ids[3]]


def _neighbour(response: Any, which: str) -> str:
    found = re.search(rf'rel="{which}" href="/backoffice/([^"]+)"', response.content.decode())
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_htmx_gets_the_results_only(owner: Any, customer: Any) -> None:
    part = owner.get("customers/?q=alice", headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    assert "Alice" in part.content.decode()


def test_the_list_and_the_page_cost_the_same_with_one_row_and_three(
    owner: Any, business: Any, customer: Any, issued: Any
) -> None:
    issued()
    paths = ("customers/", f"customers/{encode('cus', customer)}")
    with_one = [_cost(owner, path) for path in paths]
    for name in ("Bob", "Carol"):
        add_customer(business, name)
        issued()
    assert [_cost(owner, path) for path in paths] == with_one == [6, 15]


def _cost(desk: Any, path: str) -> int:
    with counted() as statements:
        assert desk.get(path).status_code == 200
    return statements.count


def test_what_is_not_there_is_said_in_words_for_staff(owner: Any, visitor: Any) -> None:
    for path in ("nowhere", "customers/cus_01jc000000e008000000000051"):
        page = " ".join(owner.get(path).content.decode().split())
        assert "There is nothing here" in page, path
        assert "the link in your e-mail" not in page, path
        assert 'href="/backoffice/"' in page, path
    assert "look for it by its name or number" in owner.get("nowhere").content.decode()
    theirs = visitor().client.get("/nowhere", secure=True, headers={"host": "harrow.example"})
    assert "open the link in your e-mail again" in " ".join(theirs.content.decode().split())
