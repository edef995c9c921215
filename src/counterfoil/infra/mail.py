"""The one way mail leaves: the channel that the settings name, for our mails and for Django's.
Short texts leave by a channel of their own, where the settings name one."""

from collections.abc import Sequence
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from counterfoil.infra.db import outside_transaction
from counterfoil.infra.registry import load
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.ports.channels import MailChannel, OutgoingMail, OutgoingText, TextChannel


@outside_transaction
def send(mail: OutgoingMail) -> None:
    """Hands one mail to the channel; the errors are the port's."""
    channel: MailChannel = load(settings.MAIL_CHANNEL)(settings.MAIL)
    channel.send(mail)


def takes_texts() -> bool:
    """Whether this installation sends short texts; without the setting nobody hears of them."""
    return bool(settings.SMS)


@outside_transaction
def send_text(text: OutgoingText) -> None:
    """Hands one text to the channel; the errors are the port's."""
    channel: TextChannel = load(settings.SMS_CHANNEL)(settings.SMS)
    channel.send(text)


class ChannelBackend(BaseEmailBackend):
    """Django's door to the same channel: the mails of sign-in go through it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Sends each message to each of its recipients; a failure is the caller's to show."""
        sent = 0
        for message in email_messages:
            try:
                for recipient in message.recipients():
                    send(_outgoing(message, recipient))
            except Problem:
                if not self.fail_silently:
                    raise
            else:
                sent += 1
        return sent


def _outgoing(message: EmailMessage, recipient: str) -> OutgoingMail:
    if message.attachments:
        raise ValueError("files go along with messages of ours only")
    name, address = parseaddr(message.from_email)
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        found = [content for content, kind in message.alternatives if kind == "text/html"]
        html = str(found[0]) if found else ""
    return OutgoingMail(
        ref=make_msgid(domain=address.rpartition("@")[2]).strip("<>"),
        sender=address,
        sender_name=name,
        recipient=parseaddr(recipient)[1] or recipient,
        subject=str(message.subject),
        text=str(message.body),
        html=html,
        reply_to=parseaddr(message.reply_to[0])[1] if message.reply_to else "",
        at=clock.now(),
    )
