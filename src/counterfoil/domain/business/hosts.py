"""The addresses at which a business answers: what a host name is, and who comes in by it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from counterfoil.domain.business.rows import BusinessRow
from counterfoil.infra.db import held_by
from counterfoil.kernel.errors import Conflict, FieldProblem

HOST_MAX = 253
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(
    rf"{_LABEL}(?:\.{_LABEL})+(?::[1-9][0-9]{{0,4}})?|localhost(?::[1-9][0-9]{{0,4}})?"
)
_PORT_MAX = 65535


class Door(StrEnum):
    """Who comes in at a host."""

    BOTH = "both"
    PORTAL = "portal"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host of a business; the main one stands in the links of mails."""

    host: str
    door: Door
    is_main: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """Which business answers at a host, and to whom."""

    business: BusinessRow
    door: Door


@held_by("business_hostname_pkey")
class HostTaken(Conflict):
    """A business answers at this host already."""

    code = "host_taken"
    message = "A business answers at this host name already."


class HostNeeded(Conflict):
    """Nobody could come in any more."""

    code = "host_needed"
    message = "Customers and staff each need one host name at least. Add another one first."


def checked_host(text: str) -> str:
    """A host name as it is kept: small letters, other scripts in their ASCII form (RFC 5891), a
    port only where it is not the usual one. A scheme before it and a slash behind it are left out;
    what is no name is a `FieldProblem` of `host`."""
    plain = re.sub(r"^https?://", "", text.strip().lower()).rstrip("/")
    name, colon, port = plain.partition(":")
    try:
        ascii_name = name.encode("idna").decode("ascii") if name else ""
    except UnicodeError:
        ascii_name = ""
    host = f"{ascii_name}{colon}{port}"
    if not _NAME.fullmatch(host) or len(ascii_name) > HOST_MAX or int(port or 0) > _PORT_MAX:
        message = "This is no host name. Write it like pay.example.com."
        raise FieldProblem("host", message, code="not_a_host")
    return host
