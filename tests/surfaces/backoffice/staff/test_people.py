"""Who works here: asked by mail, given roles, sent away; nobody reaches further than themselves."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.roles import RIGHTS, Act, Limit, Right, Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.secrets import joining_secret
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.flows.letters import send_staff
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Forbidden, NotFound
from counterfoil.kernel.ids import encode
from factories.businesses import AT
from factories.mails import PostScript
from factories.staff import colleague, hire, member_of, own_role, sign_in
from factories.statements import counted
from ledger_text import counts


def roles_of(business: Any) -> dict[str, str]:
    with reading(business):
        return {one.email: str(one.role or one.role_name) for one in queries.members(business)}


def invited(business: Any) -> Any:
    with reading(business):
        return team.open_invitations(business)


def link(business: Any) -> str:
    (one,) = invited(business)
    return f"join/{joining_secret(business, one.id)}"


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_somebody_is_asked_by_mail_and_joins_with_a_password(
    owner: Any, business: Any, visitor: Callable[..., Any], post: PostScript
) -> None:
    answer = owner.post("settings/people", {"email": "Ada@harrow.example ", "role": "collector"})
    assert answer.status_code == 302
    (asked,) = invited(business)
    assert send_staff.send_joining(business, asked.id, at=clock.now())
    (mail,) = post.sent
    assert mail.recipient == "ada@harrow.example"
    assert f"/backoffice/{link(business)}" in mail.text

    somebody = visitor()
    page = body(somebody.get(link(business)))
    assert "as: Collector" in page
    assert roles_of(business).get("ada@harrow.example") is None  # a scanner's look takes nothing
    form = {"name": "Ada", "password": "horse"}
    assert somebody.post(link(business), form).status_code == 422
    form["password"] = "correct battery horse staple"
    token = link(business)
    assert somebody.post(token, form).status_code == 302
    assert roles_of(business)["ada@harrow.example"] == "collector"
    assert invited(business) == []
    assert somebody.post(token, form).status_code == 404
    login = {"login": "ada@harrow.example", "password": form["password"]}
    assert somebody.post("sign-in", login).status_code == 302
    assert somebody.get("").status_code == 200


def test_nobody_joins_with_a_password_that_was_stolen_elsewhere(
    owner: Any, business: Any, visitor: Callable[..., Any], tmp_path: Path
) -> None:
    form = {"name": "Ada", "password": "correct battery horse staple"}
    listed = tmp_path / "hashes.txt"
    listed.write_text(f"{hashlib.sha1(form['password'].encode()).hexdigest()}:9\n")
    owner.post("settings/people", {"email": "ada@harrow.example", "role": "collector"})
    with override_settings(BREACHED_PASSWORDS=listed):
        answer = visitor().post(link(business), form)
        assert answer.status_code == 422
        assert "stolen from other sites" in body(answer)
        assert "ada@harrow.example" not in roles_of(business)
        free = form | {"password": "another horse and staple"}
        assert visitor().post(link(business), free).status_code == 302
    assert roles_of(business)["ada@harrow.example"] == "collector"


def test_a_browser_can_send_the_form_of_an_invitation(
    owner: Any, business: Any, visitor: Callable[..., Any]
) -> None:
    """It names the origin of a form only if the page's own policy leaves it one."""
    owner.post("settings/people", {"email": "ada@harrow.example", "role": "collector"})
    somebody = visitor(enforce_csrf_checks=True)
    page = somebody.get(link(business))
    policy = page["Referrer-Policy"]
    secrets = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    answer = somebody.post(
        link(business),
        {"csrfmiddlewaretoken": secrets[-1], "name": "Ada", "password": "correct battery horse"},
        headers={"origin": "null" if policy == "no-referrer" else "https://harrow.example"},
    )
    assert answer.status_code == 302
    assert roles_of(business)["ada@harrow.example"] == "collector"


def test_a_sign_in_that_is_there_keeps_its_password(
    owner: Any, business: Any, other_business: Any, visitor: Callable[..., Any]
) -> None:
    email = hire(other_business, Role.FINANCE, "both@mill.example")
    owner.post("settings/people", {"email": email, "role": "readonly"})
    somebody = visitor()
    assert 'name="password"' not in body(somebody.get(link(business)))
    assert somebody.post(link(business), {"password": "taken over by the link"}).status_code == 302
    assert sign_in(somebody, email).get("").status_code == 200


def test_a_link_ends_is_withdrawn_and_is_of_one_business(
    owner: Any, business: Any, other_business: Any, visitor: Callable[..., Any]
) -> None:
    owner.post("settings/people", {"email": "ada@harrow.example", "role": "readonly"})
    (asked,) = invited(business)
    token = link(business)
    assert visitor("mill.example").get(token).status_code == 404
    with pytest.raises(NotFound), reading(business):
        team.invitation(business, asked.id, at=asked.expires_at)
    owner.post(f"settings/invitations/{encode('ivt', asked.id)}/withdraw")
    assert visitor().get(token).status_code == 404
    assert visitor().get(token[:-1]).status_code == 404


@pytest.mark.parametrize(
    ("email", "status"),
    [("nonsense", 422), ("owner@", 422), ("colleague-readonly@{tail}.example", 422)],
)
def test_who_can_not_be_asked(owner: Any, business: Any, email: str, status: int) -> None:
    colleague(business)
    form = {"email": email.format(tail=business.hex[-8:]), "role": "readonly"}
    assert owner.post("settings/people", form).status_code == status
    assert invited(business) == []


def test_a_role_is_changed_and_its_person_loses_it_at_once(
    owner: Any, desk: Callable[..., Any], business: Any
) -> None:
    finance = desk(Role.FINANCE)
    with reading(business):
        (user_id,) = [one.user_id for one in queries.members(business) if one.role == Role.FINANCE]
    assert finance.get("import/").status_code == 200
    assert owner.post(f"settings/people/{user_id}", {"role": "readonly"}).status_code == 302
    assert finance.get("import/").status_code == 403
    assert owner.post(f"settings/people/{user_id}/remove").status_code == 302
    assert finance.get("").status_code == 302  # to the sign-in page
    with reading(business):
        assert [
            one.is_former for one in queries.colleagues(business) if one.user_id == user_id
        ] == [True]


def test_nobody_promotes_themselves_and_the_last_owner_stays(owner: Any, business: Any) -> None:
    with reading(business):
        (me,) = [one.user_id for one in queries.members(business)]
    for path, form in ((f"settings/people/{me}", {"role": "readonly"}),
                       (f"settings/people/{me}/remove", {})):  # fmt: skip
        answer = owner.post(path, form)
        assert (answer.status_code, "last owner" in body(answer)) == (403, True)
    other = colleague(business, Role.OWNER)
    answer = owner.post(f"settings/people/{me}", {"role": "readonly"})
    assert (answer.status_code, "their own role" in body(answer)) == (403, True)
    assert owner.post(f"settings/people/{other}/remove").status_code == 302
    assert roles_of(business) == {owner_email(business): "owner"}


def owner_email(business: Any) -> str:
    return f"owner@{business.hex[-8:]}.example"


def test_who_may_ask_people_in_gives_no_more_than_they_have(business: Any) -> None:
    owner_id = colleague(business, Role.OWNER)
    chief = staffing.save_role(
        business, None, "Chief", [Right.PEOPLE, Right.REFUND], [Limit(Act.REFUND, "EUR", 5_000)],
        at=AT, by=owner_id,
    )  # fmt: skip
    boss = colleague(business, Role.READONLY)
    staffing.change_post(business, boss, Post(own_role_id=chief), at=AT, by=owner_id)
    assert member_of(business, boss).rights == {Right.SEE, Right.PEOPLE, Right.REFUND}
    for wanted in (
        lambda: staffing.invite(business, "a@b.example", Post(Role.OWNER), at=AT, by=boss),
        lambda: staffing.invite(business, "a@b.example", Post(Role.FINANCE), at=AT, by=boss),
        lambda: staffing.save_role(business, None, "Kin", [Right.CREDIT], [], at=AT, by=boss),
        lambda: staffing.save_role(business, None, "Kin", [Right.REFUND], [], at=AT, by=boss),
        lambda: staffing.save_role(
            business, None, "Kin", [Right.REFUND], [Limit(Act.REFUND, "EUR", 5_001)],
            at=AT, by=boss,
        ),
        lambda: staffing.save_role(
            business, None, "Kin", [Right.REFUND], [Limit(Act.REFUND, "USD", 1)], at=AT, by=boss
        ),
        lambda: staffing.save_role(business, chief, "Chief", [Right.SEE], [], at=AT, by=boss),
        lambda: staffing.remove_member(business, owner_id, at=AT, by=boss),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            wanted()
    staffing.invite(business, "a@b.example", Post(Role.READONLY), at=AT, by=boss)


def asked_in(business: Any, by: Any) -> None:
    """Somebody is asked to be an owner, somebody to be of finance, somebody to read."""
    for role in (Role.OWNER, Role.FINANCE, Role.READONLY):
        staffing.invite(business, f"{role}@new.example", Post(role), at=clock.now(), by=by)


def waiting(business: Any) -> set[str]:
    return {one.email.partition("@")[0] for one in invited(business)}


def test_who_leaves_takes_their_invitations_along(
    owner: Any, business: Any, visitor: Callable[..., Any]
) -> None:
    other = colleague(business, Role.OWNER)
    staffing.invite(business, "ada@new.example", Post(Role.OWNER), at=clock.now(), by=other)
    token = link(business)
    owner.post("settings/people", {"email": "kept@new.example", "role": "owner"})
    assert owner.post(f"settings/people/{other}/remove").status_code == 302
    assert waiting(business) == {"kept"}
    assert visitor().get(token).status_code == 404
    assert visitor().post(token, {"name": "A", "password": "a long one 92"}).status_code == 404
    assert "ada@new.example" not in roles_of(business)


def test_who_may_do_less_has_asked_nobody_in_for_more(owner: Any, business: Any) -> None:
    boss, other = colleague(business, Role.OWNER), colleague(business, Role.FINANCE)
    limit = Limit(Act.REFUND, "EUR", 5_000)
    hr = staffing.save_role(business, None, "HR", list(Right), [], at=AT, by=boss)
    staffing.change_post(business, other, Post(own_role_id=hr), at=AT, by=boss)
    for role in (Role.FINANCE, Role.READONLY):
        staffing.invite(business, f"{role}@new.example", Post(role), at=clock.now(), by=other)
    assert waiting(business) == {"finance", "readonly"}
    staffing.save_role(business, hr, "HR", list(Right), [limit], at=clock.now(), by=boss)
    assert waiting(business) == {"readonly"}  # finance refunds without a limit
    staffing.save_role(business, hr, "HR", [Right.REFUND], [], at=clock.now(), by=boss)
    assert waiting(business) == set()  # and asks nobody in any more


def test_who_gets_another_role_keeps_what_they_may_still_ask(owner: Any, business: Any) -> None:
    boss, other = colleague(business, Role.OWNER), colleague(business, Role.FINANCE)
    hr = staffing.save_role(business, None, "HR", [Right.PEOPLE], [], at=AT, by=boss)
    staffing.change_post(business, other, Post(Role.OWNER), at=AT, by=boss)
    asked_in(business, other)
    assert waiting(business) == {"owner", "finance", "readonly"}
    staffing.change_post(business, other, Post(own_role_id=hr), at=clock.now(), by=boss)
    assert waiting(business) == {"readonly"}
    staffing.change_post(business, other, Post(Role.READONLY), at=clock.now(), by=boss)
    assert waiting(business) == set()


@pytest.mark.parametrize("path", ["settings/people", "settings/people/{id}"])
def test_tags_that_can_not_be_are_told_beside_the_form(
    owner: Any, business: Any, path: str
) -> None:
    where = path.format(id=colleague(business, Role.FINANCE))
    form = {"email": "new@new.example", "role": "finance"}
    too_many = ", ".join(str(number) for number in range(21))
    for tags in ("x" * 41, too_many):
        answer = owner.post(where, form | {"tags": tags})
        assert answer.status_code == 422
        assert f'value="{tags}"' in body(answer)
    assert invited(business) == []


def test_a_role_of_its_own_gives_just_its_rights(
    owner: Any, business: Any, visitor: Callable[..., Any]
) -> None:
    form = {"name": "Chaser", "right-edit_invoices": "on", "right-refund": "on",
            "limit-refund-EUR": "50"}  # fmt: skip
    assert owner.post("settings/roles/new", form).status_code == 302
    with reading(business):
        (made,) = [one for one in team.roles(business) if one.id]
    assert made.rights == {Right.SEE, Right.EDIT_INVOICES, Right.REFUND}
    assert made.limits == (Limit(Act.REFUND, "EUR", 5_000),)
    email = hire(business, Role.READONLY, "chaser@harrow.example")
    with reading(business):
        (user_id,) = [one.user_id for one in queries.members(business) if one.email == email]
    owner.post(f"settings/people/{user_id}", {"role": encode("rol", made.id)})
    chaser = sign_in(visitor(), email)
    assert chaser.get("invoices/new").status_code == 200
    assert chaser.get("settings/people").status_code == 403
    page = body(chaser.get(""))
    assert "Chaser" in page
    assert "/backoffice/import/" not in page
    assert owner.post(f"settings/roles/{encode('rol', made.id)}/remove").status_code == 302
    assert roles_of(business)[email] == "Chaser"  # in use: not removed
    owner.post(f"settings/people/{user_id}", {"role": "readonly"})
    owner.post(f"settings/roles/{encode('rol', made.id)}/remove")
    with reading(business):
        assert [one for one in team.roles(business) if one.id] == []


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": ""}, "This is needed."),
        ({"name": "x" * 61}, "At most 60 characters"),
        ({"name": "Kin", "limit-refund-EUR": "much"}, "amount like"),
    ],
)
def test_what_is_no_role(owner: Any, business: Any, form: dict[str, str], words: str) -> None:
    before = counts(business)
    answer = owner.post("settings/roles/new", form)
    assert (answer.status_code, words in body(answer)) == (422, True)
    assert counts(business) == before


def test_extra_fields_change_nothing(owner: Any, business: Any) -> None:
    user_id = colleague(business)
    form = {"role": "support", "rights": "owner", "ended_at": "2020-01-01", "user_id": "x"}
    owner.post(f"settings/people/{user_id}", form)
    assert member_of(business, user_id).rights == RIGHTS[Role.SUPPORT]


def test_another_businesss_people_and_roles_are_not_there(
    owner: Any, business: Any, other_business: Any
) -> None:
    stranger, role = colleague(other_business), own_role(other_business)
    for path in (f"settings/people/{stranger}", f"settings/people/{stranger}/remove",
                 f"settings/roles/{encode('rol', role)}",
                 f"settings/roles/{encode('rol', role)}/remove"):  # fmt: skip
        assert owner.post(path, {"role": "owner", "name": "Mine"}).status_code == 404
    mine = colleague(business)
    assert owner.post(f"settings/people/{mine}", {"role": encode("rol", role)}).status_code == 422
    assert member_of(business, mine).role == Role.READONLY


def test_what_was_refused_stands_in_the_trail(desk: Callable[..., Any], business: Any) -> None:
    reader = desk(Role.READONLY)
    assert (
        reader.post("settings/people", {"email": "a@b.example", "role": "owner"}).status_code == 403
    )
    with reading(business):
        (note,) = audit.notes(business, kinds=["refused"])
    assert (note.subject, note.actor.split(":")[0]) == ("page:backoffice_people", "staff")
    assert invited(business) == []


def test_the_list_costs_the_same_however_many_there_are(owner: Any, business: Any) -> None:
    colleague(business)
    owner.get("settings/people")
    with counted() as with_two:
        owner.get("settings/people")
    colleague(business, Role.FINANCE)
    colleague(business, Role.SUPPORT)
    with counted() as with_four:
        owner.get("settings/people")
    assert with_two.count == with_four.count
    assert re.search("Support", body(owner.get("settings/people")))
