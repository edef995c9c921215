"""Somebody who sees some customers only: nothing of the others, nor in any count or total."""

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from counterfoil.domain.customers import tags as tagging
from counterfoil.domain.identity.roles import OF_THE_WHOLE, Right, Role
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ids import encode
from factories.businesses import AT
from factories.payments import pay
from factories.staff import asked_approval, hire, member_of, sign_in
from factories.staff import narrow as narrowed
from surfaces.backoffice.test_access import ROUTES, Places, places  # noqa: F401  a fixture


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def narrow(business: Any, visitor: Callable[..., Any]) -> Any:
    """A member with the rights of finance who sees customers tagged `north`."""
    email = hire(business, Role.FINANCE, "north@harrow.example")
    user_id = narrowed(business, email, "north")
    assert not member_of(business, user_id).rights & OF_THE_WHOLE
    return sign_in(visitor(), email)


def tag(business: Any, customer_id: UUID, *words: str) -> None:
    tagging.set_tags(business, customer_id, words)


def test_every_address_with_anothers_id_is_not_there(
    narrow: Any,
    places: Places,  # noqa: F811
    business: Any,
    customer: UUID,
) -> None:
    tag(business, customer, "south")
    wrong = {}
    for name, (_right, methods, ids) in ROUTES.items():
        if not ids or name in ("backoffice_preset", "backoffice_gateway_new"):
            continue
        for method in ("get", "post") if methods == "BOTH" else (methods.lower(),):
            answer = getattr(narrow, method)(places.path(name))
            if answer.status_code not in (403, 404):
                wrong[name, method] = answer.status_code
    assert wrong == {}


def test_every_page_about_everybody_is_closed(narrow: Any, places: Places) -> None:  # noqa: F811
    opened = {
        name
        for name, (_right, methods, ids) in ROUTES.items()
        if not ids and methods != "POST" and name.startswith("backoffice_")
        and narrow.get(places.path(name)).status_code == 200
    }  # fmt: skip
    assert opened == {
        "backoffice_work", "backoffice_customers", "backoffice_customer_new",
        "backoffice_invoices", "backoffice_invoice_new", "backoffice_payments",
        "backoffice_approvals",
    }  # fmt: skip


def test_no_link_leads_them_to_a_closed_page(
    narrow: Any,
    places: Places,  # noqa: F811
    business: Any,
    customer: UUID,
) -> None:
    tag(business, customer, "north")
    paths = {places.path(name) for name, (_right, how, _ids) in ROUTES.items() if how != "POST"}
    closed, seen = set(), {"", *paths}
    while paths:
        path = paths.pop()
        answer = narrow.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            links = re.findall(r'href="/backoffice/([^"#]*)"', answer.content.decode())
            found = {html.unescape(link) for link in links if "?" not in link} - seen
            closed |= {(path, one) for one in found if narrow.get(one).status_code in (403, 404)}
            paths |= found
            seen |= found
    assert closed == set()
    assert len(seen) > len(ROUTES)


def test_lists_searches_and_the_work_list_show_their_own_only(
    narrow: Any, business: Any, customer: UUID, other_customer: UUID, issued: Any, gateway: Any
) -> None:
    tag(business, customer, "north", "large")
    mine, paid = issued(due=AT.date()), issued()
    payment = pay(business, paid)
    asked_approval(business, payment)
    page = body(narrow.get(f"customers/{encode('cus', customer)}"))
    assert mine.number in page
    for path in ("customers/", "invoices/", "payments/", "invoices/new"):
        assert encode("cus", customer) in body(narrow.get(path)), path
    full = {path: body(narrow.get(path)) for path in ("", "invoices/", "payments/", "customers/")}
    assert mine.number in full[""]
    assert encode("pay", payment.id) in full["payments/"]
    assert "Of customers with: north" in full[""]

    tag(business, customer, "south")
    empty = {path: body(narrow.get(path)) for path in ("", "invoices/", "payments/", "customers/",
             "approvals/", "invoices/new", f"invoices/?q={mine.number}", "payments/?q=4242",
             "invoices/?status=late", "customers/?q=a")}  # fmt: skip
    for path, text in empty.items():
        for word in (mine.number, paid.number, encode("cus", customer), encode("pay", payment.id)):
            assert word in path or word not in text, (path, word)
    assert "Nothing needs you" in empty[""]
    for path in ("invoices/", "payments/"):
        answer = narrow.get(f"{path}?customer={encode('cus', customer)}")
        assert answer.status_code == 404
    assert full[""] != empty[""]


def test_a_customer_that_they_add_carries_their_tag_and_keeps_one(
    narrow: Any, business: Any, customer: UUID
) -> None:
    form = {
        "name": "New", "locale": "en", "timezone": "Europe/Paris", "currency": "EUR",
        "form_key": narrow.form_key("customers/new"),
    }  # fmt: skip
    answer = narrow.post("customers/new", form)
    assert answer.status_code == 302
    assert narrow.get(answer["Location"].removeprefix("/backoffice/")).status_code == 200
    tag(business, customer, "north")
    edit = f"customers/{encode('cus', customer)}/edit"
    assert narrow.post(edit, form | {"tags": "south"}).status_code == 302
    with reading(business):
        assert tagging.tags_of(business, customer) == ["north", "south"]


def test_tags_are_kept_plain(owner: Any, business: Any, customer: UUID) -> None:
    assert tagging.cleaned([" North  East", "north east", "", "b"]) == ("b", "north east")
    for words in (["x" * 41], [str(number) for number in range(21)]):
        with pytest.raises(Refused):
            tagging.cleaned(words)
    edit = f"customers/{encode('cus', customer)}/edit"
    form = {"name": "N", "locale": "en", "timezone": "Europe/Paris", "currency": "EUR"}
    assert owner.post(edit, form | {"tags": "x" * 41}).status_code == 422
    owner.post(edit, form | {"tags": "Large, North"})
    assert 'value="large, north"' in body(owner.get(edit))
    owner.post(edit, form)  # a form that knows no tags leaves them
    with reading(business):
        assert tagging.tags(business) == ["large", "north"]


def test_rights_of_the_whole_are_nobodys_who_sees_a_part() -> None:
    assert {Right.IMPORT, Right.GATEWAYS, Right.BANK_DATA, Right.SETTINGS, Right.PEOPLE,
            Right.KEYS, Right.TRAIL} == OF_THE_WHOLE  # fmt: skip
