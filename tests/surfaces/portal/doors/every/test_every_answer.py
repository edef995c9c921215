"""What every answer of the portal has in common, whatever is asked and whoever asks."""

import re
from typing import Any

import pytest
from django.test import Client

from counterfoil.surfaces.portal import access
from ledger_text import counts
from surfaces.dress import DRESS
from surfaces.portal.doors.every.routes import ROUTES, Door, each

EVERYBODY = tuple(Door)
SIGN_OUT = re.compile(r'<form method="post" action="/sign-out/">.*?>Sign out</button>', re.DOTALL)


def reads(answers: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    return {key: one for key, one in answers.items() if key[1] == "GET"}


def body_of(answer: Any) -> bytes:
    """What was answered, in one piece or in several."""
    return answer.getvalue()  # type: ignore[no-any-return]


def is_page(answer: Any) -> bool:
    """A whole page: no file, no piece of one and no redirect."""
    return b"</html>" in body_of(answer)


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


def test_every_text_says_in_which_characters_it_is(alice, places, portal):
    asked = each(alice, places, *EVERYBODY) | {
        ("plain http", "GET"): Client(headers={"host": "harrow.example"}).get("/"),
        ("nobody's host", "GET"): portal().get("/", headers={"host": "nobody.example"}),
        ("no contact", "GET"): portal().get("/.well-known/security.txt"),
        ("up", "GET"): portal().get("/healthz"),
        ("brand", "GET"): portal().get("/brand.css"),
    }
    kinds = {key: answer["Content-Type"] for key, answer in asked.items() if body_of(answer)}
    texts = {key: kind for key, kind in kinds.items() if kind.startswith("text/")}
    assert {key for key, kind in texts.items() if not kind.endswith("; charset=utf-8")} == set()
    others = {kind for key, kind in kinds.items() if key not in texts}
    assert others <= {"application/json", "application/pdf", "application/zip"}
    assert len(texts) > 40


def test_no_script_reads_a_cookie_and_no_other_site_sends_it_along(business, alice, places):
    answers = each(alice, places, *EVERYBODY)
    answers["chosen", "POST"] = alice.post("/language", {"language": "de"})
    said = [one for answer in answers.values() for one in answer.cookies.values() if one.value]
    assert {"csrf", "language", "messages"} <= {one.key for one in said}
    assert {(one["httponly"], one["samesite"], one["domain"]) for one in said} == {
        (True, "Lax", "")
    }


def test_every_page_of_who_is_signed_in_leads_out(alice, places):
    answers = each(alice, places, Door.PERSON)
    answers["sessions", "GET"] = alice.get("/security/")
    answers["missing", "GET"] = alice.get("/invoices/INV-1")
    pages = {key: body_of(one).decode() for key, one in answers.items() if is_page(one)}
    assert len(pages) > 15
    assert [key for key, page in pages.items() if not SIGN_OUT.search(page)] == []


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
