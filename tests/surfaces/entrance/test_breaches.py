"""A password that was stolen elsewhere is refused wherever one is set, if the operator names a
list of them."""

import hashlib
import re

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings

from factories.mails import text_of
from surfaces.entrance.conftest import PASSWORD

STOLEN = "the harbour lights of 1987"
FREE = "seven gulls over the harbour"
WORDS = "This password stands in a list of passwords that were stolen from other sites"
AWAY = "Passwords can’t be checked at the moment, so this one was not taken."


@pytest.fixture(autouse=True)
def listed(tmp_path):
    """The operator's list, with a few passwords in it."""
    path = tmp_path / "hashes.txt"
    stolen = (hashlib.sha1(one.encode()).hexdigest() for one in (STOLEN, "letmein", "gull"))
    path.write_text("".join(f"{one.upper()}:3\n" for one in sorted(stolen)))
    with override_settings(BREACHED_PASSWORDS=path):
        yield path


def opens(door, email, password):
    at = door()
    at.sign_in(email, password)
    return at.is_inside


@pytest.fixture(params=["reset", "changed", "set"])
def give(request, door, email, mails, code):
    """`give("a new one")`: what the form answers by which a person gets another password."""

    def reset(new):
        at = door()
        at.post("password/reset/", {"email": email})
        link = re.search(r"https?://\S+", text_of(mails()[-1]))[0]
        form = at.get(link.partition(at.host)[2].removeprefix(at.root))["Location"]
        return at.post(form.removeprefix(at.root), new)

    def changed(new):
        at = door()
        at.sign_in(email)
        return at.post("security/password/", new | {"oldpassword": PASSWORD})

    def first(new):
        get_user_model().objects.filter(email=email).update(password="!none")
        at = door()
        at.post("sign-in/code/", {"email": email})
        assert at.post("sign-in/code/confirm/", {"code": code()}).status_code == 302
        return at.post("security/password/set/", new)

    send = {"reset": reset, "changed": changed, "set": first}[request.param]
    return lambda password: send({"password1": password, "password2": password})


def test_a_stolen_one_is_refused_in_kind_words(give, door, email):
    page = give(STOLEN)
    assert page.status_code == 200
    assert f"{WORDS}, so strangers may try it. It is not your fault" in page.content.decode()
    assert not opens(door, email, STOLEN)


def test_any_other_is_taken(give, door, email):
    assert give(FREE).status_code == 302
    assert opens(door, email, FREE)


def test_while_the_list_is_away_none_is_taken(give, door, email, listed, caplog):
    listed.unlink()
    page = give(FREE)
    assert page.status_code == 200
    assert AWAY in page.content.decode()
    assert not opens(door, email, FREE)
    assert f"a password was refused without a look for it: {listed} can't be read" in caplog.text
    assert FREE not in caplog.text


def test_without_a_list_any_is_taken(give, door, email):
    with override_settings(BREACHED_PASSWORDS=None):
        assert give(STOLEN).status_code == 302
    assert opens(door, email, STOLEN)
