"""Timelines on pages: in words, by name, newest first, and as a spreadsheet."""

import csv
import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tools import states

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.audit.rows import NoteRow
from counterfoil.domain.audit.words import note_words
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Act, Limit, Role
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.insights.story_rows import TimelineRow
from counterfoil.domain.payments import queries as payments
from counterfoil.flows.letters import send_messages
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode, new_id
from counterfoil.surfaces.backoffice.changes.timelines.reading import noted_happening
from counterfoil.surfaces.backoffice.changes.timelines.words import step_words
from counterfoil.surfaces.backoffice.words import skip_words
from factories.businesses import AT
from factories.invoices import draft_invoice
from factories.payments import pay
from factories.refunds import refund
from factories.staff import asked_approval

FORM = {
    "name": "Alice <b>Ltd</b>", "email": "new@alice.example", "locale": "en",
    "timezone": "Europe/London", "currency": "EUR",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("post")


def body(desk: Any, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def lived(business: Any, customer: Any, issued: Any, gateway: Any, desk: Any) -> tuple[UUID, UUID]:
    """An invoice that was mailed and paid, and a customer whom somebody changed."""
    invoice = issued()
    send_messages.send_invoice(business, invoice.id, at=AT)
    attempt = pay(business, invoice)
    path = f"customers/{encode('cus', customer)}/edit"
    clerk = desk(Role.FINANCE)
    assert clerk.post(path, FORM | {"form_key": clerk.form_key(path)}).status_code == 302
    audit.note(
        business, NoteKind.LOOKED, subject=f"bank_account:{customer}", customer_id=customer,
        facts={"what": "IBAN"}, at=AT,
    )  # fmt: skip
    return invoice.id, attempt.id


def test_a_customer_s_timeline_is_in_words(owner: Any, customer: Any, lived: Any) -> None:
    told = body(owner, f"customers/{encode('cus', customer)}/timeline")
    for words in (
        "Looked at: Bank account", "IBAN", "Money received", "Issued", "<bdi>Finance</bdi>",
        "Email: \u2068alice@example.com\u2069 → \u2068new@alice.example\u2069",
        "Alice &lt;b&gt;Ltd&lt;/b&gt;", "127.0.0.1", "waits to be mailed to alice@example.com",
    ):  # fmt: skip
        assert words in told, words
    assert "{&#34;" not in told
    assert "staff:" not in told
    assert told.index("new@alice.example") < told.index("Money received")


def test_an_invoice_and_a_payment_lead_to_theirs(owner: Any, lived: Any) -> None:
    invoice_id, attempt_id = lived
    for path in (f"invoices/{encode('inv', invoice_id)}", f"payments/{encode('pay', attempt_id)}"):
        assert f'href="/backoffice/{path}/timeline"' in body(owner, path)
        assert "Money received" in body(owner, f"{path}/timeline")


def test_a_contact_has_one_and_one_of_another_customer_is_not_there(
    business: Any, owner: Any, customer: Any, other_customer: Any, lived: Any
) -> None:
    with reading(business):
        [person] = customers.contacts(business, [customer])
    end = f"contacts/{encode('con', person.id)}/timeline"
    assert "mailed to alice@example.com" in body(
        owner, f"customers/{encode('cus', customer)}/{end}"
    )
    assert owner.get(f"customers/{encode('cus', other_customer)}/{end}").status_code == 404


def test_a_member_has_one_for_those_who_may_read_the_trail(
    business: Any, owner: Any, desk: Any, lived: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM identity_user WHERE name = 'Finance'")
        [[user_id]] = cursor.fetchall()
    assert "new@alice.example" in body(owner, f"settings/people/{user_id}/timeline")
    refused = desk(Role.READONLY).get(f"settings/people/{user_id}/timeline")
    assert refused.status_code == 403


def test_who_deleted_a_draft_is_told_of_it(business: Any, customer: Any, desk: Any) -> None:
    clerk = desk(Role.OWNER)
    draft = encode("inv", draft_invoice(business, customer))
    assert clerk.post(f"invoices/{draft}/delete").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM identity_user WHERE name = 'Owner'")
        [[user_id]] = cursor.fetchall()
    told = body(clerk, f"settings/people/{user_id}/timeline")
    assert "<strong>Draft deleted</strong>" in told
    assert draft not in told  # there is no page of it any more


STATES = [(machine.name, state) for machine in states.machines() for state in machine.states()]


@pytest.mark.parametrize(("machine", "state"), STATES)
def test_every_state_has_words(machine: str, state: str) -> None:
    row = TimelineRow(
        *(new_id(), AT, "step", machine, state, "", "", "", None, "", [], {}, {}, {}),
        *("", 0, "", None, ""),
    )
    assert step_words(row)


def test_the_spreadsheet_has_a_line_for_each_and_is_noted(
    business: Any, owner: Any, customer: Any, lived: Any
) -> None:
    path = f"customers/{encode('cus', customer)}/timeline"
    answer = owner.get(f"{path}?as=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [one["at"] for one in rows] == sorted((one["at"] for one in rows), reverse=True)
    [looked] = [one for one in rows if one["what"].startswith("Looked at")]
    assert looked["details"] == "IBAN"
    assert "Exported: Timeline" in body(owner, path)


def test_a_spreadsheet_is_for_those_who_may_take_lists_away(
    desk: Any, customer: Any, lived: tuple[UUID, UUID]
) -> None:
    support, finance = desk(Role.SUPPORT), desk(Role.FINANCE)
    invoice, payment = lived
    for path in (
        f"customers/{encode('cus', customer)}/timeline",
        f"invoices/{encode('inv', invoice)}/timeline",
        f"payments/{encode('pay', payment)}/timeline",
    ):
        assert support.get(f"{path}?as=csv").status_code == 403
        assert "as=csv" not in body(support, path)
        assert finance.get(f"{path}?as=csv").status_code == 200
        assert "as=csv" in body(finance, path)


def test_a_long_timeline_has_pages_and_costs_the_same(
    business: Any, owner: Any, customer: Any
) -> None:
    def note(number: int) -> None:
        subject = f"mandate:{number}"
        audit.note(business, NoteKind.LOOKED, subject=subject, customer_id=customer, at=AT)

    path = f"customers/{encode('cus', customer)}/timeline"
    note(0)
    counts = []
    for more in (0, 60):
        for number in range(more):
            note(number + 1)
        with CaptureQueriesContext(connection) as asked:
            told = body(owner, path)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert told.count("Looked at: Mandate") == 48  # and two changes
    [older] = re.findall(rf'href="/backoffice/{path}(\?[^"]+)"[^>]*rel="next"', told) or re.findall(
        r'href="[^"]*timeline(\?after[^"]+)"', told
    )
    assert body(owner, path + older.replace("&amp;", "&")).count("Looked at: Mandate") == 13


@pytest.mark.parametrize("kind", list(NoteKind))
def test_every_kind_of_note_has_words(kind: NoteKind) -> None:
    assert note_words(kind) != kind.replace("_", " ").capitalize() or kind in (
        NoteKind.SIGNED_IN, NoteKind.SIGNED_OUT, NoteKind.INVITED, NoteKind.JOINED,
        NoteKind.LEFT, NoteKind.DOWNLOADED, NoteKind.EXPORTED,
    )  # fmt: skip


def test_an_erasure_that_was_only_asked_for_is_not_told_as_done() -> None:
    told = [
        noted_happening(
            NoteRow(UUID(int=1), AT, "user:1", "", "erased", "customer:1", None, {"step": step}),
            {},
        )
        for step in ("asked", "erased")
    ]
    assert [f"{one.words}, {one.note}" for one in told] == [
        "Erasure of personal data: Customer, asked for",
        "Erasure of personal data: Customer, done",
    ]


def test_how_somebody_signed_in_is_told_in_words() -> None:
    facts = {"door": "staff", "who": "a@b.example", "by": "password, mfa"}
    row = NoteRow(UUID(int=1), AT, "user:1", "", "signed_in", "user:1", None, facts)
    assert noted_happening(row, {}).note == (
        "in the backoffice, a@b.example, by password, by second factor"
    )


def test_the_timeline_of_a_payment_is_called_by_its_amount(desk, lived) -> None:
    _, payment = lived
    assert "What happened: <bdi>Payment of €" in body(
        desk(Role.OWNER), f"payments/{encode('pay', payment)}/timeline"
    )


def test_a_payment_tells_who_asked_and_who_approved(
    business: Any, desk: Any, lived: tuple[UUID, UUID]
) -> None:
    with reading(business):
        payment = payments.attempt(business, lived[1])
    owner, approval_id = desk(), asked_approval(business, payment)
    path = f"approvals/{encode('apr', approval_id)}"
    assert owner.post(f"{path}/decide", {"do": "approve", "note": "Fine"}).status_code == 302
    told = body(owner, f"payments/{encode('pay', payment.id)}/timeline")
    link = f'<a href="/backoffice/{path}"><bdi>Refund of €1.00</bdi></a>'
    for words, who, why in (
        ("Asked for a second person’s word", "Cole", "Late"),
        ("Approved by a second person", "Owner", "Fine"),
    ):
        _before, _words, after = told.partition(f"<strong>{words}</strong> · {link}")
        moment = after.partition("</li>")[0]
        assert f"<bdi>{who}</bdi>" in moment
        assert f"<bdi>{why}</bdi>" in moment


def test_an_invoice_tells_what_was_asked_about_it(
    business: Any, desk: Any, lived: tuple[UUID, UUID]
) -> None:
    desk()
    staffing.write_limits_of_all(business, [Limit(Act.CREDIT, "EUR", 0)])
    invoice = f"invoices/{encode('inv', lived[0])}"
    finance = desk(Role.FINANCE)
    assert "approvals/" in credit_one(business, finance, lived[0])["Location"]
    told = body(finance, f"{invoice}/timeline")
    assert "<strong>Asked for a second person’s word</strong> · <a" in told
    assert "<bdi>Credit note of €" in told


def test_steps_of_a_refund_tell_how_much(
    business: Any, owner: Any, customer: Any, lived: tuple[UUID, UUID]
) -> None:
    with reading(business):
        payment = payments.attempt(business, lived[1])
    refund(business, payment, 300)
    page = f"payments/{encode('pay', payment.id)}"
    link = f'Refund begun</strong> · <a href="/backoffice/{page}"><bdi>€3.00</bdi></a>'
    for path in (page, f"customers/{encode('cus', customer)}"):
        assert link in body(owner, f"{path}/timeline")
        answer = owner.get(f"{path}/timeline?as=csv")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        assert {one["about"] for one in rows if one["what"] == "Refund begun"} == {"€3.00"}


def test_a_credit_note_names_who_issued_it(
    business: Any, desk: Any, lived: tuple[UUID, UUID]
) -> None:
    finance = desk(Role.FINANCE)
    assert credit_one(business, finance, lived[0]).status_code == 302
    path = f"invoices/{encode('inv', lived[0])}"
    for page in (path, f"{path}/timeline"):
        _before, _words, after = body(finance, page).partition("<strong>Credit note ")
        assert "<bdi>Finance</bdi>" in after.partition("</li>")[0], page


def credit_one(business: Any, desk: Any, invoice_id: UUID) -> Any:
    """The first line of an invoice is credited at this desk."""
    with reading(business):
        (line, *_) = billing.lines(business, invoice_id)
    path = f"invoices/{encode('inv', invoice_id)}/credit"
    form = {f"line-{line.id}": "1", "reason": "Wrong", "form_key": desk.form_key(path)}
    return desk.post(path, form | {"do": "issue"})


def test_why_a_mail_was_not_sent_has_words():
    """Every reason that deliveries give: without words, its page would be an error."""
    reasons = ["invoice_voided", "nothing_due", "refund_not_sent", "payment_returned"]
    assert all(map(skip_words, [*reasons, "invitation_over"]))
