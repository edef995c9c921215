"""Bank lines: importing a statement, the list, one line, and what each role may do with it."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.reconciliation import queries
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.import_statement import ImportedLines
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.backoffice.payments.bank.importing import _done_words
from factories.bank_files import IBAN, OTHER_IBAN, Booking, add_account, statement
from factories.businesses import AT
from factories.statements import counted
from ledger_text import counts, trial_balance


def bring_in(business: Any, *bookings: Booking) -> list[Any]:
    plan = import_statement.preview(business, statement(*bookings))
    import_statement.apply(business, plan, at=AT, by=SYSTEM)
    with reading(business):
        return list(reversed(queries.lines(business)))


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("march.xml", content)


def fingerprint(body: str) -> str:
    return body.split('name="fingerprint" value="')[1].split('"', maxsplit=1)[0]


@pytest.fixture
def bank(business: Any) -> Any:
    return add_account(business)


def test_a_statement_is_shown_before_it_comes_in(owner: Any, business: Any, bank: Any, issued: Any):
    issued()
    content = statement(Booking("100.00", "INV-2026-00001"), Booking("5.00", "thanks"))
    before = counts(business)

    shown = owner.post("bank/import", {"file": upload(content)}).content.decode()

    assert "Nothing in it names an invoice." in shown
    assert "Import 2 lines" in shown
    assert counts(business) == before
    done = owner.post("bank/import/apply", {"fingerprint": fingerprint(shown)})
    assert done["Location"] == "/backoffice/bank/"
    assert "1 line settled. 1 waits." in owner.get("bank/").content.decode()
    assert trial_balance(business)[f"bank:Main Bank {IBAN}"] == 100


def test_a_file_of_another_account_is_refused_in_words(owner: Any, bank: Any):
    answer = owner.post(
        "bank/import", {"file": upload(statement(Booking("1.00"), iban=OTHER_IBAN))}
    )
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "which is not among yours" in body


def test_without_an_account_the_page_leads_to_the_settings(owner: Any, business: Any):
    assert "/backoffice/settings/bank" in owner.get("bank/import").content.decode()


@pytest.mark.parametrize("state", ["", "settled", "aside"])
def test_lines_stand_in_the_order_of_the_date_that_is_shown(
    owner: Any, business: Any, bank: Any, issued: Any, state: str
):
    """Whenever they were imported; and page by page."""
    amount = "-1.00" if state == "aside" else "100.00"
    for n, day in enumerate((3, 1, 5, 2, 4, 4)):
        text = issued().number if state == "settled" else f"line {n}"
        bring_in(business, Booking(amount, text, on=date(2026, 3, day), ref=text))

    body = owner.get(f"bank/?status={state}").content.decode()

    days = re.findall(r'datetime="2026-03-0(\d)"', body.split('id="results"')[1])
    assert days == ["5", "4", "4", "3", "2", "1"]
    found, before = [], None
    with reading(business):
        while page := queries.lines(business, state=state or "waiting", before=before, limit=2):
            found += page
            before = page[-1].id
    assert [one.booked_date.day for one in found] == [5, 4, 4, 3, 2, 1]
    assert len({one.id for one in found}) == 6


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_with_one_row_and_three(
    owner: Any, business: Any, bank: Any, rows: int
):
    bring_in(business, *[Booking("1.00", f"x{n}") for n in range(rows)])
    with counted() as asked:
        body = owner.get("bank/").content.decode()
    assert body.count("row-link") == rows
    assert asked.count == 5


@pytest.mark.parametrize("rows", [1, 3])
def test_a_line_costs_the_same_with_one_suggestion_and_three(
    owner: Any, business: Any, bank: Any, issued: Any, rows: int
):
    for _ in range(rows):
        issued()
    (line,) = bring_in(business, Booking("100.00", "thanks"))
    with counted() as asked:
        body = owner.get(f"bank/{encode('bnk', line.id)}").content.decode()
    assert body.count(">Assign<") == rows
    assert asked.count == 10


def test_a_waiting_line_stands_in_the_work_list(owner: Any, business: Any, bank: Any):
    bring_in(business, Booking("1.00"), Booking("2.00"))
    assert "2 bank lines wait" in owner.get("").content.decode()


def test_assigning_books_the_money(
    owner: Any, business: Any, bank: Any, issued: Any, customer: Any
):
    invoice = issued()
    (line,) = bring_in(business, Booking("120.00", "thanks"))
    path = f"bank/{encode('bnk', line.id)}"
    search = owner.get(f"{path}?q=ali").content.decode()
    assert encode("cus", customer) in search
    chosen = owner.get(f"{path}?customer={encode('cus', customer)}").content.decode()
    assert encode("inv", invoice.id) in chosen
    facts = {"customer": encode("cus", customer), "invoice": encode("inv", invoice.id)}

    assert owner.post(f"{path}/assign", facts).status_code == 302

    assert trial_balance(business) == {
        f"bank:Main Bank {IBAN}": 120, "customer_credit:Alice": -20, "revenue": -100,
    }  # fmt: skip
    before = counts(business)
    assert owner.post(f"{path}/assign", facts).status_code == 409
    assert counts(business) == before
    story = owner.get(path).content.decode().split('class="timeline"')[1]
    assert "Became a payment" in story


def test_a_line_is_put_aside_with_a_note_and_comes_back(owner: Any, business: Any, bank: Any):
    (line,) = bring_in(business, Booking("5.00", "interest"))
    path = f"bank/{encode('bnk', line.id)}"
    assert owner.post(f"{path}/aside", {"note": " "}).status_code == 422
    owner.post(f"{path}/aside", {"note": "interest of the bank"})
    assert "interest of the bank" in owner.get("bank/?status=aside").content.decode()
    owner.post(f"{path}/back")
    assert owner.get("bank/").content.decode().count("row-link") == 1
    story = owner.get(path).content.decode().split('class="timeline"')[1]
    assert story.count("timeline--") == 3


def test_read_only_staff_see_and_change_nothing(desk: Any, business: Any, bank: Any):
    (line,) = bring_in(business, Booking("5.00", "interest"))
    reader = desk(Role.READONLY)
    path = f"bank/{encode('bnk', line.id)}"
    body = reader.get(path).content.decode()
    assert "Put aside" not in body
    assert reader.post(f"{path}/aside", {"note": "x"}).status_code == 403
    assert reader.post(f"{path}/assign", {}).status_code == 403
    assert reader.get("bank/import").status_code == 403


def test_a_neighbours_line_is_not_there(owner: Any, other_business: Any):
    add_account(other_business)
    (line,) = bring_in(other_business, Booking("5.00"))
    assert owner.get(f"bank/{encode('bnk', line.id)}").status_code == 404


def test_a_bank_account_is_added_and_hidden(owner: Any, business: Any):
    facts = {"holder": "Harrow Water Ltd", "iban": "DE89 3704 0044 0532 0130 01", "currency": "eur"}
    wrong = owner.post("settings/bank", facts)
    assert wrong.status_code == 422
    assert "a sign is missing or mistyped" in wrong.content.decode()
    assert owner.post("settings/bank", facts | {"iban": IBAN}).status_code == 302
    body = owner.get("settings/bank").content.decode()
    assert "DE89 3704 0044 0532 0130 00" in body
    assert owner.post("settings/bank", facts | {"iban": IBAN}).status_code == 422
    path = body.split('action="/backoffice/')[1:]
    show = next(one.split('"')[0] for one in path if "/show" in one)
    owner.post(show, {"show": "no"})
    assert "Not shown" in owner.get("settings/bank").content.decode()


@pytest.mark.parametrize(("count", "words"), [(1, "1 was there"), (2, "2 were there")])
def test_lines_that_were_there_are_counted_in_words(count: int, words: str) -> None:
    assert _done_words(ImportedLines(already=count)).endswith(f"{words} already.")
