"""The ports to channels that carry messages: a finished mail or a short text goes in, a clear
outcome comes out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from counterfoil.kernel.errors import Refused


class MailRefused(Refused):
    """The other side will never take this mail; its words are the message. Trying again is vain."""

    code = "mail_refused"
    message = "The mail was refused."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    filename: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail to one address, ready to go.

    `ref` becomes the Message-ID and stays the same when the mail has to go out again;
    `is_resent` marks a copy that may be the second one. Names and subject may hold anything that
    someone typed: what can't stand in a header is taken out.
    """

    ref: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    at: datetime
    html: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    is_resent: bool = False


class MailChannel(Protocol):
    """The capability to carry a mail."""

    def send(self, mail: OutgoingMail) -> None:
        """Hands the mail over, once.

        `Unavailable`: it surely did not go, trying again is safe. `MailRefused`: it never will.
        `Uncertain`: it was on its way when the answer was lost.
        """

    def check(self) -> str:
        """Looks whether mail could go out now, without sending any; says where it would go.

        `Unavailable` with the reason where it could not.
        """


class TextRefused(Refused):
    """The number will never take the text: it is none, takes no texts, or asked for no more."""

    code = "text_refused"
    message = "This number takes no text messages."


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingText:
    """One short text to one mobile number (E.164: `+`, then digits), ready to go; after
    `life_seconds` it is of no use any more."""

    number: str
    text: str = field(repr=False)
    at: datetime
    life_seconds: int


class TextChannel(Protocol):
    """The capability to carry a short text."""

    def send(self, text: OutgoingText) -> None:
        """Hands the text over, once.

        `Unavailable`: it surely did not go. `TextRefused`: to this number it never will.
        `Uncertain`: it was on its way when the answer was lost.
        """

    def check(self) -> str:
        """Looks whether texts could go out now, without sending any; says where they would go.

        `Unavailable` with the reason where they could not.
        """
