"""Import by the pages: preview, line-numbered errors, nothing before the second click."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import queries as staff
from counterfoil.domain.identity.roles import Act, Limit, Right, Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.flows.importing.plans import Imported
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.surfaces.backoffice.imports.views import _done_words
from factories.businesses import AT
from factories.staff import colleague, hire, sign_in
from ledger_text import counts

HEADERS = "Invoice Number,Customer ID,Customer Name,Invoice Date,Due Date,Description,Quantity,"
GOOD = f"""{HEADERS}Unit Price
A-1,C-1,Kiln & Co,2026-01-10,2026-02-10,Clay,2,12.50
A-1,C-1,Kiln & Co,2026-01-10,2026-02-10,Glaze,1,5
A-2,C-2,=cmd(),2026-01-11,2026-02-11,Fire,1,80
"""
BAD = GOOD + "A-3,C-3,Studio,not a day,2026-02-11,Light,1,10\n"
PEOPLE = "Name,Email,Customer ID\nKiln & Co,hello@kiln.example,C-1\nStudio,nowhere,C-2\n"


def _upload(desk: Any, content: str, kind: str = "invoices", name: str = "books.csv") -> Any:
    file = SimpleUploadedFile(name, content.encode())
    return desk.post("import/", {"kind": kind, "file": file})


def _do(desk: Any, answer: Any) -> Any:
    form = answer.content.decode().split("import/apply")[1].split("</form>")[0]
    return desk.post("import/apply", dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)))


def test_invoices_come_in_after_the_second_click_and_once(owner: Any, business: Any) -> None:
    before = counts(business)
    answer = _upload(owner, BAD)
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "Import 2 documents" in body
    assert re.findall(r"<strong>(Line \d+)</strong>", body) == ["Line 5"]
    assert counts(business) == before
    assert _do(owner, answer)["Location"] == "/backoffice/invoices/"
    assert "2 documents came in. Nobody was mailed." in owner.get("invoices/").content.decode()
    after = counts(business)
    assert after["billing_invoice"] == 2
    again = _upload(owner, BAD)
    assert "Import 2 documents" not in again.content.decode()
    assert counts(business) == after


def test_refused_lines_go_home_as_a_harmless_sheet(owner: Any) -> None:
    answer = _upload(owner, BAD.replace("A-3", "=A3"))
    (address,) = re.findall(r'href="/backoffice/(import/refused[^"]+)"', answer.content.decode())
    sheet = owner.get(address.replace("&amp;", "&"))
    assert sheet["Content-Type"] == "text/csv; charset=utf-8"
    lines = sheet.content.decode().splitlines()
    assert lines[0] == "line,document,field,value,reason"
    assert lines[1].startswith("5,'=A3,date,not a day,")


def test_customers_come_in(owner: Any, business: Any) -> None:
    answer = _upload(owner, PEOPLE, "customers")
    body = answer.content.decode()
    assert "Import one customer" in body
    assert re.findall(r"<strong>(Line \d+)</strong>", body) == ["Line 3"]
    assert _do(owner, answer)["Location"] == "/backoffice/customers/"
    assert "Kiln &amp; Co" in owner.get("customers/").content.decode()


@pytest.mark.parametrize(
    ("kind", "sheet"),
    [
        ("customers", "Name,Email,Customer ID\nKiln,a@kiln.example,C-1\nKiln,b@kiln.example,C-1\n"),
        ("invoices", f"{HEADERS}Unit Price,Email\n{GOOD.splitlines()[1]},a@kiln.example\n"),
    ],
)
@pytest.mark.parametrize("may_pay", [False, True])
def test_who_may_record_no_payment_brings_in_nobody_who_may_pay(
    visitor: Callable[..., Any], business: Any, kind: str, sheet: str, *, may_pay: bool
) -> None:
    rights = {Right.IMPORT, Right.EDIT_CUSTOMERS, Right.EDIT_INVOICES}
    rights |= {Right.RESOLVE_PAYMENTS} if may_pay else set()
    email = hire(business, Role.READONLY)
    boss = colleague(business, Role.OWNER)
    role = staffing.save_role(business, None, "Clerk", list(rights), [], at=AT, by=boss)
    with reading(business):
        (clerk,) = [one.user_id for one in staff.members(business) if one.email == email]
    staffing.change_post(business, clerk, Post(own_role_id=role), at=AT, by=boss)
    desk = sign_in(visitor(), email)

    _do(desk, _upload(desk, sheet, kind))

    with reading(business):
        (found,) = customers.by_external_ref(business, ["C-1"]).values()
        people = customers.contacts(business, [found.id])
    assert people
    seeing = {"see", "statements"}
    everything = seeing | {"pay", "methods", "people"}
    assert [set(one.rights) for one in people] == [everything if may_pay else seeing] * len(people)


def test_who_is_there_already_stays_and_that_is_said(owner: Any) -> None:
    _do(owner, _upload(owner, GOOD))
    more = PEOPLE.replace("nowhere", "studio@kiln.example").replace("C-2", "C-9")
    answer = _upload(owner, more, "customers")
    assert "Whoever is there already keeps their details as they are." in answer.content.decode()
    _do(owner, answer)
    said = owner.get("customers/").content.decode()
    assert "1 customer came in. 1 was there already; its details were not changed." in said


def test_documents_that_are_there_already_are_counted_in_words() -> None:
    assert _done_words("invoices", Imported(2, 3, 0, 1, 2)).endswith("1 was there already.")
    assert _done_words("invoices", Imported(2, 3, 0, 2, 2)).endswith("2 were there already.")


def test_a_line_of_a_customer_is_refused_in_their_words(owner: Any) -> None:
    bad = PEOPLE + "Studio,too@kiln.example,C-2\n"
    answer = _upload(owner, bad, "customers")
    body = answer.content.decode()
    assert "Another line of the same customer is refused (line 3)." in body
    assert "Document" not in body.split('id="refused"')[1].split("</section>")[0]
    (address,) = re.findall(r'href="/backoffice/(import/refused[^"]+)"', body)
    sheet = owner.get(address.replace("&amp;", "&")).content.decode()
    assert sheet.startswith("line,customer,field,value,reason")


def test_what_is_wrong_with_the_whole_file_is_said_once(owner: Any) -> None:
    people = "Name,City\n" + "Ada,Lyon\n" * 181
    body = _upload(owner, people).content.decode()
    assert body.count("The columns are: Name, City.") == 1
    assert "These look like customers." in body
    assert "Line 2" not in body
    assert "181" in body
    both = _upload(owner, GOOD, "customers").content.decode()
    assert "These look like invoices." in both


def test_the_page_says_what_it_takes(owner: Any) -> None:
    body = owner.get("import/").content.decode()
    assert "CSV (also packed as .gz), XLSX, XLS or ODS, at most 20 MB and 50,000 lines." in body


def test_what_is_no_table_is_refused_in_words(owner: Any, business: Any) -> None:
    before = counts(business)
    for content, name in (("", "empty.csv"), ("%PDF-1.7", "invoice.pdf")):
        answer = _upload(owner, content, name=name)
        assert answer.status_code == 422
        assert 'id="id_file-error-1"' in answer.content.decode()
    assert "Choose a file first." in owner.post("import/", {"kind": "invoices"}).content.decode()
    assert counts(business) == before


def test_only_the_file_that_was_previewed_comes_in(owner: Any, business: Any) -> None:
    first = _upload(owner, GOOD)
    _upload(owner, GOOD.replace("80", "8000"))
    before = counts(business)
    assert _do(owner, first).status_code == 409
    assert counts(business) == before


@pytest.mark.parametrize("is_rule", [True, False])
def test_a_credit_note_that_needs_two_people_comes_in_by_no_file(
    desk: Callable[..., Any], business: Any, *, is_rule: bool
) -> None:
    """By a rule for all, and by the limit of one's own role."""
    finance, limit = desk(Role.FINANCE), [Limit(Act.CREDIT, "EUR", 2_500)]
    alone = f"{HEADERS}Unit Price\nN-1,C-1,Kiln & Co,2026-01-10,2026-02-10,Clay,-2,12.50\n"
    before_rule = _upload(finance, alone.replace("12.50", "12.51"))
    if is_rule:
        staffing.write_limits_of_all(business, limit)
    else:
        boss = colleague(business, Role.OWNER)
        staffing.limit_preset(business, Role.FINANCE, limit, at=clock.now(), by=boss)

    answer = _upload(finance, alone.replace("12.50", "12.51"))
    assert (answer.status_code, "needs a second person" in answer.content.decode()) == (422, True)
    assert _do(finance, before_rule).status_code == 422
    assert counts(business).get("billing_creditnote", 0) == 0
    _do(finance, _upload(finance, alone))
    assert counts(business)["billing_creditnote"] == 1
