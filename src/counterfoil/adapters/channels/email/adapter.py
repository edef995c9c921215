"""Opens the mail channel that a setting names: `smtp://user:pass@host:port?tls=…`, `file:DIR`."""

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from counterfoil.adapters.channels.email.files import MailFolder
from counterfoil.adapters.channels.email.smtp import DEFAULT_PORTS, Server, SmtpChannel, Tls
from counterfoil.kernel.hosts import is_loopback
from counterfoil.kernel.ports.channels import MailChannel


class BadMailAddress(ValueError):
    """The setting does not say where mail goes."""


def open_channel(address: str) -> MailChannel:
    """The channel of an address; refuses what it does not know, and a password in the clear.

    Without `tls`, port 465 means ssl and every other starttls; `none` has to be said.
    """
    if address.startswith("file:"):
        folder = address.removeprefix("file:").removeprefix("//")
        if not folder:
            raise BadMailAddress("file: needs a folder, as in file:/var/mail/out")
        return MailFolder(Path(folder))
    return SmtpChannel(server_of(address))


def server_of(address: str) -> Server:
    """The server that an `smtp://` address names."""
    parts = urlsplit(address)
    if parts.scheme != "smtp" or not parts.hostname:
        raise BadMailAddress("mail goes to smtp://user:pass@host:port?tls=starttls or file:DIR")
    tls = _tls(parts)
    server = Server(
        host=parts.hostname,
        port=parts.port or DEFAULT_PORTS[tls],
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
    if server.user and tls == Tls.NONE and not is_loopback(server.host):
        raise BadMailAddress("a mail password is not sent over a connection without TLS")
    return server


def _tls(parts: SplitResult) -> Tls:
    query = dict(parse_qsl(parts.query))
    unknown = set(query) - {"tls"}
    if unknown:
        raise BadMailAddress(f"unknown in the mail address: {', '.join(sorted(unknown))}")
    default = Tls.SSL if parts.port == DEFAULT_PORTS[Tls.SSL] else Tls.STARTTLS
    try:
        return Tls(query.get("tls", default))
    except ValueError:
        raise BadMailAddress("tls is starttls, ssl or none") from None
