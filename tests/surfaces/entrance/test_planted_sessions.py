"""A session that somebody else knows is never the one that a person signs in to, and half a sign-in
opens nothing."""

import re

import pytest
from allauth.mfa.models import Authenticator

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.sessions import SessionStore
from counterfoil.surfaces.entrance.urls import addresses
from factories import customers
from factories.businesses import AT
from surfaces.entrance.conftest import HOST

BEHIND = [
    re.sub(r"<[^>]+>", "1", where)
    for where in (str(one.pattern) for one in addresses(lambda view: view))
    if where.startswith("security/")
]


@pytest.fixture
def cookie(root):
    return "session" if root == "/" else "staff"


@pytest.mark.parametrize("planted", ["made up", "begun by a stranger", "another door's"])
def test_the_key_of_a_session_is_new_after_signing_in(door, email, root, cookie, planted):
    stranger, at = door(), door()
    key = "a" * 32
    if planted != "made up":
        ours, other = ("portal", "staff") if root == "/" else ("staff", "portal")
        store = SessionStore()
        store["door"] = ours if planted == "begun by a stranger" else other
        store.create()
        key = store.session_key
    at.client.cookies[cookie] = key
    at.sign_in(email)
    assert at.is_inside
    assert at.client.cookies[cookie].value != key
    stranger.client.cookies[cookie] = key
    assert not stranger.is_inside


def test_what_no_database_can_keep_is_no_cookie(door, cookie):
    """In quotes, `\\000` in a header is a NUL in the value."""
    at = door(raise_request_exception=False)
    for name in (cookie, "csrf", "device", "messages", "language", "look"):
        at.client.cookies[name] = "a" * 31 + "\0"
    assert at.get(at.sign_in_path).status_code == 200
    assert at.get().status_code == 302


def test_after_the_password_alone_no_address_is_open(door, email, user, app):
    app(user)
    at = door()
    assert at.sign_in(email)["Location"].endswith("sign-in/second/")
    assert len(BEHIND) > 12
    for path in BEHIND:
        for ask in (at.get, at.post):
            answer = ask(path)
            assert (path, answer.status_code) in ((path, 302), (path, 405))
            assert answer.status_code == 405 or at.sign_in_path in answer["Location"], path
    assert Authenticator.objects.filter(user=user).count() == 1
    assert not at.is_inside


def test_a_sign_in_ends_at_the_business_where_it_began(
    door, email, user, app, root, business, other_business, customer
):
    """Who may come in, and by which way, was asked there: half of it is carried nowhere else."""
    shown = app(user)
    if root == "/":
        near = customers.add_customer(other_business, "Alice")
        assert near != customer
    else:
        identity.make_member(other_business, user.pk, Role.OWNER, at=AT)
    there = door("mill.example")
    assert there.sign_in(email)["Location"].endswith("sign-in/second/")
    there.host = HOST
    there.post("sign-in/second/", {"code": shown(0)})
    assert not there.is_inside


def test_a_sign_in_ends_at_the_door_where_it_began(door, email, user, app, root, business, cookie):
    shown = app(user)
    identity.make_member(business, user.pk, Role.OWNER, at=AT)
    at = door()
    assert at.sign_in(email)["Location"].endswith("sign-in/second/")
    other = "staff" if cookie == "session" else "session"
    at.client.cookies[other] = at.client.cookies[cookie].value
    at.root = "/backoffice/" if root == "/" else "/"
    at.post("sign-in/second/", {"code": shown(0)})
    assert not at.is_inside
