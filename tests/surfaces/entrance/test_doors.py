"""One set of pages at two doors: who comes in, who does not, and that nobody learns why."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import override_settings

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.models import Session
from counterfoil.domain.identity.roles import Role
from factories.businesses import AT
from surfaces.entrance.conftest import PASSWORD


def error_of(response):
    return re.search(r'role="alert">(.*?)</div>', response.content.decode(), re.DOTALL)[1].strip()


def bare(response):
    """The page without what differs with every answer: the form's secret and what was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return re.sub(r'value="[^"]*@[^"]*"', "", text)


def test_a_password_opens_the_door_and_leads_on(door, email, root):
    at = door()
    onward = f"{root}security/"
    assert (
        at.get("security/")["Location"]
        == f"{root}{at.sign_in_path}?next={onward.replace('/', '%2F')}"
    )

    assert at.sign_in(email.upper(), next=onward)["Location"] == onward
    assert at.get("security/").status_code == 200


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_a_strange_address_is_never_gone_on_to(door, email, root, onward):
    assert door().sign_in(email, next=onward)["Location"] == root


def test_the_other_door_s_pages_are_never_gone_on_to(door, email, root):
    other = "/backoffice/" if root == "/" else "/invoices/"
    assert door().sign_in(email, next=other)["Location"] == root


def test_nobody_learns_why_it_did_not_open(door, email, business, other_business, root, app):
    """Unknown, wrong, switched off, of the neighbour, and with a second factor: one answer."""
    users = get_user_model().objects
    off = identity.make_user("off@example.com", name="Off", password=PASSWORD)
    neighbour = identity.make_user("near@example.com", name="Near", password=PASSWORD)
    for one, where in ((off, business), (neighbour, other_business)):
        identity.make_member(where, one, Role.OWNER, at=AT)
    users.filter(id=off).update(is_active=False)
    app(users.get(email=email))
    tries = [
        ("nobody@example.com", PASSWORD), (email, "wrong"), ("off@example.com", PASSWORD),
        ("near@example.com", PASSWORD),
    ]  # fmt: skip

    answers = [door().sign_in(*one) for one in tries]

    assert {answer.status_code for answer in answers} == {200}
    assert len({bare(answer) for answer in answers}) == 1
    assert len({frozenset(answer.cookies) for answer in answers}) == 1


class CountingHasher(MD5PasswordHasher):
    """Counts how often it works: what takes the time of a sign-in."""

    count = 0

    def encode(self, password, salt):
        type(self).count += 1
        return super().encode(password, salt)


def test_nobody_learns_why_from_the_clock(door, email, user, business):
    """The password is hashed once, whoever is asked for: all else is microseconds."""
    off = identity.make_user("off@example.com", name="Off", password=PASSWORD)
    get_user_model().objects.filter(pk=off).update(is_active=False)
    identity.make_user("none@example.com", name="None", password=None)
    hasher = f"{CountingHasher.__module__}.CountingHasher"
    with override_settings(PASSWORD_HASHERS=[hasher]):
        for address in (email, "off@example.com", "none@example.com", "nobody@example.com"):
            CountingHasher.count = 0
            door().sign_in(address, "wrong")
            assert (address, CountingHasher.count) == (address, 1)


def test_a_code_and_a_new_password_tell_as_little(door, email, other_business, mails, root):
    neighbour = identity.make_user("near@example.com", name="Near", password=PASSWORD)
    identity.make_member(other_business, neighbour, Role.OWNER, at=AT)
    for path in ("sign-in/code/", "password/reset/"):
        answers = [
            door().post(path, {"email": one})
            for one in (email, "near@example.com", "nobody@example.com")
        ]
        assert [answer.status_code for answer in answers] == [302, 302, 302]
        assert len({answer["Location"] for answer in answers}) == 1
    told = [
        (one["To"], "code" in one["Subject"] or "new password" in one["Subject"]) for one in mails()
    ]
    assert told == [
        (email, True), ("near@example.com", False), ("nobody@example.com", False),
    ] * 2  # fmt: skip


def test_a_mailed_code_opens_the_door_once(door, email, code):
    at, elsewhere = door(), door()
    at.post("sign-in/code/", {"email": email})
    right = code()
    assert elsewhere.post("sign-in/code/confirm/", {"code": right}).status_code == 302
    assert not elsewhere.is_inside

    assert at.post("sign-in/code/confirm/", {"code": "WRONG1"}).status_code == 200
    assert at.post("sign-in/code/confirm/", {"code": right}).status_code == 302
    assert at.is_inside


def test_a_session_is_of_one_door(door, email, business, root):
    """The key of the one door's session opens nothing behind the other, whoever it is of."""
    user = get_user_model().objects.get(email=email)
    identity.make_member(business, user.pk, Role.OWNER, at=AT)
    at = door()
    at.sign_in(email)
    ours, theirs = ("session", "staff") if root == "/" else ("staff", "session")
    other = "/backoffice/" if root == "/" else "/"
    name = next(one for one in at.client.cookies if one.endswith(ours))
    at.client.cookies[name.replace(ours, theirs)] = at.client.cookies[name].value
    for prefix in ("", "__Host-", "__Secure-"):
        at.client.cookies[prefix + theirs] = at.client.cookies[name].value
    at.root = other
    assert not at.is_inside


def test_the_key_changes_at_sign_in_and_dies_at_sign_out(door, email, root):
    at = door()
    at.get("sign-in/code/")
    at.sign_in(email)
    cookie = "staff" if root != "/" else "session"
    first = at.client.cookies[cookie].value
    at.post("sign-out" if root != "/" else "sign-out/")
    at.client.cookies[cookie] = first
    assert not at.is_inside
    at.sign_in(email)
    assert at.client.cookies[cookie].value != first


@pytest.mark.parametrize("how", ["password", "off"])
def test_sessions_die_at_once(door, email, user, how):
    here, there = door(), door()
    for one in (here, there):
        one.sign_in(email)
        assert one.is_inside
    if how == "off":
        get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.set_password("another password")
        user.save()
    assert not here.is_inside
    assert not there.is_inside


def test_a_new_password_by_mail_opens_nothing_by_itself(door, email, user, mails, app):
    from factories.mails import text_of

    shown = app(user)
    at = door()
    at.post("password/reset/", {"email": email})
    link = re.search(r"https?://\S+", text_of(mails()[-1]))[0]
    path = link.partition(at.host)[2].removeprefix(at.root)
    head = at.client.head(at.root + path, secure=True, headers={"host": at.host})
    assert head.status_code == 302
    opened = at.get(path)
    assert opened["Referrer-Policy"] == "no-referrer"
    form = at.get(opened["Location"].removeprefix(at.root))
    assert form["Referrer-Policy"] == "strict-origin"
    action = re.search(r'action="([^"]*password/reset/key[^"]*)"', form.content.decode())[1]
    new = {"password1": "quite another one", "password2": "quite another one"}
    at.client.post(action, new, secure=True, headers={"host": at.host})
    assert not at.is_inside

    assert at.sign_in(email, "quite another one")["Location"].endswith("sign-in/second/")
    assert not at.is_inside
    at.post("sign-in/second/", {"code": shown(0)})
    assert at.is_inside
    assert "does not work" in door().get(path).content.decode()  # used up


def test_forms_without_their_secret_are_refused(door, email):
    assert door(enforce_csrf_checks=True).sign_in(email).status_code == 403


def test_the_password_is_not_endless(door, email):
    answer = door().sign_in(email, "x" * 1001)
    assert answer.status_code == 200
    assert "at most" in answer.content.decode()


def test_the_last_use_costs_a_write_every_ten_minutes_only(door, email):
    from datetime import timedelta

    from counterfoil.kernel import clock

    at = door()
    at.sign_in(email)
    first = Session.objects.get(opened_at__isnull=False).last_seen_at
    assert at.is_inside
    assert Session.objects.get(opened_at__isnull=False).last_seen_at == first
    Session.objects.update(last_seen_at=clock.now() - timedelta(minutes=11))
    assert at.is_inside
    assert Session.objects.get(opened_at__isnull=False).last_seen_at > first


def test_the_page_to_sign_out_knows_that_somebody_is_in(door, email, root):
    at = door()
    at.sign_in(email)
    page = at.get(at.sign_in_path.replace("in", "out")).content.decode()
    assert f'<a href="{root}">Stay signed in</a>' in page
    assert ">Sign in</a>" not in page
