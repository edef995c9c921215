"""Every address that names a row, asked about a row that is there: it leads to it for whoever owns
it, and nowhere, with nothing changed, for everybody else: another business, and members of the same
one who see other customers."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import tags as tagging
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import OF_THE_WHOLE, RIGHTS, Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.insights import segments
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.surfaces.backoffice import access
from counterfoil.surfaces.backoffice.payments import refunding
from factories.businesses import AT, add_gateway
from factories.customers import add_customer
from factories.database import BUSINESS_TABLES
from factories.staff import colleague, hire, sign_in
from surfaces.backoffice.every.rows import every_row, own_wish
from surfaces.backoffice.test_access import ROUTES, Places, places  # noqa: F401  a fixture

Key = tuple[str, str]

OF_NO_ROW = {"kind", "preset", "whose", "spoken"}
WITH_ROWS = {name for name, (_r, _m, ids) in ROUTES.items() if set(ids) - OF_NO_ROW}
FOUND = (200, 302)
# Its form asks a server of somebody else's; told beside its fields, on the page of its row.
REFUSED_ON_ITS_PAGE = {("backoffice_sign_on_provider", "POST")}
UNTOLD = {"backoffice_changes_proof"}  # the same for what is not there and not sealed yet
# A payment that covers no such invoice: the same for one that is not there.
NO_PAYMENT_OF_IT = {("backoffice_payment_take_off", method): 409 for method in ("GET", "POST")}
GUARDED_TWICE = {"backoffice_approval", "backoffice_approval_decide"}  # by their own statement too
KEPT_OF_REFUSALS = ("audit_",)  # who was refused what stands in the trail
NOT_FOUND, FORBIDDEN = 404, 403
DAY = AT.date().isoformat()
INVOICE = {
    "currency": "EUR", "terms_days": "14", "due_date": "", "notes": "", "do": "save",
    "lines-0-description": "Water", "lines-0-quantity": "1", "lines-0-unit_price": "2",
    "lines-0-tax_rate": "0", "lines-0-discount_percent": "",
}  # fmt: skip
# What is sent, so that nothing but whose row it is decides; `cus:name` stands for an outside id.
FORMS: dict[str, dict[str, str]] = {
    "customer_see": {"reason": "They called."},
    "customer_edit": {
        "name": "Alice", "locale": "en", "timezone": "Europe/London", "currency": "EUR"},
    "contact_add": {"contact.name": "Gil", "contact.email": "gil@new.example",
                    "contact.preset": "sees", "contact.gets_invoices": "on"},
    "contact": {"preset": "manages", "gets_invoices": "on"},
    "registration": {"decision": "refuse"},
    "link_life": {"days": "7"},
    "balance_send": {"form_key": "balance"},
    "credit_apply": {"currency": "USD"},
    "invoice_for": INVOICE | {"form_key": "new"},
    "invoice_edit": INVOICE,
    "invoice_credit": {"do": "lines"},
    "invoice_write_off": {"reason": "Gone", "form_key": "off"},
    "payment_refund": {"amount": "1", "form_key": "back", "do": "refund"},
    "payment_take": {"method": "cheque", "amount": "5", "currency": "EUR", "on": DAY,
                     "form_key": "cheque"},
    "refund_sent": {"sent_on": DAY},
    "bank_refund": {"refund": "ref:by_hand_in_transit"},
    "bank_assign": {"customer": "cus:customer"},
    "bank_aside": {"note": "Rent"},
    "chargeback_answer": {"text": "They have it."},
    "difference_adopt": {"customer": "cus:customer"},
    "person": {"role": "support"},
    "role": {"name": "Chaser of debts"},
    "approval_decide": {"do": "approve"},
    "sign_on_one": {"name": "At work", "domains": "new-{mark}.example", "level": "readonly"},
    "gateway": {"name": "Scripted", "url": "https://gateway.example"},
    "gateway_route": {"method": "card", "currency": "USD"},
    "key_rotate": {"form_key": "key", "overlap": "1"},
}  # fmt: skip


def form_of(name: str, ids: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for field, value in FORMS.get(name.removeprefix("backoffice_"), {}).items():
        prefix, _colon, kind = value.partition(":")
        plain = value.replace("{mark}", str(ids["mark"]))
        form[field] = encode(prefix, ids[kind]) if kind in ids else plain
    if name == "backoffice_chargeback_files":
        form["file"] = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 proof", "application/pdf")
    return form


def asked(names: set[str]) -> Iterator[Key]:
    """These addresses with every method, those first that change nothing."""
    for method, name in product(("GET", "POST"), ROUTES):
        if name in names and ROUTES[name][1] in (method, "BOTH"):
            yield name, method


def ask(desk: Any, key: Key, where: Places, form: dict[str, Any]) -> Any:
    name, method = key
    return desk.get(where.path(name)) if method == "GET" else desk.post(where.path(name), form)


def each(desk: Any, where: Places, names: set[str] = WITH_ROWS) -> dict[Key, int]:
    """What the addresses of these rows answer."""
    return {
        key: ask(desk, key, where, form_of(key[0], where.ids)).status_code for key in asked(names)
    }


def digests(business_id: BusinessId, without: tuple[str, ...] = ()) -> dict[str, str]:
    """A digest of all rows of a business, by their table."""
    with reading(business_id):
        tables = execute(
            f"SELECT c.relname FROM ({BUSINESS_TABLES}) AS c JOIN information_schema.columns AS i"
            " ON i.table_name = c.relname AND i.column_name = 'business_id' ORDER BY 1"
        )
        asks = [
            f"SELECT '{table}', md5(coalesce(string_agg(t::text, '' ORDER BY t::text), ''))"
            f" FROM {table} t WHERE business_id = %(b)s::uuid"
            for (table,) in tables
            if not table.startswith(without or "-")
        ]
        assert len(asks) > 40
        return dict(execute(" UNION ALL ".join(asks), {"b": business_id}))


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {table for table in before if before[table] != after[table]}


@pytest.fixture
def owner_s(business: BusinessId, visitor: Callable[..., Any], places: Places) -> Any:  # noqa: F811
    """The owner, who has asked a second person for something."""
    email = hire(business, Role.OWNER, "owner@harrow.example")
    own_wish(business, places.ids, email)
    places.ids["mark"] = "harrow"
    return sign_in(visitor(), email)


@pytest.fixture
def neighbour(other_business: BusinessId, visitor: Callable[..., Any]) -> Any:
    """An owner of the other business, which has a row of each kind too."""
    return sign_in(visitor("mill.example"), hire(other_business, Role.OWNER, "mia@mill.example"))


def test_whose_it_is_finds_all_of_it_and_changes_it(owner_s: Any, places: Places) -> None:  # noqa: F811
    """So that what others do not find is there."""
    answers = each(owner_s, places)
    not_found = {key: status for key, status in answers.items() if status not in FOUND}
    assert not_found == dict.fromkeys(REFUSED_ON_ITS_PAGE, 422)


def found_by(neighbour: Any, where: Places) -> set[Key]:
    return {key for key, status in each(neighbour, where).items() if status != NOT_FOUND}


def test_rows_of_another_business_are_not_there_and_stay_as_they_are(
    business: BusinessId, neighbour: Any, owner_s: Any, places: Places  # noqa: F811
) -> None:  # fmt: skip
    before = digests(business)
    assert {name for name, _method in found_by(neighbour, places)} == UNTOLD
    proof = neighbour.get(places.path("backoffice_changes_proof"))
    assert (proof.status_code, proof["Location"]) == (302, reverse("backoffice_changes"))
    assert changed(before, digests(business)) == set()


def test_nor_are_they_behind_one_s_own_rows(
    business: BusinessId,
    other_business: BusinessId,
    neighbour: Any,
    owner_s: Any,
    places: Places,  # noqa: F811
) -> None:
    """A path, or a form, whose first row is one's own and whose last is somebody else's."""
    add_gateway(other_business, "scripted")
    own = every_row(other_business, add_customer(other_business, "Zoe")) | {"mark": "mill"}
    before, tried, wrong = digests(business), set(), {}
    for name, method in asked(WITH_ROWS):
        *_first, last = ROUTES[name][2]
        ids = own | ({last: places.ids[last]} if _first else {})
        form = form_of(name, places.ids)
        if _first or {"refund", "customer"} & set(form):
            tried.add(name)
            answer = ask(neighbour, (name, method), Places(ids), form)
            if answer.status_code != NOT_FOUND:
                wrong[name, method] = answer.status_code
    assert len(tried) > 15
    assert wrong == NO_PAYMENT_OF_IT
    assert changed(before, digests(business)) == set()


def test_a_guard_of_the_wrong_business_is_found_at_every_address(
    business: BusinessId,
    neighbour: Any,
    owner_s: Any,
    places: Places,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their session is looked up in their business, and the row in Harrow Water's: each address is
    seen to lead there, and what it did there is seen in the rows."""
    harrow, before = businesses.by_id(business), digests(business)

    def elsewhere(request: Any, _named: Any) -> None:
        request.business = harrow

    monkeypatch.setattr(access, "check_segment", elsewhere)
    blind = found_by(neighbour, places)
    assert set(asked(WITH_ROWS)) - blind == set()
    assert len(changed(before, digests(business))) > 25


def test_a_look_at_the_wrong_business_is_found_at_one_address(
    business: BusinessId,
    neighbour: Any,
    owner_s: Any,
    places: Places,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, before = refunding.refunds.look_at_refund, digests(business)
    monkeypatch.setattr(
        refunding.refunds, "look_at_refund", lambda _own, *row, **at: real(business, *row, **at)
    )
    assert ("backoffice_refund_looked", "POST") in found_by(neighbour, places)
    assert "payments_refund" in changed(before, digests(business))


@pytest.fixture
def narrow(business: BusinessId, visitor: Callable[..., Any], places: Places) -> Any:  # noqa: F811
    """A member with the rights of finance who sees customers tagged `north`, and has asked a second
    person for something."""
    email, boss = (
        hire(business, Role.FINANCE, "north@harrow.example"),
        colleague(business, Role.OWNER),
    )
    own_wish(business, places.ids, email)
    places.ids["mark"] = "harrow"
    with reading(business):
        (member,) = [one for one in identity.members(business) if one.email == email]
    post = Post(Role.FINANCE, tags=("north",))
    staffing.change_post(business, member.user_id, post, at=AT, by=boss)
    return sign_in(visitor(), email)


def tag(business: BusinessId, where: Places, word: str) -> None:
    for kind in ("customer", "leaver"):
        tagging.set_tags(business, UUID(str(where.ids[kind])), (word,))


def closed_to_all_who_see_a_part() -> set[Key]:
    """What their role does not let them do, and what is no single customer's."""
    given = RIGHTS[Role.FINANCE] - OF_THE_WHOLE
    kinds = {name: _kinds(name) for name in WITH_ROWS}
    return {
        (name, method)
        for name, method in asked(WITH_ROWS)
        if ROUTES[name][0] not in given or not kinds[name] & segments.KINDS
    }


def _kinds(name: str) -> set[str]:
    """What the address calls the rows that it names."""
    ((_path, named),) = get_resolver("counterfoil.surfaces.backoffice.urls").reverse_dict.getlist(
        name
    )[0][0]
    return {one.removesuffix("_id") for one in named}


def test_who_sees_a_part_finds_that_part_and_no_more(
    business: BusinessId, narrow: Any, places: Places  # noqa: F811
) -> None:  # fmt: skip
    closed = closed_to_all_who_see_a_part()
    tag(business, places, "south")
    before = digests(business, KEPT_OF_REFUSALS)
    others = each(narrow, places)
    assert {key for key, status in others.items() if status == FORBIDDEN} == closed
    assert {key for key, status in others.items() if status == NOT_FOUND} == set(others) - closed
    assert changed(before, digests(business, KEPT_OF_REFUSALS)) == set()

    tag(business, places, "north")
    own = each(narrow, places)
    assert {key for key, status in own.items() if status == FORBIDDEN} == closed
    assert {key for key, status in own.items() if status in FOUND} == set(own) - closed


def test_a_hole_between_customers_is_found(
    business: BusinessId,
    narrow: Any,
    places: Places,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """First where links are, then everywhere."""
    tag(business, places, "south")
    real = segments.sees

    def blind_to_links(business_id: BusinessId, tags: Any, things: Any) -> bool:
        return "link" in things or real(business_id, tags, things)

    monkeypatch.setattr(segments, "sees", blind_to_links)
    links = {name for name in WITH_ROWS if "link" in _kinds(name)}
    answers = each(narrow, places, links)
    found = {name for (name, _method), status in answers.items() if status in FOUND}
    assert found == {name for name in links if ROUTES[name][0] in RIGHTS[Role.FINANCE]} != set()

    monkeypatch.setattr(segments, "sees", lambda *_asked: True)
    answers = each(narrow, places, WITH_ROWS - links - GUARDED_TWICE)
    seen = {key for key, status in answers.items() if status not in (NOT_FOUND, FORBIDDEN)}
    assert seen == set(answers) - closed_to_all_who_see_a_part()
