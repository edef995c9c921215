"""Every file that staff send is looked through first, where a scanner is named: what it finds is
not taken, and neither is what it says nothing of."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from PIL import Image

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments import chargebacks
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.infra.db import TransactionMisuse, reading
from counterfoil.infra.files.scanning import harm_in
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.aftermath import contested
from factories.bank_files import Booking, add_account, statement
from factories.businesses import AT
from factories.outside.scanner import HARM, HARM_NAME, Scanner
from factories.payments import pay
from ledger_text import counts

INVOICES = b"""Invoice Number,Customer ID,Customer Name,Invoice Date,Due Date,Quantity,Unit Price
A-1,C-1,Kiln,2026-01-10,2026-02-10,2,12.50
"""
PEOPLE = b"Name,Email,Customer ID\nKiln & Co,hello@kiln.example,C-1\n"
FOUND = f"The virus scanner found \u2068{HARM_NAME}\u2069 in this file, so nothing of it was stored"
SILENT = "The virus scanner does not answer, so the file was not taken and nothing was stored."
TOO_LARGE = "The file is too large for the virus scanner, so nothing of it was stored."
DOORS = ["invoices", "customers", "statement", "evidence", "logo"]


def harmful(good: bytes) -> bytes:
    """The same with harm in it; but for that it would be taken."""
    return good + (b"<!--" + HARM + b"-->" if good.startswith(b"<?xml") else HARM)


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    with closing(Scanner()) as one, override_settings(CLAMD=one.address):
        yield one


def _logo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 100), "teal").save(out, format="PNG")
    return out.getvalue()


@pytest.fixture(params=DOORS)
def door(request: Any, owner: Any, business: Any, issued: Any, gateway: Any) -> Any:
    """A good file for one of the places that take any, and `send(content)` to that place."""
    kind = request.param
    if kind == "evidence":
        payment = pay(business, issued())
        told = contested(payment)
        gateway.after.chargebacks[told.gateway_ref] = told
        settle_chargeback(business, payment.id, told, at=AT, by=SYSTEM)
        with reading(business):
            (row,) = chargebacks.chargebacks_of(business, [payment.id])
        place, field, good = (
            f"chargebacks/{encode('dis', row.id)}/files",
            "file",
            b"%PDF-1.7 signed",
        )
    elif kind == "statement":
        add_account(business)
        place, field, good = "bank/import", "file", statement(Booking("5.00", "thanks"))
    elif kind == "logo":
        place, field, good = "settings/logo", "logo", _logo()
    else:
        good = INVOICES if kind == "invoices" else PEOPLE
        place, field = "import/", "file"

    def send(content: bytes) -> Any:
        return owner.post(place, {"kind": kind, field: SimpleUploadedFile("a.bin", content)})

    return good, send


def stored(business: Any) -> tuple[Any, ...]:
    """All that a file could leave behind: rows, a logo, files in the store."""
    kept = Path(settings.FILES)
    names = sorted(str(one) for one in kept.rglob("*") if one.is_file()) if kept.is_dir() else []
    return counts(business), businesses.logo(business), names


def test_a_file_without_harm_is_taken(scanner: Scanner, door: Any, business: Any) -> None:
    good, send = door
    before = stored(business)
    assert send(good).status_code in (200, 302)
    assert scanner.seen == [good]
    assert stored(business) != before


def test_a_file_with_harm_in_it_is_refused_and_nothing_is_stored(
    scanner: Scanner, door: Any, business: Any, caplog: Any
) -> None:
    good, send = door
    before = stored(business)
    answer = send(harmful(good))
    assert answer.status_code == 422
    assert FOUND in answer.content.decode()
    assert stored(business) == before
    assert caplog.messages[0] == f"a file was refused: the scanner found {HARM_NAME} in it"


def test_a_file_of_which_the_scanner_says_nothing_is_refused_for_now(
    scanner: Scanner, door: Any, business: Any, caplog: Any
) -> None:
    good, send = door
    before = stored(business)
    scanner.says = b"stream: O"
    answer = send(good)
    assert answer.status_code == 503
    assert f"{SILENT} Please try again later." in answer.content.decode()
    assert stored(business) == before
    assert caplog.messages[0] == (
        "a file was refused without a look into it: "
        f"The scanner at {scanner.address} does not answer: it broke off."
    )
    scanner.close()
    scanner.says = None
    assert send(good).status_code == 503
    assert stored(business) == before


def test_a_file_that_is_too_large_for_the_scanner_is_refused(
    scanner: Scanner, door: Any, business: Any
) -> None:
    good, send = door
    before = stored(business)
    scanner.takes_bytes_max = 10
    answer = send(good)
    assert answer.status_code == 422
    assert TOO_LARGE in answer.content.decode()
    assert stored(business) == before


def test_without_a_scanner_nothing_is_looked_through(door: Any, business: Any) -> None:
    assert settings.CLAMD == ""
    good, send = door
    before = stored(business)
    assert send(harmful(good)).status_code in (200, 302)
    assert stored(business) != before


def test_no_transaction_waits_for_the_scanner(scanner: Scanner, business: Any) -> None:
    with reading(business), pytest.raises(TransactionMisuse):
        harm_in(b"a file")
    assert scanner.seen == []
    assert not connection.in_atomic_block
