"""Codes can't be tried through: tries are counted for the person over all sessions and requests,
and nobody looks at a code beyond the limit, not even at the right one."""

import pytest

from counterfoil.infra.db import execute
from counterfoil.infra.limits import CODE_GUESSES
from races.racing import race
from surfaces.entrance.test_factors import grow_old

CONFIRM = "sign-in/code/confirm/"


def wrong_tries(at, path, form, count):
    """What so many wrong codes are answered."""
    return [at.post(path, form | {"code": "WRON-GONE"}).status_code for _ in range(count)]


def test_many_sessions_give_no_more_tries_to_sign_in(door, email, code):
    """Each session has three; the address has ten."""
    answers = []
    while len(answers) < CODE_GUESSES.most:
        execute("DELETE FROM infra_cache")  # the slower limit of the codes of a minute
        at = door()
        at.post("sign-in/code/", {"email": email})
        answers += wrong_tries(at, CONFIRM, {}, 3 if len(answers) < 9 else 1)
    assert 429 not in answers
    at = door()
    execute("DELETE FROM infra_cache")
    at.post("sign-in/code/", {"email": email})
    refused = at.post(CONFIRM, {"code": code()})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 60
    assert not at.is_inside

    execute("DELETE FROM infra_ratecounter")  # the time is over
    at.post(CONFIRM, {"code": code()})
    assert at.is_inside


def test_an_address_that_is_not_known_is_told_the_same(door, email):
    told = []
    for address in (email, "nobody@example.com"):
        execute("DELETE FROM infra_cache")
        for _ in range(CODE_GUESSES.most // 2):
            execute("DELETE FROM infra_cache")
            at = door()
            at.post("sign-in/code/", {"email": address})
            wrong_tries(at, CONFIRM, {}, 2)
        execute("DELETE FROM infra_cache")
        at = door()
        at.post("sign-in/code/", {"email": address})
        told.append(at.post(CONFIRM, {"code": "WRON-GONE"}).status_code)
    assert told == [429, 429]


def test_the_right_code_forgives_the_tries_before_it(door, email, code):
    for _ in range(CODE_GUESSES.most // 3 + 1):
        execute("DELETE FROM infra_cache")
        at = door()
        at.post("sign-in/code/", {"email": email})
        assert wrong_tries(at, CONFIRM, {}, 2) == [200, 200]
        at.post(CONFIRM, {"code": code()})
        assert at.is_inside
        at.post("sign-out" if at.root != "/" else "sign-out/")


@pytest.fixture
def sessions(door, email):
    """Browsers of the same person, all signed in a while ago."""
    made = []
    for _ in range(5):
        at = door()
        at.sign_in(email)
        grow_old(at)
        at.get("security/address/")
        made.append(at)
    return made


def test_many_sessions_give_no_more_tries_of_a_proof(sessions, code):
    form = {"by": "mailed"}
    for at in sessions[:3]:
        execute("DELETE FROM infra_cache")  # allauth's own limit of a minute
        at.post("security/confirm/", {"by": "mail"})
        assert wrong_tries(at, "security/confirm/", form, 3) == [422] * 3
    execute("DELETE FROM infra_cache")
    at = sessions[3]
    at.post("security/confirm/", {"by": "mail"})
    assert wrong_tries(at, "security/confirm/", form, 2) == [422, 429]
    execute("DELETE FROM infra_cache")
    refused = at.post("security/confirm/", form | {"code": code()})
    assert refused.status_code == 429
    assert "Retry-After" in refused
    assert "Too many tries." in refused.content.decode()
    assert at.get("security/address/").status_code == 302


def test_many_requests_at_once_give_no_more_either(door, email):
    """A session counts badly when many requests read it at once."""
    at = door()
    at.sign_in(email)
    at.post("security/address/", {"email": "new@example.com"})

    def tried():
        one = door()
        one.client.cookies.update(at.client.cookies)
        return one.post("security/address/", {"code": "WRON-GONE"}).status_code

    answers = race(*[tried] * (CODE_GUESSES.most + 6))
    assert answers.count(422) <= CODE_GUESSES.most
    assert set(answers) <= {422, 429}
