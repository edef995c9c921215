"""A mail goes out once, or twice with a mark, and whatever happened can be read afterwards."""

import json
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from counterfoil.domain.identity import queries as identity
from counterfoil.domain.insights import stories
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.notifications import queries
from counterfoil.domain.notifications.operations import MAY_HAVE_ARRIVED
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows import issue_invoices
from counterfoil.flows.letters import deliver_messages, render_document, send_messages
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import TransactionMisuse, execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.channels import MailRefused
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import failed
from factories.invoices import credit_note, line
from factories.mails import Killed, html_of, mailbox, text_of
from factories.payments import pay
from flows.debits.scripted import told
from races.racing import kinds, race

MINUTE = timedelta(minutes=1)


def state(business, message_id):
    with reading(business):
        row = queries.message(business, message_id)
    return row.state, row.tries, row.problem


def deferred():
    rows = execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver_message'")
    return rows[0][0]


def live_links(business, invoice):
    with reading(business):
        return identity.guest_links(business, invoice.id)


def recipient(business, message_id):
    with reading(business):
        return queries.message(business, message_id).recipient


@pytest.fixture
def invoice(issued):
    return issued(line("203.55"))


@pytest.fixture
def message(business, invoice):
    [message_id] = send_messages.send_invoice(business, invoice.id, at=AT)
    return message_id


def test_the_mail_that_arrives(business, invoice, message, post, tmp_path):
    deliver_messages.deliver(business, message, at=AT)
    [mail] = mailbox(tmp_path / "mail")

    assert mail["From"] == "Harrow Water <post@counterfoil.example>"
    assert mail["To"] == "alice@example.com"
    assert mail["Reply-To"] == "Harrow Water <accounts@harrow.example>"
    assert mail["Message-ID"] == f"<{message.hex}@harrow.example>"
    assert mail["X-Counterfoil-Resent"] is None
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "INV-2026-00001.pdf"
    assert attached.get_content() == render_document.invoice_pdf(business, invoice.id, at=AT)
    assert state(business, message) == ("sent", 1, "")


def test_its_link_opens_that_invoice_and_is_nowhere_else(
    business, invoice, customer, message, post, tmp_path
):
    deliver_messages.deliver(business, message, at=AT)
    [mail] = mailbox(tmp_path / "mail")
    [address] = [word for word in text_of(mail).split() if "/i/" in word]
    token = address.removeprefix("http://harrow.example/i/")
    link = identity.guest_link(token)

    assert (link.business_id, link.invoice_id, link.customer_id, link.sent_to) == (
        business, invoice.id, customer, "alice@example.com"
    )  # fmt: skip
    assert f'href="{address}"' in html_of(mail)
    with reading(business):
        stored = queries.message(business, message)
    assert token not in stored.text + stored.html


def test_twice_is_once(business, message, post, tmp_path):
    deliver_messages.deliver(business, message, at=AT)
    deliver_messages.deliver(business, message, at=AT + 9 * MINUTE)

    assert len(mailbox(tmp_path / "mail")) == 1
    assert state(business, message) == ("sent", 1, "")


def test_two_workers_at_once_send_one(business, message, post, tmp_path):
    def work():
        deliver_messages.deliver(business, message, at=AT)

    assert kinds(race(work, work)) == ["ok", "ok"]
    assert len(mailbox(tmp_path / "mail")) == 1
    assert state(business, message) == ("sent", 1, "")


def test_a_crash_before_the_call_sends_it_later_and_once(business, message, post, tmp_path):
    def die(mail):
        raise Killed

    post.before = die
    with pytest.raises(Killed):
        deliver_messages.deliver(business, message, at=AT)
    post.before = None
    deliver_messages.deliver(business, message, at=AT + MINUTE)
    before_its_time = len(mailbox(tmp_path / "mail"))
    swept = deliver_messages.sweep(business, at=AT + 3 * MINUTE)
    deliver_messages.deliver(business, message, at=AT + 3 * MINUTE)

    assert (before_its_time, swept) == (0, 1)
    assert len(mailbox(tmp_path / "mail")) == 1
    assert state(business, message) == ("sent", 2, "")


def test_a_crash_after_the_call_gives_one_marked_copy(business, message, post, tmp_path):
    def die(mail):
        raise Killed

    post.after = die
    with pytest.raises(Killed):
        deliver_messages.deliver(business, message, at=AT)
    post.after = None
    for minutes in (1, 2, 3, 4, 5):
        deliver_messages.deliver(business, message, at=AT + minutes * MINUTE)
    first, second = mailbox(tmp_path / "mail")

    assert first["Message-ID"] == second["Message-ID"] == f"<{message.hex}@harrow.example>"
    assert (first["X-Counterfoil-Resent"], second["X-Counterfoil-Resent"]) == (None, "1")
    assert state(business, message) == ("sent", 2, "")


def test_crash_upon_crash_never_gives_a_third(business, message, post, tmp_path):
    def die(mail):
        raise Killed

    post.after = die
    for minutes in (0, 2):
        with pytest.raises(Killed):
            deliver_messages.deliver(business, message, at=AT + minutes * MINUTE)
    for minutes in (4, 6, 8):
        deliver_messages.deliver(business, message, at=AT + minutes * MINUTE)

    assert len(mailbox(tmp_path / "mail")) == 2
    assert state(business, message) == ("failed", 2, MAY_HAVE_ARRIVED)


def test_a_lost_answer_is_a_crash(business, message, post, tmp_path):
    def lose(mail):
        raise Uncertain("The mail server's answer was lost.")

    post.after = lose
    deliver_messages.deliver(business, message, at=AT)
    shown = state(business, message)
    post.after = None
    deliver_messages.deliver(business, message, at=AT + 2 * MINUTE)

    assert shown == ("sending", 1, "")
    assert [mail["X-Counterfoil-Resent"] for mail in mailbox(tmp_path / "mail")] == [None, "1"]
    assert state(business, message) == ("sent", 2, "")


def test_a_channel_that_is_down_is_tried_again(business, invoice, message, post, tmp_path):
    def down(mail):
        raise Unavailable("The mail server can't be used: refused")

    post.before = down
    with pytest.raises(Unavailable):
        deliver_messages.deliver(business, message, at=AT)
    shown = state(business, message)
    with reading(business):
        trouble = [row.id for row in queries.undelivered(business)]
    left_over = live_links(business, invoice)
    post.before = None
    deliver_messages.deliver(business, message, at=AT + MINUTE)
    [mail] = mailbox(tmp_path / "mail")

    assert shown == ("queued", 1, "The mail server can't be used: refused")
    assert trouble == [message]
    assert left_over == []
    assert mail["X-Counterfoil-Resent"] is None
    assert state(business, message) == ("sent", 2, "")
    assert len(live_links(business, invoice)) == 1


def test_a_permanent_no_fails_with_its_reason(business, invoice, message, post, tmp_path):
    def refuse(mail):
        raise MailRefused("The mail server refused it: 550 No such person")

    post.before = refuse
    deliver_messages.deliver(business, message, at=AT)
    post.before = None
    deliver_messages.deliver(business, message, at=AT + 9 * MINUTE)

    assert mailbox(tmp_path / "mail") == []
    assert state(business, message) == (
        "failed", 1, "The mail server refused it: 550 No such person"
    )  # fmt: skip
    assert live_links(business, invoice) == []


def test_a_failed_one_goes_out_when_someone_asks(business, message, post, tmp_path):
    def refuse(mail):
        raise MailRefused("550")

    post.before = refuse
    deliver_messages.deliver(business, message, at=AT)
    post.before = None
    deliver_messages.send_again(business, message, at=AT, by=SYSTEM)
    deliver_messages.deliver(business, message, at=AT)

    assert deferred() == 2
    assert len(mailbox(tmp_path / "mail")) == 1


def void(business, customer, invoice):
    issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM)


def pay_it(business, customer, invoice):
    pay(business, invoice)


def credit_all(business, customer, invoice):
    credit_note(business, customer, line("203.55"), invoice_id=invoice.id)


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [(void, "invoice_voided"), (pay_it, "nothing_due"), (credit_all, "nothing_due")],
)
def test_a_mail_that_asks_for_nothing_any_more_is_not_sent(
    business, customer, invoice, message, gateway, post, tmp_path, meanwhile, reason
):
    meanwhile(business, customer, invoice)
    deliver_messages.deliver(business, message, at=AT + MINUTE)
    deliver_messages.deliver(business, message, at=AT + 9 * MINUTE)

    assert mailbox(tmp_path / "mail") == []
    assert state(business, message) == ("skipped", 0, reason)
    assert live_links(business, invoice) == []
    with reading(business):
        assert queries.undelivered(business) == []
        assert queries.stuck(business, at=AT + timedelta(days=9)) == []
        [*_, last] = stories.steps(business, "message", [message])
    assert (last.to_state, last.reason) == ("skipped", reason)
    assert prove(business).holds


def test_a_part_that_was_paid_meanwhile_is_no_reason_to_be_silent(
    business, customer, invoice, message, post, tmp_path
):
    credit_note(business, customer, line("40"), invoice_id=invoice.id)
    deliver_messages.deliver(business, message, at=AT + MINUTE)

    assert len(mailbox(tmp_path / "mail")) == 1


def test_a_mail_that_never_asked_is_sent(business, invoice, gateway, post, tmp_path):
    """It was paid before the mail was written, so the mail says that there is nothing to pay."""
    pay(business, invoice)
    [message_id] = send_messages.send_invoice(business, invoice.id, at=AT)
    deliver_messages.deliver(business, message_id, at=AT)

    assert "There is nothing to pay." in text_of(mailbox(tmp_path / "mail")[0])


def test_a_receipt_is_sent_though_nothing_is_due(business, invoice, gateway, post, tmp_path):
    attempt = pay(business, invoice)
    [message_id] = send_messages.send_receipt(business, attempt.id, at=AT)
    deliver_messages.deliver(business, message_id, at=AT)

    assert len(mailbox(tmp_path / "mail")) == 1


def test_the_receipt_of_a_payment_that_came_back_is_not_sent(
    business, invoice, gateway, post, tmp_path
):
    attempt = pay(business, invoice)
    [message_id] = send_messages.send_receipt(business, attempt.id, at=AT)
    outcome = told(encode("pay", attempt.id), Result.RETURNED, attempt.amount, "AC04")
    settle(business, [AttemptOutcome(attempt.id, outcome)], at=AT + MINUTE, by=SYSTEM)
    for minutes in (2, 9):
        deliver_messages.deliver(business, message_id, at=AT + minutes * MINUTE)

    assert mailbox(tmp_path / "mail") == []
    assert state(business, message_id) == ("skipped", 0, "payment_returned")


def test_who_missed_an_invoice_that_was_paid_at_once_gets_it_without_being_asked(
    business, invoice, message, gateway, post, tmp_path
):
    pay(business, invoice)
    deliver_messages.deliver(business, message, at=AT + MINUTE)
    about = {"invoice": encode("inv", invoice.id), "only_to": recipient(business, message)}
    asked = execute(
        "SELECT args->'about' FROM procrastinate_jobs WHERE task_name = 'send_invoice' "
        "AND args->'about' ? 'only_to'"
    )
    assert [json.loads(one) for (one,) in asked] == [about]

    def write():
        only_to = about["only_to"]
        return send_messages.send_invoice(business, invoice.id, at=AT + MINUTE, only_to=only_to)

    [second] = write()
    assert write() == []
    deliver_messages.deliver(business, second, at=AT + 2 * MINUTE)
    [mail] = mailbox(tmp_path / "mail")
    assert mail["Subject"] == "Invoice INV-2026-00001 from Harrow Water"


def test_a_failure_that_was_made_good_is_not_mailed(business, invoice, gateway, post, tmp_path):
    attempt = pay(business, invoice, source="challenge")
    outcome = AttemptOutcome(attempt.id, failed(encode("pay", attempt.id)))
    settle(business, [outcome], at=AT + 5 * MINUTE, by=SYSTEM)
    [message_id] = send_messages.send_payment_failed(business, attempt.id, at=AT + 5 * MINUTE)
    pay(business, invoice)
    deliver_messages.deliver(business, message_id, at=AT + 6 * MINUTE)

    assert mailbox(tmp_path / "mail") == []
    assert state(business, message_id) == ("skipped", 0, "nothing_due")


def test_a_copy_of_what_may_have_arrived_is_not_sent_either(
    business, customer, invoice, message, post, tmp_path
):
    def die(mail):
        raise Killed

    post.after = die
    with pytest.raises(Killed):
        deliver_messages.deliver(business, message, at=AT)
    post.after = None
    void(business, customer, invoice)
    deliver_messages.deliver(business, message, at=AT + 3 * MINUTE)

    assert len(mailbox(tmp_path / "mail")) == 1
    assert state(business, message) == ("skipped", 1, "invoice_voided")


def test_the_sweep_defers_what_no_job_moves(business, message, post):
    assert deliver_messages.sweep(business, at=AT + 5 * MINUTE) == 0
    assert deliver_messages.sweep(business, at=AT + 6 * MINUTE) == 1
    assert deferred() == 2


def test_a_mail_is_never_sent_inside_a_transaction(business, message, post, tmp_path):
    with pytest.raises(TransactionMisuse):
        run(business, lambda: deliver_messages.deliver(business, message, at=AT))
    assert mailbox(tmp_path / "mail") == []


def test_a_receipt_brings_its_pdf_in_the_language_of_the_mail(
    business, issued, gateway, post, tmp_path
):
    attempt = pay(business, issued())
    [message_id] = send_messages.send_receipt(business, attempt.id, at=AT)
    deliver_messages.deliver(business, message_id, at=AT)
    [mail] = mailbox(tmp_path / "mail")
    [attached] = mail.iter_attachments()

    assert mail["Subject"] == "Payment received: €100.00 to Harrow Water"
    assert attached.get_filename().startswith("receipt-pay_")
    assert attached.get_content().startswith(b"%PDF-")


def test_over_a_real_server_that_comes_back(business, message, tmp_path):
    class Taking:
        taken = 0

        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            Taking.taken += 1
            return "250 OK"

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    address = f"smtp://127.0.0.1:{port}?tls=none"
    with override_settings(MAIL=address, FILES=tmp_path / "files"):
        with pytest.raises(Unavailable):
            deliver_messages.deliver(business, message, at=AT)
        waiting = state(business, message)[:2]
        controller = Controller(Taking(), hostname="127.0.0.1", port=port)
        controller.start()
        try:
            deliver_messages.deliver(business, message, at=AT + MINUTE)
        finally:
            controller.stop()

    assert waiting == ("queued", 1)
    assert Taking.taken == 1
    assert state(business, message) == ("sent", 2, "")
