"""Who calls from where, as far as it is known: the proxies in front are believed, nobody else."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

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


def _address(text: str) -> str:
    """An address in its usual form, without port or brackets; empty if it is none."""
    found = _BESIDE_PORT.fullmatch(text.strip())
    bare = (found[1] or found[2]) if found else text.strip()
    if "%" in bare:  # a name of an interface: free text
        return ""
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""
