"""Composes a mail as internet messages are written (RFC 5322), safe from what hands may type."""

import re
import unicodedata
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ports.channels import MailRefused, OutgoingMail

_NAME_MAX = 120
_SUBJECT_MAX = 300
_LINE_MAX = 78  # RFC 5322, 2.1.1
_LOCAL = re.compile(r"[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_SAFE_REF = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e")


class _OnTheWire(EmailPolicy):
    """Seven bits, and each header begins on the line of its name: the library moves a text that
    fits a line of its own to the next one whole, and some readers then show the blank before it.
    A subject beyond ASCII is one run of encoded words (RFC 2047): where only some words are, some
    versions of the library put a blank too many between them."""

    linesep = "\r\n"
    cte_type = "7bit"

    def fold(self, name: str, value: str) -> str:
        """The header in lines, as text."""
        if self._is_encoded(name, value):
            return _encoded(name, value)
        return _begun(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header in lines, as it is sent."""
        if self._is_encoded(name, value):
            return _encoded(name, value).encode("ascii")
        folded = super().fold_binary(name, value).decode("utf-8", "surrogateescape")
        return _begun(folded).encode("utf-8", "surrogateescape")

    def _is_encoded(self, name: str, value: str) -> bool:
        return name.lower() == "subject" and not self.utf8 and not value.isascii()


def _encoded(name: str, value: str) -> str:
    words = Header(str(value), "utf-8", _LINE_MAX, name).encode(linesep="\r\n")
    return f"{name}: {words}\r\n"


def _begun(folded: str) -> str:
    """Fills the line of the header's name from the next line, as far as words fit, and one that
    fits nowhere all the same. A blank before a fold would be read as a second one."""
    folded = folded.replace(" \r\n ", "\r\n ")
    name, end, rest = folded.partition("\r\n ")
    if not end or not name.rstrip().endswith(":") or " " in name.rstrip():
        return folded
    text, end, more = rest.partition("\r\n")
    first, *words = text.split(" ")
    line = f"{name.rstrip()} {first}"
    while words and len(line) + 1 + len(words[0]) <= _LINE_MAX:
        line += f" {words.pop(0)}"
    left = "\r\n " + " ".join(words) if words else ""
    return line + left + end + more


class BadAddress(MailRefused):
    """Nothing that a mail could go to."""

    code = "bad_address"
    message = "This is not a mail address."


class BadReference(Refused):
    """A bug: the reference could not be a Message-ID."""

    code = "bad_reference"


def one_line(text: str, limit: int) -> str:
    """The text as one line without controls: nothing in it can begin another header."""
    kept = ("" if c in _BIDI_CONTROLS else _blank_or(c) for c in text)
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "\u2026"


def _blank_or(character: str) -> str:
    return " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character


def wire_address(address: str) -> str:
    """The address as servers know it, its domain in ASCII; `BadAddress` for anything else."""
    local, _, domain = address.strip().rpartition("@")
    if not _LOCAL.fullmatch(local):
        raise BadAddress
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        raise BadAddress from None
    if not _DOMAIN.fullmatch(ascii_domain):
        raise BadAddress
    return f"{local}@{ascii_domain}"


def needs_utf8(mail: OutgoingMail) -> bool:
    """Whether an address has letters that only a server with SMTPUTF8 can take."""
    return not (wire_address(mail.recipient) + wire_address(mail.sender)).isascii()


def compose(mail: OutgoingMail) -> EmailMessage:
    """The whole message: plain text first, HTML as its alternative, files attached.

    Everything is sent in seven bits, so that no server on the way has to change it.
    """
    if not _SAFE_REF.fullmatch(mail.ref):
        raise BadReference(mail.ref)
    message = EmailMessage(policy=_OnTheWire(utf8=needs_utf8(mail)))
    message["From"] = _named(mail.sender_name, mail.sender)
    message["To"] = _named("", mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = _named(mail.sender_name, mail.reply_to)
    message["Subject"] = one_line(mail.subject, _SUBJECT_MAX)
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.ref}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.is_resent:
        message["X-Counterfoil-Resent"] = "1"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    for each in mail.attachments:
        main, _, sub = each.media_type.partition("/")
        message.add_attachment(
            each.content, maintype=main, subtype=sub, filename=one_line(each.filename, _NAME_MAX)
        )
    return message


def _named(name: str, address: str) -> Address:
    local, _, domain = wire_address(address).rpartition("@")
    return Address(display_name=one_line(name, _NAME_MAX), username=local, domain=domain)
