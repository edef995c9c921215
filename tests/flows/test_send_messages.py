"""Mails that follow from what happened: to whom, in which words, once."""

import json
from datetime import timedelta

import pytest

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.notifications import queries
from counterfoil.domain.notifications.letters import link_mark
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows import issue_invoices
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.letters import send_messages
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.customers import add_customer
from factories.gateways import failed
from factories.invoices import credit_note, draft_invoice, issued_invoice, line
from factories.payments import pay
from races.racing import race

LATER = AT + timedelta(minutes=5)


def texts(business, ids):
    with reading(business):
        return {row.recipient: row for row in (queries.message(business, one) for one in ids)}


def jobs(name="deliver_message"):
    rows = execute("SELECT args FROM procrastinate_jobs WHERE task_name = %(n)s", {"n": name})
    return [json.loads(args) if isinstance(args, str) else args for (args,) in rows]


def fail(business, attempt, at):
    outcome = failed(encode("pay", attempt.id))
    settle(business, [AttemptOutcome(attempt.id, outcome)], at=at, by=SYSTEM)


def test_an_issued_invoice_goes_to_every_contact_that_gets_invoices(business, customer, issued):
    more = [
        NewContact("Ines", "ines@moreau.example", locale="de"),
        NewContact("Omar", "omar@moreau.example", locale="ar", gets_receipts=False),
        NewContact("Quiet", "quiet@moreau.example", gets_invoices=False),
    ]
    customers.add_contacts(business, customer, more, at=AT)
    invoice = issued(line("203.55"))
    ids = send_messages.send_invoice(business, invoice.id, at=AT)
    mails = texts(business, ids)

    assert {name: (mail.locale, mail.subject) for name, mail in mails.items()} == {
        "alice@example.com":
            ("en", "Invoice INV-2026-00001 from Harrow Water: €203.55 due by 31 March 2026"),
        "ines@moreau.example":
            ("de", "Rechnung INV-2026-00001 von Harrow Water: 203,55\u00a0€ bis 31. März 2026"),
        "omar@moreau.example":
            ("ar", mails["omar@moreau.example"].subject),
    }  # fmt: skip
    assert {(mail.about_kind, mail.about_id, mail.state) for mail in mails.values()} == {
        ("invoice", invoice.id, "queued")
    }
    assert jobs() == [{"business_id": str(business), "message_id": str(one)} for one in ids]


def test_the_job_twice_writes_once(business, issued):
    invoice = issued()

    assert len(send_messages.send_invoice(business, invoice.id, at=AT)) == 1
    assert send_messages.send_invoice(business, invoice.id, at=LATER) == []
    assert len(jobs()) == 1


def test_the_job_twice_at_once_writes_once(business, issued):
    invoice = issued()

    def work():
        return send_messages.send_invoice(business, invoice.id, at=AT)

    written = [one for some in race(work, work) for one in some]

    assert len(written) == 1
    assert len(jobs()) == 1


def test_the_stored_mail_holds_no_link_that_opens_anything(business, issued):
    invoice = issued()
    [message_id] = send_messages.send_invoice(business, invoice.id, at=AT)
    [mail] = texts(business, [message_id]).values()

    link = f"http://harrow.example/i/{link_mark(message_id)}"
    assert f"{link}\n" in mail.text
    assert f'href="{link}"' in mail.html
    assert identity.guest_link(link_mark(message_id)) is None
    with reading(business):
        assert identity.guest_links(business, invoice.id) == []


def test_an_invoice_that_is_paid_by_then_asks_for_nothing(business, issued, gateway):
    invoice = issued()
    pay(business, invoice)
    ids = send_messages.send_invoice(business, invoice.id, at=LATER)
    [mail] = texts(business, ids).values()

    assert mail.subject == "Invoice INV-2026-00001 from Harrow Water"
    assert "There is nothing to pay." in mail.text


def test_a_part_that_is_open_is_what_is_asked_for(business, customer, issued):
    invoice = issued()
    credit_note(business, customer, line("40"), invoice_id=invoice.id)
    ids = send_messages.send_invoice(business, invoice.id, at=LATER)
    [mail] = texts(business, ids).values()

    assert "Amount due: €60.00\n" in mail.text
    assert "Invoice total: €100.00\n" in mail.text


def test_drafts_and_voided_invoices_are_not_sent(business, customer, issued):
    draft = draft_invoice(business, customer)
    voided = issued()
    issue_invoices.void(business, voided.id, at=AT, by=SYSTEM)

    assert send_messages.send_invoice(business, draft, at=AT) == []
    assert send_messages.send_invoice(business, voided.id, at=AT) == []
    with pytest.raises(NotFound):
        send_messages.send_invoice(business, new_id(), at=AT)
    assert jobs() == []


def test_a_neighbour_s_invoice_is_not_found(business, other_business, issued):
    invoice = issued()

    with pytest.raises(NotFound):
        send_messages.send_invoice(other_business, invoice.id, at=AT)


def test_a_receipt_says_what_was_paid_and_what_is_left(business, customer, issued, gateway):
    first, second = issued(line("50")), issued(line("100"))
    parts = ((first.id, 5000), (second.id, 4000))
    attempt = pay(business, first, parts=parts, amount_minor=9500)
    ids = send_messages.send_receipt(business, attempt.id, at=AT)
    [mail] = texts(business, ids).values()

    assert mail.template == "receipt"
    assert (mail.about_kind, mail.about_id) == ("payment", attempt.id)
    assert (
        mail.text.split("\n\nKeep")[0]
        == """Payment received

€95.00
1 March 2026, 09:00 GMT
Visa •••• 4242

Invoice INV-2026-00001: €50.00
Invoice INV-2026-00002: €40.00
€60.00 is left to pay on it.
Kept as credit for you: €5.00

The receipt is attached as a PDF.

See your invoices:
http://harrow.example/"""
    )
    assert send_messages.send_receipt(business, attempt.id, at=LATER) == []


def test_a_receipt_for_one_invoice_links_to_it(business, issued, gateway):
    attempt = pay(business, issued())
    [message_id] = send_messages.send_receipt(business, attempt.id, at=AT)
    [mail] = texts(business, [message_id]).values()

    assert f"See the invoice:\nhttp://harrow.example/i/{link_mark(message_id)}\n" in mail.text


@pytest.mark.parametrize("source", ["declined", "slow", "challenge", "lost"])
def test_no_receipt_without_money(business, issued, gateway, source):
    attempt = pay(business, issued(), source=source)

    assert send_messages.send_receipt(business, attempt.id, at=AT) == []


def charge_back(business, attempt, stage, minor=None):
    fact = staged(contested(attempt, minor), stage)
    settle_chargeback(business, attempt.id, fact, at=LATER, by=SYSTEM)


def test_a_late_receipt_is_not_sent_once_a_chargeback_has_taken_the_money(
    business, issued, gateway
):
    attempt = pay(business, issued())
    charge_back(business, attempt, ChargebackStage.LOST)
    assert send_messages.send_receipt(business, attempt.id, at=LATER) == []


def test_a_late_receipt_calls_nothing_credit_that_a_chargeback_has_taken(business, issued, gateway):
    attempt = pay(business, issued(), amount_minor=12_000)
    charge_back(business, attempt, ChargebackStage.LOST, 2_000)
    (mail,) = texts(business, send_messages.send_receipt(business, attempt.id, at=LATER)).values()
    assert "€120.00" in mail.text
    assert "credit" not in mail.text


@pytest.mark.parametrize("stage", [ChargebackStage.NEEDS_RESPONSE, ChargebackStage.WON])
def test_a_chargeback_that_is_not_lost_leaves_the_receipt(business, issued, gateway, stage):
    attempt = pay(business, issued())
    charge_back(business, attempt, stage)
    assert len(send_messages.send_receipt(business, attempt.id, at=LATER)) == 1


@pytest.mark.parametrize(("seconds", "mails"), [(60, 0), (61, 1)])
def test_a_failure_is_mailed_when_its_payer_has_gone(business, issued, gateway, seconds, mails):
    attempt = pay(business, issued(), source="challenge")
    known_at = AT + timedelta(seconds=seconds)
    fail(business, attempt, known_at)
    ids = send_messages.send_payment_failed(business, attempt.id, at=known_at)

    assert len(ids) == mails
    assert [mail.template for mail in texts(business, ids).values()] == ["payment_failed"] * mails
    assert send_messages.send_payment_failed(business, attempt.id, at=LATER) == []


def test_a_decline_on_the_page_is_not_mailed(business, issued, gateway):
    attempt = pay(business, issued(), source="declined")

    assert send_messages.send_payment_failed(business, attempt.id, at=LATER) == []


def test_a_failure_is_not_mailed_once_nothing_is_left_to_do(business, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice, source="challenge")
    fail(business, attempt, LATER)
    pay(business, invoice, source="ok")

    assert send_messages.send_payment_failed(business, attempt.id, at=LATER) == []


def test_a_failure_is_not_mailed_while_someone_pays_again(business, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice, source="challenge")
    fail(business, attempt, LATER)
    pay(business, invoice, source="slow")

    assert send_messages.send_payment_failed(business, attempt.id, at=LATER) == []


def test_a_customer_without_contacts_gets_nothing(business):
    lonely = issued_invoice(business, add_customer(business, "Lonely", email=""))

    assert send_messages.send_invoice(business, lonely.id, at=AT) == []
