"""Where a call may go: an address that somebody typed in is resolved, judged, and then used as it
was judged, so that a name which answers differently the second time leads nowhere else.

Public addresses are called by https on the usual ports. What stands in the installation's own
network is refused unless the operator names that network (`COUNTERFOIL_OUTGOING_NETWORKS`); the
demo may call this machine.
"""

import ipaddress
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import httpx
from django.conf import settings

from counterfoil.kernel.errors import Refused, Unavailable
from counterfoil.kernel.hosts import Address, is_public, plain

PORTS: Final = frozenset({443, 8443})
URL_MAX: Final = 2000
ADDRESSES_MAX: Final = 4
_LOOPBACK: Final = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?\.?")
_ENDS_IN_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)\.?$")  # as browsers and libc tell an address
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class TargetRefused(Refused):
    """An address that we do not call; nothing was sent."""

    code = "target_refused"
    message = "This address can't be called. Nothing was sent there."


class TargetUnknown(Unavailable):
    """The name of a host is not known (now); nothing was sent."""

    code = "target_unknown"
    message = "The address of this host can't be found. Nothing was sent there."


@dataclass(frozen=True, slots=True)
class Target:
    """An address as it may be called: the host's name for its certificate, and where it stands."""

    url: str
    host: str  # an address of IPv6 without brackets
    port: int
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """What the header `Host` says."""
        parts = httpx.URL(self.url)
        return parts.netloc.decode("ascii")

    def at(self, address: str) -> str:
        """The same URL with one of its addresses in the place of the name."""
        return str(httpx.URL(self.url).copy_with(host=address, port=self.port))


def checked_url(url: str) -> str:
    """An address that may be kept, as it was typed but for blanks around it; `TargetRefused` says
    why it may not. A name that nobody knows at the moment may be kept: it is judged when it is
    called."""
    parts = _judged(url)
    with suppress(TargetUnknown):
        _vetted(parts)
    return url.strip()


def target(url: str) -> Target:
    """Where a call to this URL goes; `TargetRefused` if it may not, `TargetUnknown` if nobody knows
    its host."""
    parts = _judged(url)
    return Target(str(parts), _host(parts), _port(parts), _vetted(parts))


def _judged(url: str) -> httpx.URL:
    """The URL, if it is written as plain as one can be."""
    text = url.strip()
    if len(text) > URL_MAX or not text.isascii() or not text.isprintable() or "\\" in text:
        raise TargetRefused("An address has plain letters, digits and signs only.")
    try:
        parts = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise TargetRefused("This is no address of a page.") from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.host:
        raise TargetRefused("An address begins with https:// and the name of a host.")
    if parts.userinfo or "@" in text.partition("://")[2].partition("/")[0]:
        raise TargetRefused("An address holds no name or password of a person.")
    host = _host(parts)
    if _address(host) is None and (not _HOST.fullmatch(host) or _ENDS_IN_NUMBER.search(host)):
        raise TargetRefused("The name of the host is not one.")
    return parts


def _host(parts: httpx.URL) -> str:
    return parts.raw_host.decode("ascii").strip("[]").lower()


def _port(parts: httpx.URL) -> int:
    return parts.port or _DEFAULT_PORTS[parts.scheme]


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _vetted(parts: httpx.URL) -> tuple[str, ...]:
    """All addresses of the host, each judged: one that is not allowed spoils them all."""
    found = _resolved(_host(parts), _port(parts))
    own = [one for one in found if _is_allowed_inside(one)]
    outside = [one for one in found if one not in own]
    if any(not is_public(one) for one in outside):
        raise TargetRefused(
            "This address is inside a private network. If it is meant to be called, the operator "
            "allows its network in COUNTERFOIL_OUTGOING_NETWORKS."
        )
    if outside and (parts.scheme != "https" or _port(parts) not in PORTS):
        raise TargetRefused("Outside the own network only https on port 443 or 8443 is called.")
    return tuple(str(one) for one in found[:ADDRESSES_MAX])


def _resolved(host: str, port: int) -> list[Address]:
    given = _address(host)
    if given is not None:
        return [given]
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetUnknown from error
    found = dict.fromkeys(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows)
    if not found:
        raise TargetUnknown
    return list(found)


def _is_allowed_inside(address: Address) -> bool:
    """Whether the operator lets us call this part of their own network."""
    networks = (*settings.OUTGOING_NETWORKS, *(_LOOPBACK if settings.INSECURE_LOOPBACK else ()))
    return any(plain(address) in network for network in networks)
