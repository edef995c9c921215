"""The mail about a refund: once, to whom gets receipts, with the receipt that says so."""

from counterfoil.domain.notifications import queries as notifications
from counterfoil.flows.letters import render_document, send_messages
from counterfoil.infra.db import reading
from factories.businesses import AT
from factories.gateways import refund_failed
from factories.payments import pay
from factories.refunds import refund


def test_it_is_written_once_and_about_the_payment(business, issued, gateway, post):
    payment = pay(business, issued())
    found = refund(business, payment, 6_000)

    (message_id,) = send_messages.send_refund(business, found.id, at=AT)

    assert send_messages.send_refund(business, found.id, at=AT) == []
    with reading(business):
        (mail,) = [
            one
            for one in notifications.messages_about(business, "payment", [payment.id])
            if one.id == message_id
        ]
    assert (mail.template, mail.subject) == ("refund_sent", "Refund: €60.00 from Harrow Water")


def test_a_refund_that_was_not_sent_is_not_told_of(business, issued, gateway, post):
    payment = pay(business, issued())
    gateway.refund_answer = refund_failed
    assert send_messages.send_refund(business, refund(business, payment).id, at=AT) == []


def test_the_receipt_after_a_refund_is_another_one(business, issued, gateway, post):
    payment = pay(business, issued())
    before = render_document.receipt_pdf(business, payment.id, at=AT)
    refund(business, payment, 6_000)
    after = render_document.receipt_pdf(business, payment.id, at=AT)

    assert before != after
    assert render_document.receipt_pdf(business, payment.id, at=AT) == after
