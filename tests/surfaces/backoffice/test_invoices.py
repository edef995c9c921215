"""Invoices: drafted without losing a word, issued, voided, credited; links and mails."""

import re
from datetime import timedelta
from typing import Any

import pytest

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as identities
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import DocumentFilter
from counterfoil.flows import issue_invoices
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.letters import deliver_messages, send_messages
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.invoices import draft_invoice, line
from factories.payments import pay
from factories.statements import counted
from ledger_text import counts, journal

LINES = {
    "lines-0-description": "Water", "lines-0-quantity": "42.6", "lines-0-unit_price": "2.184",
    "lines-0-tax_rate": "5.5", "lines-0-discount_percent": "",
    "lines-1-description": "Leak", "lines-1-quantity": "1", "lines-1-unit_price": "96",
    "lines-1-tax_rate": "20", "lines-1-discount_percent": "25",
}  # fmt: skip
HEAD = {"currency": "EUR", "terms_days": "14", "due_date": "", "notes": "Thank you", "do": "save"}
_ERROR = re.compile(r'class="field-error" id="([\w.-]+)-error-1">([^<]+)')


@pytest.fixture
def new(customer: Any) -> str:
    return f"customers/{encode('cus', customer)}/invoice"


def _drafts(business: Any) -> list[Any]:
    with reading(business):
        return receivables.documents(business, DocumentFilter("draft"), today=AT.date())


def _path(invoice_id: Any, then: str = "") -> str:
    return f"invoices/{encode('inv', invoice_id)}{then}"


def test_a_draft_is_saved_and_shown(owner: Any, business: Any, new: str) -> None:
    form = HEAD | LINES | {"form_key": owner.form_key(new)}
    saved = owner.post(new, form)
    (draft,) = _drafts(business)
    assert saved["Location"] == f"/backoffice/{_path(draft.id, '/preview')}"
    assert draft.total_minor == 18_456
    assert "€184.56" in owner.get(_path(draft.id, "/preview")).content.decode()
    assert owner.get(_path(draft.id, "/pdf")).content[:5] == b"%PDF-"
    owner.post(new, form)
    assert len(_drafts(business)) == 1


def test_lines_come_and_go_without_losing_a_word(owner: Any, business: Any, new: str) -> None:
    longer = owner.post(new, HEAD | LINES | {"do": "add"}).content.decode()
    assert re.findall(r'name="(lines-\d+-description)"', longer) == [
        "lines-0-description", "lines-1-description", "lines-2-description",
    ]  # fmt: skip
    assert 'name="lines-2-tax_rate" type="text"' in longer
    assert "Thank you" in longer
    assert "42.6" in longer
    shorter = owner.post(new, HEAD | LINES | {"do": "remove-0"}).content.decode()
    assert re.findall(r'name="lines-\d+-description"[^>]*>([^<]*)<', shorter) == ["Leak"]
    assert _drafts(business) == []
    for nonsense in ("²", "9" * 5_000, "-1", ""):
        assert owner.post(new, HEAD | LINES | {"do": f"remove-{nonsense}"}).status_code < 400


def test_htmx_gets_the_lines_only(owner: Any, new: str) -> None:
    part = owner.post(new, HEAD | LINES | {"do": "add"}, headers={"hx-request": "true"})
    body = part.content.decode()
    assert "<html" not in body
    assert body.count("line-form") >= 3


def test_what_can_t_be_taken_is_said_beside_its_field(owner: Any, business: Any, new: str) -> None:
    before = counts(business)
    form = HEAD | LINES | {
        "lines-0-quantity": "many", "lines-1-description": "", "lines-1-tax_rate": "120",
        "terms_days": "soon", "currency": "XXQ",
    }  # fmt: skip
    answer = owner.post(new, form)
    assert answer.status_code == 422
    found = dict(_ERROR.findall(answer.content.decode()))
    assert set(found) == {
        "line-0-quantity", "line-1-description", "line-1-tax_rate", "id_terms_days", "id_currency",
    }  # fmt: skip
    assert found["line-0-quantity"] == "This is not a number like 12.50."
    assert 'value="many"' in answer.content.decode()
    assert counts(business) == before


def test_nothing_written_is_not_an_invoice(owner: Any, business: Any, new: str) -> None:
    empty = HEAD | {"lines-0-description": "", "lines-0-quantity": "1", "lines-0-unit_price": ""}
    assert owner.post(new, empty).status_code == 422
    assert _drafts(business) == []


def test_a_comma_is_a_decimal_mark_where_the_language_has_it(
    owner: Any, business: Any, new: str
) -> None:
    owner.client.cookies["language"] = "de"
    form = HEAD | LINES | {"lines-0-quantity": "42,6", "form_key": owner.form_key(new)}
    assert owner.post(new, form).status_code == 302
    owner.client.cookies["language"] = "en"
    assert owner.post(new, HEAD | LINES | {"lines-0-quantity": "42,6"}).status_code == 422


def test_totals_are_told_while_typing(owner: Any, business: Any) -> None:
    sums = owner.post("invoices/totals", HEAD | LINES).content.decode()
    assert "€184.56" in sums
    half = owner.post("invoices/totals", HEAD | LINES | {"lines-1-quantity": "x"}).content.decode()
    assert "€98.16" in half
    assert "One line is not counted yet." in half
    assert _drafts(business) == []


def test_a_draft_is_changed_and_an_issued_invoice_never(
    owner: Any, business: Any, customer: Any, issued: Any
) -> None:
    draft = draft_invoice(business, customer)
    assert owner.post(_path(draft, "/edit"), HEAD | LINES).status_code == 302
    assert _drafts(business)[0].total_minor == 18_456
    assert owner.post(_path(issued().id, "/edit"), HEAD | LINES).status_code == 409


def test_the_preview_leads_back_to_its_invoice(owner: Any, issued: Any) -> None:
    invoice = issued()
    page = owner.get(_path(invoice.id, "/preview")).content.decode()
    back = page[page.index('<p class="back">') :].split("</p>", 1)[0]
    assert f'href="/backoffice/{_path(invoice.id)}"' in back


def test_issuing_is_confirmed_and_happens_once(owner: Any, business: Any, customer: Any) -> None:
    draft = draft_invoice(business, customer)
    page = owner.get(_path(draft, "/issue")).content.decode()
    assert "alice@example.com" in page
    assert "Issue for €100.00" in page
    assert owner.post(_path(draft, "/issue"))["Location"] == f"/backoffice/{_path(draft)}"
    assert owner.post(_path(draft, "/issue")).status_code == 409
    day = clock.local_date(clock.now(), "Europe/London")
    assert journal(business).split() == [
        str(day), "invoice_issued", f"INV-{day.year}-00001", "receivable:Alice", "revenue",
        "100.00", "EUR",
    ]  # fmt: skip


def test_a_draft_is_deleted_after_a_page_that_asks(desk: Any, business: Any, customer: Any) -> None:
    clerk = desk(Role.FINANCE)
    draft = draft_invoice(business, customer)
    assert _path(draft, "/delete") in clerk.get(_path(draft)).content.decode()
    page = clerk.get(_path(draft, "/delete")).content.decode()
    assert "Delete this draft?" in page
    assert len(_drafts(business)) == 1
    assert clerk.post(_path(draft, "/delete"))["Location"] == "/backoffice/invoices/"
    assert _drafts(business) == []
    assert "The draft was deleted." in clerk.get("invoices/").content.decode()
    assert clerk.get(_path(draft)).status_code == 404


def test_a_draft_that_was_issued_meanwhile_is_not_deleted(
    owner: Any, business: Any, issued: Any
) -> None:
    invoice = issued()
    before = counts(business)
    assert _path(invoice.id, "/delete") not in owner.get(_path(invoice.id)).content.decode()
    for answer in (
        owner.get(_path(invoice.id, "/delete")),
        owner.post(_path(invoice.id, "/delete")),
    ):
        assert answer.status_code == 409
        assert "issued already" in answer.content.decode()
    assert counts(business) == before


def test_voiding_is_confirmed_and_refused_while_money_stands(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    invoice, paid = issued(), issued()
    asked = owner.get(_path(invoice.id, "/void")).content.decode()
    assert "can't be undone" in asked
    assert "No mail is sent" not in asked
    assert "Whoever got it by mail is told that it need not be paid." in asked
    assert owner.post(_path(invoice.id, "/void")).status_code == 302
    pay(business, paid)
    before = counts(business)
    refused = owner.post(_path(paid.id, "/void"))
    assert refused.status_code == 409
    assert "Write a credit note instead." in refused.content.decode()
    assert counts(business) == before
    assert _path(paid.id, "/void") not in owner.get(_path(paid.id)).content.decode()


def test_an_invoice_is_credited_by_lines(owner: Any, business: Any, issued: Any) -> None:
    invoice = issued(line("40", quantity="3", tax="20"), line("10"))
    path = _path(invoice.id, "/credit")
    with reading(business):
        first, second = billing.lines(business, invoice.id)
    form = {f"line-{first.id}": "1", f"line-{second.id}": "", "reason": "Too much"}
    review = owner.post(path, form | {"do": "review"}).content.decode()
    assert "Credit €48.00" in review
    assert "It is mailed to: <bdi>alice@example.com</bdi>" in review
    assert counts(business)["billing_creditnote"] == 0
    sent = form | {"do": "issue", "form_key": owner.form_key(path)}
    assert owner.post(path, sent).status_code == 302
    assert owner.post(path, sent).status_code == 302
    assert counts(business)["billing_creditnote"] == 1
    with reading(business):
        assert billing.credited(business, [invoice.id])[invoice.id].lines[first.id].quantity == 1
        assert receivables.items(business, [invoice.id])[invoice.id].open_minor == 10_600
    too_much = owner.post(path, form | {f"line-{first.id}": "2.5", "do": "issue"})
    assert too_much.status_code == 422
    assert "more than is left of this line" in too_much.content.decode()


def test_the_whole_invoice_is_what_the_form_begins_with(
    owner: Any, business: Any, issued: Any
) -> None:
    invoice = issued(line("40", quantity="3", tax="20"), line("10"))
    path = _path(invoice.id, "/credit")
    page = owner.get(path).content.decode()
    form = dict(re.findall(r'name="(line-[0-9a-f-]+)"[^>]*? value="([^"]+)"', page))
    assert sorted(form.values()) == ["1", "3"]
    key = owner.form_key(path)
    assert owner.post(path, form | {"do": "issue", "form_key": key}).status_code == 302
    with reading(business):
        assert receivables.items(business, [invoice.id])[invoice.id].open_minor == 0
    assert _path(invoice.id, "/credit") not in owner.get(_path(invoice.id)).content.decode()


def test_a_payment_that_was_taken_back_is_told_where_it_is_owed_again(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    invoice = issued()
    payment = pay(business, invoice)
    for stage, pill in (
        (ChargebackStage.NEEDS_RESPONSE, "Contested"),
        (ChargebackStage.LOST, "Charged back"),
    ):
        settle_chargeback(business, payment.id, staged(contested(payment), stage), at=AT, by=SYSTEM)
        page = owner.get(_path(invoice.id)).content.decode()
        assert f">{pill}</span>" in page

    assert "The payer&#39;s bank has taken the money back" in page
    assert "The bank decided for the payer" in page
    assert 'href="/backoffice/chargebacks/dis_' in page


@pytest.mark.parametrize(
    ("source", "pill"),
    [
        ("challenge", "Waiting for the payer"),
        ("slow", "Processing"),
        ("lost", "Checking"),
    ],
)
def test_an_invoice_that_is_being_paid_says_whose_turn_it_is(
    owner: Any, business: Any, customer: Any, issued: Any, gateway: Any, source: str, pill: str
) -> None:
    invoice = issued()
    pay(business, invoice, source=source)
    for path in ("invoices/", _path(invoice.id), f"customers/{encode('cus', customer)}"):
        page = owner.get(path).content.decode()
        assert f">{pill}</span>" in page, path
        assert "overdue</span>" not in page, path


def test_a_link_is_taken_back(owner: Any, business: Any, issued: Any) -> None:
    invoice = issued()
    token = identity.make_guest_link(
        business, invoice.id, invoice.customer_id, sent_to="alice@example.com", at=clock.now()
    )
    page = owner.get(_path(invoice.id)).content.decode()
    (address,) = re.findall(r'action="/backoffice/(invoices/[^"]+/lnk_[^"]+/revoke)"', page)
    assert owner.post(address).status_code == 302
    link = identities.guest_link(token)
    assert link is not None
    assert link.revoked_at is not None


def test_an_invoice_is_mailed_again_once_a_click(owner: Any, business: Any, issued: Any) -> None:
    invoice = issued()
    form = {"form_key": owner.form_key(_path(invoice.id))}
    assert owner.post(_path(invoice.id, "/send"), form).status_code == 302
    owner.post(_path(invoice.id, "/send"), form)
    with reading(business):
        mails = notifications.messages_about(business, "invoice", [invoice.id])
    assert [mail.recipient for mail in mails] == ["alice@example.com"]


def test_a_mail_that_was_overtaken_by_events_says_why(
    owner: Any, business: Any, issued: Any
) -> None:
    invoice = issued()
    (message,) = send_messages.send_invoice(business, invoice.id, at=AT)
    issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM)
    deliver_messages.deliver(business, message, at=AT)
    page = owner.get(_path(invoice.id)).content.decode()
    assert "Invoice was not mailed to alice@example.com" in page
    assert page.count("The invoice was voided before its turn came.") == 2
    assert "Try again" not in page


def test_the_list_filters_and_costs_the_same_with_one_row_and_three(
    owner: Any, business: Any, customer: Any, issued: Any
) -> None:
    late = issued(due=AT.date())
    with counted() as with_one:
        owner.get("invoices/")
    issued(due=clock.now().date() + timedelta(days=9))
    draft_invoice(business, customer)
    with counted() as with_three:
        assert owner.get("invoices/").content.decode().count("row-link") == 3
    assert with_one.count == with_three.count == 5
    for status, numbers in (("late", [late.number]), ("draft", ["Draft"]), ("paid", [])):
        body = owner.get(f"invoices/?status={status}").content.decode()
        assert re.findall(r'class="row-link[^>]*><bdi>([^<]+)', body) == numbers
    found = owner.get(f"invoices/?q={late.number}").content.decode()
    assert re.findall(r'class="row-link[^>]*><bdi>([^<]+)', found) == [late.number]


def test_a_phone_chooses_a_state_from_a_select_that_searches_keep(owner: Any, issued: Any) -> None:
    issued()
    page = owner.get("invoices/?status=paid&q=Alice").content.decode()
    form = page.split('role="search"')[1].split("</form>")[0]
    assert re.findall(r'<option value="(\w*)" selected>([^<]+)', form) == [("paid", "Paid")]
    assert form.count('name="status"') == 1
    choices = re.findall(r'<option value="(\w*)"', form)
    links = re.findall(r'href="/backoffice/invoices/\?(?:status=(\w+)&amp;)?q=Alice"', page)
    assert choices == links


def test_a_live_search_brings_its_filters_along(owner: Any, issued: Any) -> None:
    issued()
    part = owner.get("invoices/?q=Alice", headers={"hx-request": "true"}).content.decode()
    assert 'id="filters" hx-swap-oob="true"' in part
    assert 'href="/backoffice/invoices/?status=paid&amp;q=Alice"' in part
    assert "hx-swap-oob" not in owner.get("invoices/?q=Alice").content.decode()
