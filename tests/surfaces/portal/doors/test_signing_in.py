"""Who tries too often is told how long to wait, whether their address is known or not."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings

from counterfoil.domain.identity import operations as identity

WRONG = {"login": "alice@example.com", "password": "wrong"}
WAIT_MAX = 300


@pytest.fixture
def cheaply():
    """Passwords are hashed cheaply: many are tried here."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


def told(page):
    """What the page says is wrong."""
    return re.search(r"Too many tries\. Try again in [0-9]+ minutes?\.", page.content.decode())


def tried_until_refused(portal, path, form, tries):
    """Each try from a browser of its own: it is the address that is counted."""
    answers = [portal().post(path, form) for _ in range(tries + 1)]
    assert all(answer.status_code != 429 for answer in answers[:-1])
    return answers[-1]


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_too_many_wrong_passwords(portal, customer, cheaply, email):
    identity.make_user("alice@example.com", name="Alice", password="right and long")

    refused = tried_until_refused(portal, "/sign-in/", WRONG | {"login": email}, 5)

    assert refused.status_code == 429
    assert 60 < int(refused["Retry-After"]) <= WAIT_MAX
    assert told(refused)[0] == "Too many tries. Try again in 5 minutes."
    assert email in refused.content.decode()  # what was typed is still there


def test_the_right_password_waits_too(portal, customer, cheaply):
    user_id = identity.make_user("alice@example.com", name="Alice", password="right and long")
    assert get_user_model().objects.filter(id=user_id).exists()
    tried_until_refused(portal, "/sign-in/", WRONG, 5)

    refused = portal().post("/sign-in/", WRONG | {"password": "right and long"})

    assert (refused.status_code, bool(told(refused))) == (429, True)


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_too_many_codes(portal, customer, email):
    refused = tried_until_refused(portal, "/sign-in/code/", {"email": email}, 3)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert told(refused)[0] == "Too many tries. Try again in 1 minute."


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_too_many_new_passwords(portal, customer, email):
    refused = tried_until_refused(portal, "/password/reset/", {"email": email}, 5)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "Please try again in 1 minute." in refused.content.decode()
