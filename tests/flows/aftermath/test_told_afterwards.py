"""What people were told and is not so any more: they are told that too, once, in kind words."""

import pytest

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.flows import issue_invoices
from counterfoil.flows.aftermath import move_payment, write_off
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.letters import deliver_messages, send_changes, send_messages
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.refunds.unapply_payment import unapply
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.surfaces.jobs import aftermath
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.gateways import refund_failed
from factories.invoices import line
from factories.mails import mailbox, text_of
from factories.payments import pay
from factories.refunds import refund
from factories.staff import hire, narrow


def delivered(business, ids):
    for one in ids:
        deliver_messages.deliver(business, one, at=AT)


def newest(tmp_path, count=1):
    return sorted(mailbox(tmp_path / "mail"), key=lambda mail: str(mail["Message-ID"]))[-count:]


def deferred(name):
    rows = execute("SELECT args FROM procrastinate_jobs WHERE task_name = %(n)s", {"n": name})
    return len(rows)


def comes_back(business, gateway, found):
    told = RefundTold(found.id, refund_failed(gateway.refunds[-1]))
    settle_refunds(business, [told], at=AT, by=SYSTEM)


def test_who_was_told_of_a_refund_is_told_that_it_came_back_and_staff_too(
    business, issued, gateway, post, tmp_path
):
    hire(business, Role.OWNER, "olga@harrow.example")
    hire(business, Role.FINANCE, "north@harrow.example")
    payment = pay(business, issued())
    found = refund(business, payment, 6_000)
    narrow(business, "north@harrow.example", "north")  # and does not see this customer
    delivered(business, send_messages.send_refund(business, found.id, at=AT))
    comes_back(business, gateway, found)
    assert deferred("send_refund_failed") == 1
    ids = send_changes.send_refund_failed(business, found.id, at=AT)
    assert send_changes.send_refund_failed(business, found.id, at=AT) == []
    delivered(business, ids)
    mails = {str(mail["To"]): mail for mail in newest(tmp_path, 2)}
    assert sorted(mails) == ["alice@example.com", "olga@harrow.example"]
    told, staff = mails["alice@example.com"], mails["olga@harrow.example"]
    assert told["Subject"] == "Your refund of €60.00 did not arrive"
    assert "it is your credit with Harrow Water" in text_of(told)
    assert "answer this mail and say where it should go" in text_of(told)
    assert staff["Subject"] == "A refund of €60.00 did not arrive: Alice"
    assert f"/backoffice/payments/{encode('pay', payment.id)}" in text_of(staff)
    assert "may give money back" in text_of(staff)


def test_a_mail_that_a_refund_was_sent_does_not_go_once_it_came_back(
    business, issued, gateway, post, tmp_path
):
    payment = pay(business, issued())
    found = refund(business, payment)
    waiting = send_messages.send_refund(business, found.id, at=AT)
    comes_back(business, gateway, found)
    delivered(business, waiting)
    with reading(business):
        assert notifications.message(business, waiting[0]).problem == "refund_returned"
    assert send_changes.send_refund_failed(business, found.id, at=AT) == []


def test_who_got_a_voided_invoice_hears_that_it_need_not_be_paid(business, issued, post, tmp_path):
    invoice, unsent = issued(), issued()
    delivered(business, send_messages.send_invoice(business, invoice.id, at=AT))
    waiting = send_messages.send_invoice(business, unsent.id, at=AT)
    for one in (invoice, unsent):
        issue_invoices.void(business, one.id, at=AT, by=SYSTEM)
    assert deferred("send_invoice_voided") == 2
    delivered(business, waiting)
    ids = send_changes.send_invoice_voided(business, invoice.id, at=AT)
    assert send_changes.send_invoice_voided(business, unsent.id, at=AT) == []
    delivered(business, ids)
    [mail] = newest(tmp_path)
    assert mail["Subject"] == f"Invoice {invoice.number} need not be paid"
    assert "There is nothing to pay on it." in text_of(mail)
    assert send_changes.send_invoice_voided(business, invoice.id, at=AT) == []


def test_a_payment_taken_off_two_invoices_is_one_mail_that_says_what_is_open(
    business, issued, gateway, post, tmp_path
):
    first, second = sorted((issued(), issued()), key=lambda one: one.id)  # as they are covered
    parts = ((first.id, 5000), (second.id, 10_000))
    payment = pay(business, first, parts=parts, amount_minor=15_000)
    move_payment.keep_as_credit(business, payment.id, Money(12_000, "EUR"), at=AT, by=SYSTEM)
    assert deferred("send_payment_moved") == 2
    ids = send_changes.send_payment_moved(business, payment.id, at=AT)
    assert send_changes.send_payment_moved(business, payment.id, at=AT) == []
    delivered(business, ids)
    [mail] = newest(tmp_path)
    assert mail["Subject"] == "Correction: what your payment of €150.00 pays"
    text = text_of(mail)
    covered = 30 if f"€30.00 of invoice {first.number}" in text else 0
    assert covered == 30, text
    assert "We have changed which invoices your payment pays. No money has moved." in text
    assert "wrong invoice" not in text  # it may have been kept as credit instead of a refund
    assert f"Invoice {first.number} has €70.00 open." in text
    assert f"Invoice {second.number} has €100.00 open." in text
    assert "€120.00 of it stay as your credit with Harrow Water." in text


def test_a_payment_that_is_moved_says_where_to(business, issued, gateway, post, tmp_path):
    wrong, right = issued(line("50")), issued(line("80"))
    payment = pay(business, wrong)
    move_payment.move(business, payment.id, wrong.id, right.id, at=AT, by=SYSTEM)
    delivered(business, send_changes.send_payment_moved(business, payment.id, at=AT))
    text = text_of(newest(tmp_path)[0])
    assert f"€50.00 of invoice {right.number} is paid by it." in text
    assert f"Invoice {right.number} has €30.00 open." in text
    assert f"Invoice {wrong.number} has €50.00 open." in text
    unapply(business, payment.id, right.id, at=AT.replace(hour=10), by=SYSTEM)
    assert len(send_changes.send_payment_moved(business, payment.id, at=AT)) == 1


def charge_back(business, payment, stage):
    settle_chargeback(business, payment.id, staged(contested(payment), stage), at=AT, by=SYSTEM)
    with reading(business):
        (found,) = chargebacks.chargebacks_of(business, [payment.id])
    return found.id


def test_a_chargeback_is_told_in_kind_words_as_it_opens_and_as_it_ends(
    business, issued, gateway, post, tmp_path
):
    invoice = issued()
    payment = pay(business, invoice)
    found = charge_back(business, payment, ChargebackStage.NEEDS_RESPONSE)
    assert deferred("send_contested") == 1
    delivered(business, send_changes.send_contested(business, found, at=AT))
    text = text_of(newest(tmp_path)[0])
    assert "There is nothing to do for you" in text
    charge_back(business, payment, ChargebackStage.LOST)
    ids = send_changes.send_contested(business, found, at=AT)
    assert send_changes.send_contested(business, found, at=AT) == []
    delivered(business, ids)
    [mail] = newest(tmp_path)
    assert mail["Subject"] == "Your payment of €100.00 went back to you"
    assert f"Invoice {invoice.number} has €100.00 open." in text_of(mail)
    assert "Pay €100.00:" in text_of(mail)
    assert "/i/" in text_of(mail)


@pytest.mark.parametrize(("heard", "mails"), [(True, 1), (False, 0)])
def test_that_it_was_won_is_told_to_who_had_heard_of_it(
    business, issued, gateway, post, tmp_path, heard, mails
):
    payment = pay(business, issued())
    found = charge_back(business, payment, ChargebackStage.NEEDS_RESPONSE)
    if heard:
        delivered(business, send_changes.send_contested(business, found, at=AT))
    charge_back(business, payment, ChargebackStage.WON)
    assert len(send_changes.send_contested(business, found, at=AT)) == mails


def test_a_question_for_money_is_not_sent_once_it_is_paid(
    business, issued, gateway, post, tmp_path
):
    invoice = issued()
    payment = pay(business, invoice)
    found = charge_back(business, payment, ChargebackStage.LOST)
    ids = send_changes.send_contested(business, found, at=AT)
    pay(business, invoice)
    delivered(business, ids)
    with reading(business):
        assert notifications.message(business, ids[0]).state == "skipped"


def test_nobody_is_told_that_their_debt_is_written_off(business, issued, gateway):
    write_off.write_off(business, issued().id, "Too small", at=AT, by=SYSTEM)
    rows = execute("SELECT task_name FROM procrastinate_jobs", {})
    assert [name for (name,) in rows if name != "send_invoice"] == []


def test_the_jobs_read_what_the_events_say(business, issued, gateway, post):
    invoice = issued()
    payment = pay(business, invoice)
    found = refund(business, payment)
    aftermath.send_refund_failed(str(business), about={"refund": encode("ref", found.id)})
    aftermath.send_payment_moved(str(business), about={"payment": encode("pay", payment.id)})
    aftermath.send_invoice_voided(str(business), about={"invoice": encode("inv", invoice.id)})
    assert deferred("deliver_message") == 0
