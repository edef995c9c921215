"""A link to a new password is good for an hour, for its person as they were, and once."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from factories.mails import text_of

NEW = {"password1": "quite another one", "password2": "quite another one"}


@pytest.fixture
def path(door, email, mails):
    """The address in a mail that was asked for, below the door."""
    at = door()
    at.post("password/reset/", {"email": email})
    link = re.search(r"https?://\S+", text_of(mails()[-1]))[0]
    return link.partition(at.host)[2].removeprefix(at.root)


def form_of(at, path):
    """The form that the link leads to; None where it leads to none."""
    opened = at.get(path)
    page = at.go_on(opened) if opened.status_code == 302 else opened
    found = re.search(r'action="([^"]*password/reset/key[^"]*)"', page.content.decode())
    return found and found[1].removeprefix(at.root)


def later(monkeypatch, minutes):
    moment = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005  as Django has it
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: moment)


def test_it_is_good_for_an_hour(door, path, monkeypatch):
    later(monkeypatch, 59)
    assert form_of(door(), path)
    later(monkeypatch, 61)
    assert form_of(door(), path) is None


def test_a_form_left_open_is_no_longer_good_than_its_link(door, path, email, monkeypatch):
    at = door()
    form = form_of(at, path)
    later(monkeypatch, 61)
    assert at.post(form, NEW).status_code == 200
    assert not door().sign_in(email, NEW["password1"]).has_header("Location")


@pytest.mark.parametrize("what", ["password", "address", "signed in"])
def test_a_person_who_changed_since_is_not_who_it_was_for(door, path, email, user, what):
    if what == "password":
        user.set_password("chosen meanwhile")
        user.save()
    elif what == "address":
        type(user).objects.filter(pk=user.pk).update(email="moved@example.com")
    else:
        door().sign_in(email)
    assert form_of(door(), path) is None


def test_whoever_is_switched_off_stays_out(door, path, email, user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    at = door()
    at.post(form_of(at, path), NEW)
    assert not at.is_inside
    at.sign_in(email, NEW["password1"])
    assert not at.is_inside


def test_it_opens_nothing_for_anybody_else(door, path):
    changed = re.sub(r"key/([0-9A-Za-z]+)-", "key/zzzz-", path)
    assert form_of(door(), changed) is None
    assert form_of(door(), path[:-3] + "ab/") is None
