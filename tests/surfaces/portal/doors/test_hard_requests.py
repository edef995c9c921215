"""Requests that no browser of a customer sends: each is answered 4xx, and nothing is done."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from tools import inventory

from counterfoil.domain.notifications.alarms import alarms
from counterfoil.infra import limits
from counterfoil.infra.db import reading
from counterfoil.infra.limits import LINK_GUESSES, REPORTS
from counterfoil.infra.scripts.inventory import integrity_of

REPORT = {
    "document-uri": "https://harrow.example/i/secret-of-a-link/confirm",
    "blocked-uri": "https://evil.example/skim.js?card=4242424242424242",
    "effective-directive": "script-src-elem",
    "violated-directive": "script-src-elem 'self'",
}


@pytest.fixture
def browser(portal):
    return portal()


def report(browser, body=REPORT, kind="application/csp-report", wrapped=True):
    sent = json.dumps({"csp-report": body} if wrapped else body)
    return browser.post("/csp-report", sent, content_type=kind)


def found(business):
    with reading(business):
        return [(one.kind, one.subject, one.detail, one.times) for one in alarms(business, limit=9)]


def test_a_page_that_is_not_there_knows_who_is_signed_in(alice, browser):
    asked = ">Sign in<"
    assert asked in browser.get("/no/such/page").content.decode()
    for path in ("/no/such/page", "/invoices/NONE-1"):
        answer = alice.get(path)
        assert answer.status_code == 404
        assert asked not in answer.content.decode()


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "X"])
def test_pages_are_read_and_sent_forms_and_nothing_else(browser, method):
    answer = browser.generic(method, "/sign-in/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_header_changes_no_method(browser, link, issued):
    headers = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    assert browser.get(link(issued()), headers=headers).status_code == 200


def test_a_form_that_comes_as_json_is_none(browser, link, issued, gateway):
    path = link(issued())
    browser.get(path)
    browser.handler.enforce_csrf_checks = True
    sent = {"source": "ok", "form_key": "f", "csrfmiddlewaretoken": browser.cookies["csrf"].value}
    for kind in ("application/json", "text/plain"):
        answer = browser.post(f"{path}/pay", json.dumps(sent), content_type=kind)
        assert answer.status_code in (400, 403)
    assert gateway.charges == []


def test_of_a_field_that_stands_twice_the_last_one_counts(browser, link, issued, gateway):
    """As docs/guide/api.md says; whatever else was typed, one payment is made of it."""
    path = link(issued())
    form = {"source": ["declined", "ok"], "form_key": ["one", "two"], "token": "x"}
    answers = [browser.post(f"{path}/pay", form).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert [one.source for one in gateway.charges] == ["ok"]


def test_an_address_for_forms_says_so_when_it_is_opened(browser, alice):
    answer = alice.get("/planned/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "use the form there" in answer.content.decode()
    assert "No money was taken" in answer.content.decode()


def test_ten_thousand_fields_are_refused(browser):
    form = {f"f{n}": "x" for n in range(10_000)}
    assert browser.post("/sign-in/", form).status_code == 400


def test_a_large_body_is_refused(browser):
    body = b"a=" + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    kind = "application/x-www-form-urlencoded"
    assert browser.post("/sign-in/", body, content_type=kind).status_code in (400, 413)


@pytest.mark.parametrize("path", ["/csp-report", "/hooks/harrow/gwa_x", "/api/v1/customers"])
def test_an_announced_length_without_end_is_too_large(browser, path):
    answer = browser.post(path, b"{}", content_type="application/json", CONTENT_LENGTH="9" * 5_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/i/%00", "/i/%ff%fe", "/i/%ed%a0%80", "/i/" + "a" * 5000, "/i/..%2f..%2fetc"]
)
def test_odd_links_are_not_found(browser, path):
    assert browser.get(path).status_code in (400, 404)


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\u202e", "x" * 100_000])
def test_odd_texts_in_a_query_make_no_bug(browser, alice, text):
    sent = text.encode("utf-8", "surrogatepass")
    answer = alice.get("/invoices/", QUERY_STRING="q=" + "".join(f"%{b:02x}" for b in sent))
    assert answer.status_code < 500


def test_links_can_be_guessed_only_so_often(browser, link, issued):
    path = link(issued())
    answers = [browser.get(f"/i/{'x' * 40}{n}").status_code for n in range(LINK_GUESSES.most + 3)]
    assert answers == [404] * LINK_GUESSES.most + [429] * 3
    told = browser.get(path)
    assert (told.status_code, 0 < int(told["Retry-After"]) <= 600) == (429, True)
    assert browser.get(path, REMOTE_ADDR="203.0.113.9").status_code == 200
    forged = browser.get(path, headers={"X-Forwarded-For": "203.0.113.9"})
    assert forged.status_code == 429


def test_what_a_page_refused_is_an_alarm_without_secrets(browser, business):
    assert report(browser).status_code == 204
    assert report(browser).status_code == 204
    newer = [{"type": "csp-violation", "body": {
        "documentURL": "https://harrow.example/sign-in/", "blockedURL": "inline",
        "effectiveDirective": "script-src-elem"}}]  # fmt: skip
    assert report(browser, newer, "application/reports+json", wrapped=False).status_code == 204
    assert sorted(found(business)) == [
        ("page", "script-src-elem https://evil.example", "guest_confirm", 2),
        ("page", "script-src-elem inline", "account_login", 1),
    ]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"document-uri": "https://elsewhere.example/"}, 204),
        ({"blocked-uri": "chrome-extension://abc/x.js"}, 204),
        ({"source-file": "moz-extension://abc/x.js"}, 204),
        ({"effective-directive": 7, "violated-directive": None}, 204),
        ({"document-uri": "https://[harrow"}, 204),
    ],
)
def test_what_is_no_news_of_a_page_of_ours_is_dropped(browser, business, change, status):
    assert report(browser, REPORT | change).status_code == status
    assert found(business) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 9000, b"\xff\xfe", b"7", b"null", b"[1]"])
def test_odd_reports_make_no_bug(browser, business, body):
    answer = browser.post("/csp-report", body, content_type="application/csp-report")
    assert answer.status_code in (204, 400, 415)
    assert found(business) == []


def test_reports_are_bounded(browser, business):
    answers = [report(browser).status_code for _ in range(REPORTS.most + 1)]
    assert answers[-1] == 429
    big = REPORT | {"script-sample": "x" * 20_000}
    assert report(browser, big).status_code == 413
    assert report(browser, kind="text/plain").status_code == 415


def test_pages_tell_browsers_where_to_report(browser):
    answer = browser.get("/sign-in/")
    assert "report-uri /csp-report; report-to refused" in answer["Content-Security-Policy"]
    assert answer["Reporting-Endpoints"] == 'refused="/csp-report"'


def test_whom_to_tell_of_a_weakness(browser, monkeypatch):
    assert browser.get("/.well-known/security.txt").status_code == 404
    monkeypatch.setattr(settings, "SECURITY_CONTACT", ["mailto:security@harrow.example"])
    answer = browser.get("/.well-known/security.txt")
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == "Contact: mailto:security@harrow.example"
    assert [line.partition(":")[0] for line in lines] == [
        "Contact", "Expires", "Preferred-Languages", "Canonical",
    ]  # fmt: skip


def test_the_list_of_limits_is_whole():
    named = [one for one in vars(limits).values() if isinstance(one, limits.Limit)]
    assert sorted(one.name for one in named) == sorted(one.name for one in limits.LIMITS)
    assert len({one.name for one in named}) == len(named)


def test_nothing_is_served_for_a_foreign_host(business):
    answer = Client(headers={"host": "evil.example/"}).get("/sign-in/", secure=True)
    assert answer.status_code in (400, 404)


def test_the_pay_page_loads_only_what_is_in_the_inventory(browser, link, issued, gateway):
    answer = browser.get(link(issued()))
    page = answer.content.decode()
    found = re.findall(r'<script src="/static/([^"]+)" integrity="([^"]+)" defer>', page)
    loaded = {re.sub(r"\.[0-9a-f]{12}(?=\.js$)", "", address): told for address, told in found}
    assert loaded
    assert loaded == {name: integrity_of(name) for name in loaded}
    assert set(loaded) <= set(inventory.PAY_FLOW)
    assert len(re.findall(r"<script", page)) == len(loaded)
    policy = answer["Content-Security-Policy"]
    (scripts,) = re.findall(r"script-src ([^;]+);", policy)
    assert scripts == "'self' https://gateway.example"
    assert "unsafe" not in policy


def test_a_file_to_keep_is_sandboxed(alice, issued):
    answer = alice.get("/payments.csv")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].endswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_forged_events_are_stopped_before_their_body_is_read(browser, business):
    answers = [browser.post("/hooks/harrow/gwa_x", "{}", content_type="application/json")
               for _ in range(limits.FORGED_EVENTS.most + 1)]  # fmt: skip
    assert {one.status_code for one in answers[:-1]} <= {400, 404}
    assert (answers[-1].status_code, "Retry-After" in answers[-1]) == (429, True)
