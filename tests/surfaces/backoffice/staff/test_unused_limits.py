"""A limit is for what a role may do: one that it could never use is not offered, and refused."""

import re
from typing import Any
from uuid import UUID

import pytest

from counterfoil.domain.identity.roles import RIGHT_OF, RIGHTS, Act, Role
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from factories.staff import Desk

WORDS = "This role may not do this, so there is nothing to limit."
MONEY = (Act.REFUND, Act.WRITE_OFF, Act.CREDIT)


def offered(html: str) -> set[str]:
    return set(re.findall(r'name="limit-(\w+)-EUR"', html))


def limits(business: Any) -> list[Any]:
    with reading(business):
        return [limit for one in team.roles(business) for limit in one.limits]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_a_ready_made_role_is_offered_what_it_may_do(owner: Desk, role: Role) -> None:
    html = owner.get(f"settings/roles/{role}").content.decode()
    may = {act.value for act in MONEY if RIGHT_OF[act] in RIGHTS[role]}
    assert offered(html) == may
    assert ("This role moves no money, so there is nothing to limit." in html) is not may
    assert (re.search(r"<button[^>]*>Save</button>", html) is None) is not may


@pytest.mark.parametrize("role", [Role.READONLY, Role.SUPPORT])
def test_a_limit_that_is_never_used_is_refused(owner: Desk, business: Any, role: Role) -> None:
    answer = owner.post(f"settings/roles/{role}", {"limit-refund-EUR": "50"})
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert limits(business) == []


def test_an_own_role_is_told_beside_the_field(owner: Desk, business: Any) -> None:
    form = {"name": "Reader", "limit-refund-EUR": "50", "limit-write_off-EUR": ""}
    answer = owner.post("settings/roles/new", form)
    html = answer.content.decode()
    assert (answer.status_code, limits(business)) == (422, [])
    assert html.count(WORDS) == 1
    assert 'id="limit-refund-EUR-error' in html or "aria-invalid" in html
    assert owner.post("settings/roles/new", form | {"right-refund": "on"}).status_code == 302
    assert [one.act for one in limits(business)] == [Act.REFUND]


def test_a_right_that_is_taken_takes_its_limit(owner: Desk, business: Any) -> None:
    form = {"name": "Reader", "right-refund": "on", "limit-refund-EUR": "50"}
    owner.post("settings/roles/new", form)
    with reading(business):
        [found] = [one.id for one in team.roles(business) if one.name == "Reader"]
    assert isinstance(found, UUID)
    path = f"settings/roles/{encode('rol', found)}"
    assert owner.post(path, {"name": "Reader", "limit-refund-EUR": "50"}).status_code == 422
    assert owner.post(path, {"name": "Reader", "limit-refund-EUR": ""}).status_code == 302
    assert limits(business) == []
