"""Opens the text channel that a setting names: `twilio://SID:TOKEN@host?from=…`, `file:DIR`."""

import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from counterfoil.adapters.channels.text.files import TextFolder
from counterfoil.adapters.channels.text.twilio import Service, TwilioChannel
from counterfoil.kernel.hosts import is_loopback
from counterfoil.kernel.ports.channels import TextChannel

DEFAULT_HOST = "api.twilio.com"
_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PATH = re.compile(r"[A-Za-z0-9/_-]*")
_SENDER = re.compile(r"\+[1-9][0-9]{4,14}|MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{1,11}")


class BadTextAddress(ValueError):
    """The setting does not say where texts go; its words hold nothing of the setting."""


def open_channel(address: str) -> TextChannel:
    """The channel of an address; refuses what it does not know, and a secret in the clear."""
    if address.startswith("file:"):
        folder = address.removeprefix("file:").removeprefix("//")
        if not folder:
            raise BadTextAddress("file: needs a folder, as in file:/var/texts/out")
        return TextFolder(Path(folder))
    return TwilioChannel(service_of(address))


def service_of(address: str) -> Service:
    """The service that a `twilio://` address names; without a host it is Twilio itself, and a path
    is where a compatible one has its own. The sender is a number, a name of up to eleven letters,
    or the id of a messaging service (`MG…`)."""
    parts, host, port = _parts(address)
    query = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    if set(query) - {"from", "tls"}:
        raise BadTextAddress("only `from` and `tls` may stand behind the ? of the text address")
    user, token = unquote(parts.username or ""), unquote(parts.password or "")
    if not _SID.fullmatch(user) or not token:
        raise BadTextAddress("the text address names an account and its token before the @")
    if not _SENDER.fullmatch(query.get("from", "")):
        raise BadTextAddress("the text address says who sends: from=+15551234567, a name or MG…")
    tls = query.get("tls", "on")
    if tls not in ("on", "none"):
        raise BadTextAddress("tls is on or none")
    if tls == "none" and not is_loopback(host):
        raise BadTextAddress("the token is not sent over a connection without TLS")
    scheme = "https" if tls == "on" else "http"
    named = f"[{host}]" if ":" in host else host
    base = f"{scheme}://{named}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    return Service(base=base, account=user, token=token, sender=query["from"])


def _parts(address: str) -> tuple[SplitResult, str, int | None]:
    wanted = "texts go to twilio://SID:TOKEN@host?from=+15551234567 or file:DIR"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or DEFAULT_HOST, parts.port
    except ValueError:
        raise BadTextAddress(wanted) from None
    if parts.scheme != "twilio" or not _PATH.fullmatch(parts.path):
        raise BadTextAddress(wanted)
    return parts, host, port
