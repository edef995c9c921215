"""Anybody may ask whether a document is genuine, and is told that and nothing else."""

import re
from contextlib import closing
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from counterfoil.domain.documents.codes import code_of
from counterfoil.flows import issue_invoices
from counterfoil.flows.letters import render_document
from counterfoil.infra import limits
from counterfoil.infra.db import execute
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.outside.scanner import Scanner
from factories.payments import pay

pytestmark = pytest.mark.usefixtures("post")

GENUINE = "The code is genuine<"
UNCHANGED = "Genuine and unchanged"
NOT_OURS = "Harrow Water has issued no such document"
OTHER = "The code is genuine, but what you have is not what was issued"
NOT_IN_FORCE = "Genuine, and no longer in force"
ANSWERS = (GENUINE, UNCHANGED, NOT_OURS, OTHER, NOT_IN_FORCE)


@pytest.fixture
def made(business: Any, issued: Any) -> tuple[Any, str, bytes]:
    """An invoice that was handed out, its code, and its file."""
    invoice = issued()
    content = render_document.invoice_pdf(business, invoice.id, at=AT)
    return invoice, code_of(business, "invoice", invoice.id), content


def said(answer: Any) -> list[str]:
    body = answer.content.decode()
    return [one for one in ANSWERS if one in body]


def ask(browser: Any, content: bytes | None = None, **fields: str) -> Any:
    file = {"file": SimpleUploadedFile("x.pdf", content)} if content is not None else {}
    return browser.post("/genuine/", {**fields, **file})


def test_the_link_on_the_document_says_that_it_is_genuine(portal: Any, made: Any) -> None:
    _, code, _ = made
    answer = portal().get(f"/genuine/{code}")
    assert (answer.status_code, said(answer)) == (200, [GENUINE])
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]


def test_it_says_nothing_else_about_it(portal: Any, made: Any) -> None:
    invoice, code, content = made
    body = ask(portal(), content, code=code).content.decode()
    for secret in ("Alice", "alice@example.com", invoice.number, "100.00", "€", str(invoice.id)):
        assert secret not in body, secret


def test_the_file_says_whether_it_is_unchanged(portal: Any, made: Any) -> None:
    _, code, content = made
    browser = portal()
    assert said(ask(browser, content, code=code.lower())) == [UNCHANGED]
    assert said(ask(browser, content + b" ", code=code)) == [OTHER]
    assert said(ask(browser, content)) == [UNCHANGED]
    assert said(ask(browser, content + b" ")) == [NOT_OURS]


def test_no_scanner_is_asked_about_a_file_that_is_only_hashed(portal: Any, made: Any) -> None:
    """Nobody keeps it or reads it, and strangers could keep the scanner busy."""
    _, _code, content = made
    with closing(Scanner()) as scanner, override_settings(CLAMD=scanner.address):
        assert said(ask(portal(), content)) == [UNCHANGED]
    assert scanner.seen == []


def test_an_unknown_file_is_told_what_to_do_with_a_file(portal: Any, made: Any) -> None:
    _, _code, content = made
    by_file = ask(portal(), content + b" ").content.decode()
    assert "character by character" not in by_file
    assert "type the code from its foot" in by_file
    by_code = ask(portal(), code="0" * 20).content.decode()
    assert "character by character" in by_code


def test_a_number_that_was_typed_is_confirmed_or_not(portal: Any, made: Any) -> None:
    invoice, code, _ = made
    answer = ask(portal(), code=code, number=f" {invoice.number.lower()} ")
    assert "The number that you typed is the one of this document." in answer.content.decode()
    answer = ask(portal(), code=code, number="INV-1")
    assert said(answer) == [OTHER]
    assert "has another number" in answer.content.decode()


def test_a_voided_invoice_is_genuine_and_no_longer_in_force(
    business: Any, portal: Any, made: Any
) -> None:
    invoice, code, content = made
    issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM)
    assert said(ask(portal(), code=code)) == [NOT_IN_FORCE]
    assert said(ask(portal(), content)) == [NOT_IN_FORCE]


def test_a_receipt_has_a_code_of_its_own(
    business: Any, portal: Any, issued: Any, gateway: Any
) -> None:
    attempt = pay(business, issued())
    content = render_document.receipt_pdf(business, attempt.id, at=AT)
    assert said(ask(portal(), content, code=code_of(business, "receipt", attempt.id))) == [
        UNCHANGED
    ]


def test_every_wrong_code_has_the_same_answer_after_the_same_work(
    business: Any, other_business: Any, portal: Any, made: Any
) -> None:
    _, code, _ = made
    wrong = {
        code_of(business, "invoice", new_id()), code_of(other_business, "invoice", made[0].id),
        code[:-1], code + "0", "<script>", "x", "ü" * 20, "0" * 20, "' OR 1=1 --", "\u0660" * 20,
    }  # fmt: skip
    portal().get("/genuine/")  # the host is known from now on
    bodies, counts = set(), set()
    for one in (*wrong, code):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(portal(), code=one)
        body = re.sub(r'value="[^"]*"', "", answer.content.decode())
        counts.add(len(asked))
        if one != code:
            assert (answer.status_code, said(answer)) == (200, [NOT_OURS])
            bodies.add(re.sub(r"nonce=\S+", "", body))
    assert len(bodies) == 1
    assert len(counts) == 1


def test_without_anything_it_asks_for_something(portal: Any, made: Any) -> None:
    browser = portal()
    first = browser.get("/genuine/")
    assert (first.status_code, said(first)) == (200, [])
    answer = ask(browser)
    assert answer.status_code == 422
    assert "Type the code, or choose the file." in answer.content.decode()


def test_a_file_that_is_too_large_is_not_looked_at(
    portal: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counterfoil.surfaces.portal.genuine import views

    _, _, content = made
    monkeypatch.setattr(views, "FILE_BYTES_MAX", len(content) - 1)
    answer = ask(portal(), content)
    assert (answer.status_code, said(answer)) == (422, [])
    assert "larger than any document of ours" in answer.content.decode()


def test_whoever_guesses_is_slowed_down(portal: Any, made: Any) -> None:
    _, code, _ = made
    answers = [portal().get(f"/genuine/{code}") for _ in range(limits.GENUINE_ASKED.most + 1)]
    assert {one.status_code for one in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert portal().get("/genuine/").status_code == 200


def test_whoever_is_over_the_limit_is_refused_before_anything_is_read(
    portal: Any, made: Any
) -> None:
    """A form that can't be taken (a NUL in it) is counted as well; once it is too often, nobody
    looks into the form any more, nor at its secret."""
    unreadable = {"code": "a\0b"}
    answers = [ask(portal(), b"x", **unreadable) for _ in range(limits.GENUINE_ASKED.most)]
    assert {one.status_code for one in answers} == {400}
    assert ask(portal(), b"x", **unreadable).status_code == 429
    browser = portal()
    browser.handler.enforce_csrf_checks = True
    assert ask(browser, b"x").status_code == 429


def test_what_is_announced_as_too_large_is_not_read(portal: Any, made: Any) -> None:
    answer = portal().post(
        "/genuine/",
        {"code": "a\0b", "file": SimpleUploadedFile("x.pdf", b"x")},
        headers={"content-length": "30000000"},
    )
    assert answer.status_code == 422
    assert "larger than any document of ours" in answer.content.decode()


def test_a_form_without_its_secret_is_refused(portal: Any, made: Any) -> None:
    browser = portal()
    browser.handler.enforce_csrf_checks = True
    assert ask(browser, code=made[1]).status_code == 403


def test_nothing_of_it_is_kept(business: Any, portal: Any, made: Any) -> None:
    def rows() -> Any:
        return execute(
            "SELECT count(*) FROM documents_printing WHERE business_id = %(b)s::uuid",
            {"b": business},
        )

    before = rows()
    ask(portal(), b"mine", code=made[1])
    assert rows() == before


@pytest.mark.parametrize(("language", "words"), [("de", "Code"), ("ar", 'dir="rtl"')])
def test_it_speaks_the_reader_s_language(portal: Any, made: Any, language: str, words: str) -> None:
    answer = portal().get(f"/genuine/{made[1]}", headers={"accept-language": language})
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_another_business_does_not_know_it(other_business: Any, portal: Any, made: Any) -> None:
    answer = portal().get(f"/genuine/{made[1]}", headers={"host": "mill.example"})
    assert "has issued no such document" in answer.content.decode()
