"""Who calls from where, as far as it is known: the proxies in front are believed, nobody else."""

import ipaddress
import re
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

_CUSTOMER_BITS = 64  # the least that a provider gives to one customer
_LENGTH_MAX = 80  # the longest address has 45 letters; brackets, a port and blanks may be around it
_BESIDE_PORT = re.compile(r"\[(.+)\](?::\d+)?|([\d.]+):\d+")


def caller_address(request: HttpRequest) -> str:
    """The address that the outermost of our proxies was called from; without proxies, the one that
    this process was called from. Empty if neither is an address.

    Each proxy adds its caller at the right of `X-Forwarded-For`; what stands further left was sent
    along by the caller.
    """
    proxies: int = settings.TRUSTED_PROXIES
    told = request.headers.get("X-Forwarded-For", "").split(",")
    outermost = told[-proxies:][0] if proxies else ""
    return _address(outermost) or _address(request.META.get("REMOTE_ADDR", ""))


def caller_network(request: HttpRequest) -> str:
    """Whom a limit counts: an IPv4 address, or the network of an IPv6 one, since whoever has one of
    those has the other 2⁶⁴ as well. Empty if there is no address."""
    told = caller_address(request)
    if not told:
        return ""
    address = ipaddress.ip_address(told)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _CUSTOMER_BITS), strict=False))
    return told


def _address(text: str) -> str:
    """An address in its usual form, without port or brackets; empty if it is none."""
    return _known(text) if len(text) <= _LENGTH_MAX else ""


@lru_cache(maxsize=1024)
def _known(text: str) -> str:
    """The same callers come again and again."""
    found = _BESIDE_PORT.fullmatch(text.strip())
    bare = (found[1] or found[2]) if found else text.strip()
    if "%" in bare:  # a name of an interface: free text
        return ""
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""
