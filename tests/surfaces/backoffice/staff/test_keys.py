"""Keys of programs: nobody gives a program more than they may do themselves, by whatever door."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from counterfoil.domain.identity import keys, operations, queries
from counterfoil.domain.identity.roles import Act, Limit, Right, Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.scopes import EVERY_SCOPE, Scope, scopes_of
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.identity.staffing.giving import BeyondYou
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from factories.businesses import AT
from factories.staff import Desk, colleague, hire, member_of, sign_in

READING = {Scope(one) for one in EVERY_SCOPE if one.endswith(":read")}


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


def names(business: Any) -> list[str]:
    return [one.name for one in queries.api_keys(business)]


@pytest.fixture
def keeper(business: Any, visitor: Callable[..., Any]) -> Callable[..., tuple[Any, Desk]]:
    """`keeper(rights, limits)`: somebody of a role of its own with the right to make keys."""
    boss = colleague(business, Role.OWNER)

    def hired(*rights: Right, limits: tuple[Limit, ...] = ()) -> tuple[Any, Desk]:
        role = staffing.save_role(
            business, None, "Keeper", [Right.KEYS, *rights], limits, at=AT, by=boss
        )
        email = hire(business, Role.READONLY, "keeper@harrow.example")
        with reading(business):
            (user_id,) = [one.user_id for one in queries.members(business) if one.email == email]
        staffing.change_post(business, user_id, Post(own_role_id=role), at=AT, by=boss)
        return member_of(business, user_id), sign_in(visitor(), email)

    return hired


ALL_MONEY = (Right.CREDIT, Right.EDIT_INVOICES, Right.REFUND, Right.RESOLVE_PAYMENTS)
CASES: list[tuple[tuple[Right, ...], tuple[Limit, ...], set[str]]] = [
    ((), (), set()),
    ((Right.EDIT_CUSTOMERS,), (), {"customers"}),
    ((Right.EDIT_INVOICES,), (), set()),  # who writes invoices by program writes credit notes
    ((Right.EDIT_INVOICES, Right.CREDIT), (), {"invoices"}),
    ((Right.RESOLVE_PAYMENTS,), (), set()),  # a program stops payments, too
    ((Right.REFUND,), (), {"refunds"}),
    (ALL_MONEY, (), {"invoices", "payments", "refunds"}),
    (ALL_MONEY, (Limit(Act.REFUND, "EUR", 5_000),), {"invoices", "payments"}),
    (ALL_MONEY, (Limit(Act.CREDIT, "EUR", 5_000),), {"payments", "refunds"}),
]


@pytest.mark.parametrize(("rights", "limits", "written"), CASES)
def test_nobody_gives_a_key_more_than_they_have(
    business: Any,
    keeper: Callable[..., tuple[Any, Desk]],
    rights: tuple[Right, ...],
    limits: tuple[Limit, ...],
    written: set[str],
) -> None:
    member, desk = keeper(*rights, limits=limits)
    offered = re.findall(
        r'name="scope-(\w+)".*?</select>', page := body(desk.get("settings/keys")), re.DOTALL
    )
    assert {"customers", "invoices", "payments", "refunds"} <= set(offered)
    for family in ("customers", "invoices", "payments", "refunds"):
        before = names(business)
        form = {
            "name": family, f"scope-{family}": "write",
            "form_key": desk.form_key("settings/keys"),
        }  # fmt: skip
        answer = desk.post("settings/keys", form)
        is_given = family in written
        assert answer.status_code == (200 if is_given else 403), family
        assert names(business) == ([family, *before] if is_given else before)
        assert is_given or "more than you may do yourself" in body(answer)
        field = page.partition(f'name="scope-{family}"')[2].partition("</select>")[0]
        assert ("Read and write" in field) is is_given
        if not is_given:
            with pytest.raises(BeyondYou):
                operations.make_api_key(
                    business, name="Mine", scopes=[Scope(f"{family}:write")], at=AT, by=member
                )
    operations.make_api_key(business, name="Reader", scopes=READING, at=AT, by=member)


def test_a_new_secret_gives_no_more_either(
    business: Any, keeper: Callable[..., tuple[Any, Desk]]
) -> None:
    member, desk = keeper(Right.EDIT_CUSTOMERS)
    for name, scopes, is_given in (
        ("all", list(EVERY_SCOPE), False), ("customers", [Scope.CUSTOMERS_WRITE], True),
    ):  # fmt: skip
        secret = operations.make_api_key(business, name=name, scopes=scopes, at=clock.now())
        key = queries.key_of(secret, at=clock.now())
        assert key is not None
        assert key.scopes >= scopes_of(scopes)
        path = f"settings/keys/{encode('key', key.id)}/rotate"
        page = desk.get("settings/keys").content.decode()
        assert (path in page) is is_given
        form = {"overlap": "0", "form_key": desk.form_key("settings/keys")}
        answer = desk.post(path, form)
        assert answer.status_code == (200 if is_given else 403)
        assert (queries.key_of(secret, at=clock.now()) is None) is is_given
        if not is_given:
            with pytest.raises(BeyondYou):
                keys.rotate_api_key(business, key.id, old_until=AT, at=clock.now(), by=member)


def test_an_owner_gives_everything(owner: Any, business: Any) -> None:
    form = {"name": "Shop", "form_key": owner.form_key("settings/keys")}
    form |= {f"scope-{family}": "write" for family in ("customers", "invoices", "payments")}
    assert owner.post("settings/keys", form).status_code == 200
    assert names(business) == ["Shop"]
