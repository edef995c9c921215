"""Mails to test with, and channels that end as a test tells them to: real ports, real files."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar

from counterfoil.adapters.channels.email.files import MailFolder
from counterfoil.kernel.ports.channels import OutgoingMail

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone: nothing after the call is ever done."""


def outgoing(**changes: object) -> OutgoingMail:
    """A mail to Alice."""
    facts: dict[str, object] = {
        "ref": "0199@harrow.example",
        "sender": "counterfoil@harrow.example",
        "sender_name": "Harrow Water",
        "recipient": "alice@example.com",
        "subject": "Invoice INV-1",
        "text": "Pay €100.00\n",
        "html": "<p>Pay €100.00</p>",
        "at": AT,
    }
    return OutgoingMail(**(facts | changes))  # type: ignore[arg-type]


def parsed(content: bytes) -> EmailMessage:
    """A mail as a reader's program takes it apart."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def mailbox(folder: Path) -> list[EmailMessage]:
    """Every mail in the folder, in the order of the file names."""
    return [parsed(file.read_bytes()) for file in sorted(folder.glob("*.eml"))]


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    """The HTML of a mail."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class PostScript:
    """What happens around the folder: `before` a mail is laid into it, and `after`."""

    before: Callable[[OutgoingMail], None] | None = None
    after: Callable[[OutgoingMail], None] | None = None
    sent: list[OutgoingMail] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class ScriptedPost:
    """The mail folder, with what a test wants to happen before and after."""

    script: ClassVar[PostScript] = PostScript()

    def __init__(self, folder: Path) -> None:
        self._folder = MailFolder(folder)

    def send(self, mail: OutgoingMail) -> None:
        """Lays the mail into the folder, unless the script says otherwise."""
        script = type(self).script
        if script.before:
            script.before(mail)
        self._folder.send(mail)
        with script.lock:
            script.sent.append(mail)
        if script.after:
            script.after(mail)


def open_scripted(address: str) -> ScriptedPost:
    """For the setting MAIL_CHANNEL."""
    return ScriptedPost(Path(address.removeprefix("file:")))
