"""Hands mails to a server (RFC 5321), and tells apart no, not now, and no answer."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from counterfoil.adapters.channels.email.compose import compose, needs_utf8, wire_address
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.channels import MailRefused, OutgoingMail

SHAKE_SECONDS = 8.0
DATA_SECONDS = 45.0  # servers look into a mail first; a whole try stays under two minutes
_OK = range(200, 300)
_PERMANENT = range(500, 600)


class Tls(StrEnum):
    """How the connection is guarded."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


DEFAULT_PORTS = {Tls.STARTTLS: 587, Tls.SSL: 465, Tls.NONE: 25}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over, and how to sign in there."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpChannel:
    """A mail server; a connection of its own for each mail."""

    def __init__(
        self, server: Server, *, shake_seconds: float = SHAKE_SECONDS,
        data_seconds: float = DATA_SECONDS,
    ) -> None:  # fmt: skip
        self._server = server
        self._shake_seconds = shake_seconds
        self._data_seconds = data_seconds

    def send(self, mail: OutgoingMail) -> None:
        """Hands the mail over; see the port for what each error means."""
        content = compose(mail).as_bytes()
        connection = self._connect()
        try:
            self._name_both(connection, mail)
            self._hand_over(connection, content)
        finally:
            _leave(connection)

    def check(self) -> str:
        """Connects and signs in, and leaves again; `Unavailable` where that fails."""
        _leave(self._connect())
        return f"by the server {self._server.host}:{self._server.port} ({self._server.tls})"

    def _connect(self) -> smtplib.SMTP:
        """A guarded connection, signed in. Whatever fails here is for the operator to mend, and
        says nothing against the mail: `Unavailable`."""
        server, context = self._server, ssl.create_default_context()
        connection: smtplib.SMTP | None = None
        try:
            if server.tls == Tls.SSL:
                connection = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=self._shake_seconds, context=context
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, timeout=self._shake_seconds)
            if server.tls == Tls.STARTTLS:
                connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
            if server.user:
                connection.login(server.user, server.password)
        except (OSError, smtplib.SMTPException) as error:
            if connection is not None:
                _leave(connection)
            raise Unavailable(f"The mail server can't be used: {_said(error)}") from error
        return connection

    def _name_both(self, connection: smtplib.SMTP, mail: OutgoingMail) -> None:
        """Names sender and recipient. Only a permanent no to the recipient speaks of the mail."""
        options: list[str] = []
        if needs_utf8(mail):
            if not connection.has_extn("smtputf8"):
                raise MailRefused("The mail server can't write to an address with such letters.")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            code, said = connection.mail(wire_address(mail.sender), options)
            if code not in _OK:
                raise Unavailable(f"The mail server refuses our sender: {_words(code, said)}")
            code, said = connection.rcpt(wire_address(mail.recipient))
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"The mail server went away: {_said(error)}") from error
        if code not in _OK:
            _refuse(code, said)

    def _hand_over(self, connection: smtplib.SMTP, content: bytes) -> None:
        """Sends the content. Once that began, a lost answer means that it may have arrived."""
        if connection.sock is not None:
            connection.sock.settimeout(self._data_seconds)
        try:
            code, said = connection.data(content)
        except smtplib.SMTPDataError as error:
            _refuse(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            raise Uncertain("The mail server's answer was lost.") from error
        if code not in _OK:
            _refuse(code, said)


def _refuse(code: int, said: bytes | str) -> NoReturn:
    words = _words(code, said)
    if code in _PERMANENT:
        raise MailRefused(f"The mail server refused it: {words}")
    raise Unavailable(f"The mail server put it off: {words}")


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:240]


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return " ".join(str(error).split())[:240] or type(error).__name__


def _leave(connection: smtplib.SMTP) -> None:
    """Says goodbye; by now nothing that goes wrong matters."""
    if connection.sock is not None:
        connection.sock.settimeout(2)
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()
