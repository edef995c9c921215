"""Passwords: what is refused as one, how they are typed, and that a change asks for the old one."""

import re

import pytest

from factories.mails import text_of
from surfaces.entrance.conftest import PASSWORD

GOOD = "Gräfin Ödön, 3 Möwen "  # with its capitals, its letters of elsewhere, its last blank
LONG = "seven gulls over the harbour " * 10
FIELD = re.compile(r"<input\b[^>]*>")
PAGES = ("security/password/", "security/confirm/")


@pytest.fixture
def reset(door, email, mails):
    """`reset("a new one")`: what the form of the mailed link answers to it."""

    def send(password):
        at = door()
        at.post("password/reset/", {"email": email})
        link = re.search(r"https?://\S+", text_of(mails()[-1]))[0]
        form = at.get(link.partition(at.host)[2].removeprefix(at.root))["Location"]
        new = {"password1": password, "password2": password}
        return at.post(form.removeprefix(at.root), new)

    return send


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("gull 12", "too short"),
        ("sunshine1", "too common"),
        ("4839201746", "entirely numeric"),
        ("alice@example", "too similar to the"),
        ("HarrowWater!26", "the name of this business"),
        ("counterfoil-2026", "the name of this business"),
    ],
)
def test_what_is_guessed_first_is_refused(reset, door, email, password, words):
    page = reset(password)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not _opens(door, email, password)
    assert _opens(door, email, PASSWORD)


@pytest.mark.parametrize("password", [GOOD, LONG, "the water of harrow is clear today"])
def test_any_other_is_taken_as_it_is_typed(reset, door, email, password):
    assert reset(password).status_code == 302
    near = (password.strip(" ") + "x", password.lower(), password[:64], password.replace("ö", "o"))
    assert [one for one in near if one != password and _opens(door, email, one)] == []
    assert _opens(door, email, password)


def test_it_is_changed_by_who_knows_the_old_one(door, email):
    at = door()
    at.sign_in(email)
    new = {"password1": GOOD, "password2": GOOD}
    refused = at.post("security/password/", new | {"oldpassword": "another one"})
    assert refused.status_code == 200
    assert not _opens(door, email, GOOD)
    assert at.post("security/password/", new | {"oldpassword": PASSWORD}).status_code == 302
    assert (_opens(door, email, PASSWORD), _opens(door, email, GOOD)) == (False, True)


def test_nobody_reads_over_a_shoulder(door, email, mails):
    """Every field for a password is a masked one, which managers of passwords know."""
    at = door()
    drawn = [at.get(at.sign_in_path)]
    at.post("password/reset/", {"email": email})
    link = re.search(r"https?://\S+", text_of(mails()[-1]))[0]
    drawn.append(at.go_on(at.get(link.partition(at.host)[2].removeprefix(at.root))))
    at.sign_in(email)
    drawn += [at.get(path) for path in PAGES]
    fields = [one for page in drawn for one in FIELD.findall(page.content.decode())]
    found = [one for one in fields if re.search(r'name="[^"]*password', one)]
    assert len(found) == 7
    for one in found:
        assert 'type="password"' in one
        assert re.search(r'autocomplete="(current|new)-password"', one)


def _opens(door, email, password):
    at = door()
    at.sign_in(email, password)
    return at.is_inside
