"""A session that somebody else knows is never the one that a person signs in to, and half a sign-in
opens nothing."""

import re

import pytest
from allauth.mfa.models import Authenticator

from counterfoil.domain.identity.sessions import SessionStore
from counterfoil.surfaces.entrance.urls import addresses

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
