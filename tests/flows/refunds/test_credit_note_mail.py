"""The mail about a credit note: to whom gets invoices, once, with the note, asking for nothing."""

import pytest

from counterfoil.domain.billing.drafts import NewCreditNote
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.notifications.rendering import TEMPLATES
from counterfoil.flows import issue_invoices
from counterfoil.flows.letters import deliver_messages
from counterfoil.flows.letters.send_credit_note import send_credit_note
from counterfoil.infra.db import execute, reading, run
from counterfoil.surfaces.backoffice.words import mail_words
from factories.businesses import AT
from factories.invoices import credit_note, line
from factories.mails import mailbox, text_of
from factories.payments import pay


def jobs(name="send_credit_note"):
    [(count,)] = execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %(name)s", {"name": name}
    )
    return count


def mails(business, customer, note, tmp_path):
    for message_id in send_credit_note(business, note.id, at=AT):
        deliver_messages.deliver(business, message_id, at=AT)
    return mailbox(tmp_path / "mail")


def test_it_follows_from_the_note_and_not_from_seeded_history(business, customer, issued):
    invoice = issued()
    credit_note(business, customer, line("40"), invoice_id=invoice.id)
    assert jobs() == 1
    new = NewCreditNote(customer, "EUR", [line("5")], invoice_id=invoice.id)
    terms = IssueTerms(AT.date())
    issue_invoices.credit(business, [new], terms, at=AT, quiet=True)
    assert jobs() == 1


def test_it_says_what_is_left_and_carries_the_note(business, customer, issued, post, tmp_path):
    invoice = issued(line("100"))
    note = credit_note(business, customer, line("40"), invoice_id=invoice.id)
    [mail] = mails(business, customer, note, tmp_path)
    assert mail["Subject"] == f"Credit note {note.number} from Harrow Water: €40.00"
    text = text_of(mail)
    assert f"Of invoice {invoice.number}, €60.00 are still to be paid." in text
    assert "stay as your credit" not in text
    assert "/i/" in text
    [attached] = list(mail.iter_attachments())
    assert attached.get_filename() == f"{note.number}.pdf"
    assert send_credit_note(business, note.id, at=AT) == []
    with reading(business):
        [row] = notifications.messages_about(business, "invoice", [invoice.id])
    assert (row.template, row.state) == ("credit_note_issued", "sent")


def test_of_a_paid_invoice_all_of_it_stays_as_credit(
    business, customer, issued, gateway, post, tmp_path
):
    invoice = issued(line("100"))
    pay(business, invoice)
    note = credit_note(business, customer, line("30"), invoice_id=invoice.id)
    text = text_of(mails(business, customer, note, tmp_path)[-1])
    assert f"Invoice {invoice.number}: there is nothing to pay any more." in text
    assert "€30.00 of it stay as your credit with Harrow Water." in text


def test_a_free_one_leads_to_the_portal(business, customer, post, tmp_path):
    note = credit_note(business, customer, line("25"))
    text = text_of(mails(business, customer, note, tmp_path)[-1])
    assert "€25.00 of it stay as your credit with Harrow Water." in text
    assert "See your invoices" in text
    assert "/i/" not in text


def test_only_who_gets_invoices_gets_it(business, customer, issued, post, tmp_path):
    new = [
        NewContact(name="Rita", email="rita@example.com", gets_invoices=False, gets_receipts=True),
        NewContact(name="Karl", email="karl@example.com", locale="de"),
    ]
    run(business, lambda: customers.add_contacts(business, customer, new, at=AT))
    note = credit_note(business, customer, line("10"), invoice_id=issued().id)
    found = mails(business, customer, note, tmp_path)
    assert sorted(mail["To"] for mail in found) == ["alice@example.com", "karl@example.com"]


SAID_AS_CALLED = {"chargeback", "payment_stopped", "planned_payment", "receipt", "seals"}


@pytest.mark.parametrize("template", sorted(set(TEMPLATES.values()) - SAID_AS_CALLED))
def test_every_mail_has_a_name_for_staff(template):
    assert mail_words(template) != template.replace("_", " ").capitalize()
