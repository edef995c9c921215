"""What every answer of the portal has in common, whatever is asked and whoever asks."""

from typing import Any

import pytest
from django.test import Client

from counterfoil.surfaces.portal import access
from ledger_text import counts
from surfaces.dress import DRESS
from surfaces.portal.doors.every.routes import ROUTES, Door, each

EVERYBODY = tuple(Door)


def reads(answers: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    return {key: one for key, one in answers.items() if key[1] == "GET"}


def test_asking_changes_nothing_however_often(business, alice, places, monkeypatch):
    for name, (door, methods, kinds) in ROUTES.items():
        monkeypatch.setitem(ROUTES, name, (door, "GET" if methods != "POST" else "", kinds))
    each(alice, places, *EVERYBODY)
    before = counts(business)
    answers = each(alice, places, *EVERYBODY)
    assert counts(business) == before
    assert {key: one.status_code for key, one in answers.items() if one.status_code >= 500} == {}


def test_every_answer_is_dressed(alice, places):
    for key, answer in each(alice, places, *EVERYBODY).items():
        assert {name: answer.get(name) for name in DRESS} == DRESS, key
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'"), key
        assert "unsafe" not in policy, key
        assert "frame-ancestors 'none'" in policy, key


def test_no_form_is_taken_without_its_token(business, alice, places):
    strict = Client(enforce_csrf_checks=True, headers={"host": "harrow.example"})
    strict.cookies = alice.cookies
    for forged in ({}, {"csrfmiddlewaretoken": "x" * 64}):
        before = counts(business)
        for (name, method), _ in [
            ((name, "POST"), row) for name, row in ROUTES.items() if row[1] != "GET"
        ]:
            answer = strict.post(places.path(name), forged, secure=True)
            assert answer.status_code == 403, (name, method)
        assert counts(business) == before


def test_a_bug_shows_nothing_of_itself(alice, places, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("tok_of_the_inside")

    monkeypatch.setattr(access, "act_as", broken)
    alice.raise_request_exception = False
    for key, answer in each(alice, places, *EVERYBODY).items():
        assert answer.status_code == 500, key
        body = answer.content.decode()
        assert "Something broke on our side" in body, key
        assert "tok_of_the_inside" not in body, key
        assert "Traceback" not in body, key


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/.git/config", "/.env", "/debug", "/static/../settings.py", "/server-status"],
)
def test_what_scanners_look_for_is_not_there(portal, path):
    assert portal().get(path).status_code == 404
