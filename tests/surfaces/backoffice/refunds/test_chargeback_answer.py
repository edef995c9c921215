"""The answer to a chargeback is written in peace: files come and go, and no word of it is lost."""

import re
from html import unescape
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from counterfoil.domain.payments import chargebacks
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.aftermath import contested
from factories.businesses import AT
from factories.payments import pay

WORDS = 'Delivered on the 3rd,\nand signed for by "A. Archer" <at the door>.'


@pytest.fixture
def place(business: Any, issued: Any, gateway: Any) -> str:
    """The page of a chargeback that needs an answer."""
    payment = pay(business, issued())
    told = contested(payment)
    gateway.after.chargebacks[told.gateway_ref] = told
    settle_chargeback(business, payment.id, told, at=AT, by=SYSTEM)
    with reading(business):
        (row,) = chargebacks.chargebacks_of(business, [payment.id])
    return f"chargebacks/{encode('dis', row.id)}"


def written(page: str) -> str:
    found = re.search(r'<textarea [^>]*name="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def pressed(page: str, words: str) -> tuple[str, str]:
    """Where a button sends its form, and which form that is."""
    found = re.search(rf"<button [^>]*>{words}", page)
    assert found
    where = re.search(r'formaction="/backoffice/([^"]+)"', found[0])
    form = re.findall(r"<form [^>]*>", page[: page.index('name="text"')])[-1]
    whole = page[page.index(form) : page.index("</form>", page.index(form))]
    assert found[0] in whole or 'form="answer-form"' in found[0], "of another form"
    assert where
    return where[1], form


def session_of(desk: Any) -> Any:
    from django.contrib.sessions.backends.base import SessionBase

    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return store(desk.client.cookies[settings.STAFF_COOKIE_NAME].value)


def test_what_was_written_is_there_after_a_file_was_added_and_taken_out(
    owner: Any, place: str
) -> None:
    page = owner.get(place).content.decode()
    add, form = pressed(page, "Add the file")
    assert 'enctype="multipart/form-data"' in form
    proof = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 signed", "application/pdf")

    assert owner.post(add, {"text": WORDS, "file": proof}).status_code == 302
    added = owner.get(place).content.decode()

    assert "The file was added." in added
    assert written(added) == WORDS
    take_out, _form = pressed(added, "Take out")
    assert owner.post(take_out, {"text": WORDS + " More."}).status_code == 302
    taken = owner.get(place).content.decode()
    assert "The file was taken out." in taken
    assert written(taken) == WORDS + " More."


def test_a_file_that_is_refused_costs_no_word_either(owner: Any, place: str) -> None:
    add, _form = pressed(owner.get(place).content.decode(), "Add the file")
    wrong = SimpleUploadedFile("proof.pdf", b"no such thing", "application/pdf")
    refused = owner.post(add, {"text": WORDS, "file": wrong})
    assert refused.status_code == 422
    assert written(refused.content.decode()) == WORDS


def test_what_waits_is_sealed_and_gone_once_it_is_sent(
    owner: Any, business: Any, place: str
) -> None:
    proof = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 signed", "application/pdf")
    owner.post(f"{place}/files", {"text": "Confidential words", "file": proof})
    kept = session_of(owner)["answer_typed"]
    assert kept[1].startswith("v1.")  # sealed
    assert written(owner.get(place).content.decode()) == "Confidential words"

    owner.post(f"{place}/answer", {"text": "Confidential words"})

    assert "answer_typed" not in session_of(owner)
