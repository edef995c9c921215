"""Takes written mails to the channel: claim, call outside any transaction, mark what became of it.

A crash between the call and the mark leaves a message SENDING. It is taken over once, after two
minutes, with the same Message-ID and a header that marks the copy; a second such end makes it
FAILED. So nobody gets more than one duplicate, and no duplicate looks like a new mail.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers.writing import invitations
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as identities
from counterfoil.domain.identity.secrets import invitation_secret
from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.notifications import queries
from counterfoil.domain.notifications.letters import link_mark
from counterfoil.domain.notifications.rows import Claimed, MessageText
from counterfoil.domain.notifications.states import MessageState
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.states import AttemptState, RefundState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.letters import render_document
from counterfoil.flows.letters.links import opened_by
from counterfoil.flows.letters.send_credit_note import credit_note_of
from counterfoil.infra import jobs, mail
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Unavailable, Uncertain
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.channels import Attachment, MailRefused, OutgoingMail

PDF = "application/pdf"
_NOTHING_DUE = "nothing_due"
_OF_PAYMENTS = ("receipt", "refund_sent", "refund_not_sent")
_DONE = (MessageState.SENT, MessageState.FAILED, MessageState.SKIPPED)
_log = logging.getLogger(__name__)


def deliver(business_id: BusinessId, message_id: UUID, *, at: datetime) -> None:
    """Sends one message, if it is waiting and nobody else is sending it.

    `Unavailable` when the channel could not take it: the message is QUEUED again with the reason,
    and the job is to try later. A permanent refusal makes it FAILED with the reason. A lost answer
    leaves it SENDING, for `sweep` to take over. What is not true any more is not sent at all: the
    message becomes SKIPPED, with the reason; who was to get an invoice that was paid meanwhile gets
    it all the same, in a mail that asks for nothing.
    """
    with reading(business_id):
        message = queries.message(business_id, message_id)
    if message.state in _DONE:
        return
    attachments = _attachments(business_id, message, at)
    claimed, token = run(business_id, lambda: _claim(business_id, message, at))
    if claimed is None:
        return
    try:
        mail.send(_outgoing(business_id, message, claimed, token, attachments, at))
    except Unavailable as error:
        _take_back_link(business_id, token, at)
        messages.put_back(business_id, message_id, problem=error.message, at=at)
        raise
    except MailRefused as error:
        _take_back_link(business_id, token, at)
        messages.mark_failed(business_id, message_id, problem=error.message, at=at)
    except Uncertain as error:
        _log.warning("message %s: %s", message_id, error.message)
    else:
        messages.mark_sent(business_id, message_id, at=at)


def send_again(business_id: BusinessId, message_id: UUID, *, at: datetime, by: Actor) -> None:
    """Someone wants a failed message to be tried again; refuses any other (`NotFailed`)."""

    def work() -> None:
        messages.requeue(business_id, message_id, at=at, by=by)
        jobs.defer(business_id, "deliver_message", message_id=str(message_id))

    run(business_id, work)


def sweep(business_id: BusinessId, *, at: datetime) -> int:
    """Defers a delivery for every message that no job moves any more; returns how many."""
    with reading(business_id):
        stuck = queries.stuck(business_id, at=at)
    jobs.defer_many(business_id, "deliver_message", [{"message_id": str(one)} for one in stuck])
    return len(stuck)


def _claim(
    business_id: BusinessId, message: MessageText, at: datetime
) -> tuple[Claimed | None, str]:
    """Takes the message, and makes the link that only this copy of the mail will hold."""
    skip = _no_longer_true(business_id, message)
    claimed = messages.claim(business_id, message.id, at=at, skip=skip)
    if skip == _NOTHING_DUE and message.template == "invoice_issued":
        about = {"invoice": encode("inv", message.about_id), "only_to": message.recipient}
        jobs.defer(business_id, "send_invoice", about=about)
    if claimed is None or link_mark(message.id) not in message.text:
        return claimed, ""
    if message.about_kind == "invitation":
        row = invitations.invitation(business_id, message.about_id)
        return claimed, invitation_secret(business_id, row.id, row.sends)
    invoice_id = None  # the link is to what the customer owes
    if message.about_kind != "customer":
        invoice_id = opened_by(business_id, message.about_kind, message.about_id)
        assert invoice_id is not None  # claims are never changed, so what was one invoice still is
    token = identity.make_guest_link(
        business_id, invoice_id, message.customer_id, sent_to=message.recipient, at=at
    )
    return claimed, token


def _no_longer_true(business_id: BusinessId, message: MessageText) -> str:
    """Why a mail that was right when it was written is not any more: its invoices were voided, its
    payment came back, or it asks for money and nothing is due. Empty for one that is still right.
    """
    if turned_out := _turned_out(business_id, message):
        return turned_out
    if message.about_kind == "invitation":
        row = invitations.invitation(business_id, message.about_id)
        return "" if row.is_open else "invitation_over"
    if message.about_kind == "invoice":
        ids = [message.about_id]
    else:
        ids = [one.invoice_id for one in receivables.claims(business_id, [message.about_id])]
    items = receivables.items(business_id, ids).values()
    tells_only = message.template == "what_changed" and not message.asks_for_money
    if not items or tells_only or message.template in _OF_PAYMENTS:
        return ""
    if all(item.is_void for item in items):
        return "invoice_voided"
    if message.asks_for_money and not any(item.due_minor for item in items):
        return _NOTHING_DUE
    return ""


def _turned_out(business_id: BusinessId, message: MessageText) -> str:
    """What became of the money that a mail tells of, if it is not so any more."""
    if message.template == "refund_sent":
        return _was_not_sent(business_id, message.cause)
    if message.template != "receipt":
        return ""
    payment = payments.attempt(business_id, message.about_id)
    return "" if payment.state == AttemptState.SUCCEEDED else "payment_returned"


def _was_not_sent(business_id: BusinessId, cause: str) -> str:
    """Why the refund that a mail says was sent is not on its way any more; empty if it is."""
    _, refund_id, *times = cause.split(":")
    refund = payments.refund(business_id, UUID(refund_id))
    if refund.state == RefundState.RETURNED:
        return "refund_returned"
    return "refund_not_sent" if refund.unsent_times > int(times[0] if times else 0) else ""


def _take_back_link(business_id: BusinessId, token: str, at: datetime) -> None:
    """The mail surely did not go, so nobody has this link."""
    link = identities.guest_link(token) if token else None
    if link is not None:
        identity.revoke_guest_link(business_id, link.id, at=at)


def _attachments(
    business_id: BusinessId, message: MessageText, at: datetime
) -> tuple[Attachment, ...]:
    """The document that goes along, in the language of the mail."""
    about, locale = message.about_id, message.locale
    if message.template == "invoice_issued":
        with reading(business_id):
            name = billing.invoice(business_id, about).number
        content = render_document.invoice_pdf(business_id, about, at=at, locale=locale)
    elif message.template == "credit_note_issued":
        note_id = credit_note_of(message.cause)
        content, name = render_document.credit_note_pdf(business_id, note_id, at=at, locale=locale)
    elif message.template in ("receipt", "refund_sent"):
        name = f"receipt-{encode('pay', about)}"
        try:
            content = render_document.receipt_pdf(business_id, about, at=at, locale=locale)
        except NotFound:  # the payment came back since
            return ()
    else:
        return ()
    return (Attachment(f"{name}.pdf".replace("/", "-"), PDF, content),)


def _outgoing(
    business_id: BusinessId,
    message: MessageText,
    claimed: Claimed,
    token: str,
    attachments: tuple[Attachment, ...],
    at: datetime,
) -> OutgoingMail:
    business, mark = businesses.by_id(business_id), link_mark(message.id)
    return OutgoingMail(
        ref=message.message_ref,
        sender=settings.MAIL_FROM,
        sender_name=business.name,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text.replace(mark, token),
        html=message.html.replace(mark, token),
        reply_to=business.email,
        attachments=attachments,
        at=at,
        is_resent=claimed.is_resent,
    )
