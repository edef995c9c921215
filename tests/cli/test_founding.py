"""`counterfoil business found`: a business, its addresses and its owner, or nothing."""

import pytest

from counterfoil.domain.business import queries
from counterfoil.domain.business.hosts import Door
from counterfoil.domain.identity.queries import members
from counterfoil.domain.identity.roles import Role
from counterfoil.infra.db import reading

NEEDED = (
    *("business", "found", "harrow", "--name", "Harrow Water", "--currency", "gbp"),
    *("--host", "https://Pay.Harrow.example/", "--owner-email", "Olive@harrow.example"),
    *("--owner-name", "Olive Owen"),
)


def _with(**changed):
    """The needed options, some of them changed."""
    given = list(NEEDED)
    for name, value in changed.items():
        option = "--" + name.replace("_", "-")
        if option in given:
            given[given.index(option) + 1] = value
        else:
            given += [option, value]
    return given


def test_the_owner_of_a_new_business_signs_in_with_a_mailed_code(here):
    code, said, _ = here(*NEEDED)

    assert code == 0
    assert "://pay.harrow.example/backoffice/" in said
    [business] = queries.every()
    assert (business.slug, business.name, business.currency) == ("harrow", "Harrow Water", "GBP")
    with reading(business.id):
        [owner] = [one for one in members(business.id) if one.role is Role.OWNER]
    assert (owner.email, owner.name) == ("olive@harrow.example", "Olive Owen")
    said = here("business", "list")[1]
    assert said.split()[:2] == ["harrow", "GBP"]
    assert "pay.harrow.example (both)" in said


def test_staff_may_have_a_host_of_their_own(here):
    code, said, _ = here(*_with(staff_host="office.harrow.example"))

    assert code == 0
    assert "://office.harrow.example/backoffice/" in said
    [business] = queries.every()
    doors = {one.host: one.door for one in queries.hosts(business.id)}
    assert doors == {"pay.harrow.example": Door.PORTAL, "office.harrow.example": Door.STAFF}


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("currency", "EURO", "ISO 4217"), ("host", "not a host", "--host"),
     ("owner_email", "olive", "no mail address"), ("locale", "xx", "--locale"),
     ("timezone", "Mars/Olympus", "--timezone"), ("name", " ", "--name"),
     ("staff_host", "pay.harrow.example", "--staff-host")],
)  # fmt: skip
def test_what_can_not_be_is_told_in_a_line_and_founds_nothing(here, option, value, words):
    code, _, told = here(*_with(**{option: value}))

    assert code == 1
    assert words in told
    assert len(told.strip().splitlines()) == 1
    assert queries.every() == []


@pytest.mark.parametrize("changed", [{"host": "pay.other.example"}, {}])
def test_a_second_one_of_the_same_name_or_host_is_refused(here, changed):
    assert here(*NEEDED)[0] == 0
    again = _with(**changed)
    if not changed:
        again[2] = "mill"
    code, _, told = here(*again)
    assert code == 1
    assert "Nothing was founded." in told
    assert len(queries.every()) == 1
