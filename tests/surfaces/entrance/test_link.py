"""The link in the mail: whatever opens it uses nothing up; its button signs in, once."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import signing

from counterfoil.surfaces.entrance.mails import linking
from factories.mails import html_of, text_of


@pytest.fixture
def link(door, email, mails, root):
    """`link()`: asks for a mail; the path of its link and what stands behind the #."""

    def ask(**more):
        door().post("sign-in/code/", {"email": email, **more})
        found = urlsplit(re.search(r"https?://\S+#\S+", text_of(mails()[-1]))[0])
        assert found.path == f"{root}sign-in/link/"
        return found.fragment

    return ask


def test_scanners_use_nothing_up_and_another_browser_may_click(door, link, root):
    token = link()
    for scanner in (door(), door()):
        assert (
            scanner.client.head(
                f"{root}sign-in/link/", secure=True, headers={"host": scanner.host}
            ).status_code
            == 200
        )
        page = scanner.get("sign-in/link/")
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "strict-origin"
        assert not scanner.is_inside

    person = door()
    assert person.post("sign-in/link/", {"token": token})["Location"] == root
    assert person.is_inside


def test_it_is_good_once(door, link):
    token = link()
    first, second = door(), door()
    first.post("sign-in/link/", {"token": token})
    assert second.post("sign-in/link/", {"token": token}).status_code == 410
    assert not second.is_inside


def test_it_leads_on_to_where_the_person_was(door, link, root):
    token = link(next=f"{root}security/")
    assert door().post("sign-in/link/", {"token": token})["Location"] == f"{root}security/"


def test_it_is_in_both_halves_of_the_mail(link, mails):
    token = link()
    assert f"#{token}" in html_of(mails()[-1])


def test_a_second_factor_is_asked_for_all_the_same(door, link, user, app):
    app(user)
    at = door()
    assert at.post("sign-in/link/", {"token": link()})["Location"].endswith("sign-in/second/")
    assert not at.is_inside


def test_nobody_unknown_gets_one(door, mails):
    door().post("sign-in/code/", {"email": "nobody@example.com"})
    assert "#" not in text_of(mails()[-1])


@pytest.mark.parametrize("what", ["changed", "old", "password", "other door", "signed in", "off"])
def test_it_is_refused(door, link, user, what, monkeypatch, email, root):
    token = link()
    at = door()
    if what == "changed":
        token = token[:-3] + "abc"
    elif what == "old":
        monkeypatch.setattr(linking, "LIFE_SECONDS", -1)
    elif what == "password":
        user.set_password("another one")
        user.save()
    elif what == "signed in":
        door().sign_in(email)
    elif what == "off":
        user.is_active = False
        user.save()
    elif what == "other door":
        at.root = "/backoffice/" if root == "/" else "/"
    answer = at.post("sign-in/link/", {"token": token})
    assert answer.status_code == 410
    assert "was used already" in answer.content.decode()
    at.root = root
    assert not at.is_inside


def test_a_made_up_link_is_refused(door, user):
    for token in ("", "x", signing.dumps({"user": str(user.pk)}, salt="another")):
        assert door().post("sign-in/link/", {"token": token}).status_code == 410
