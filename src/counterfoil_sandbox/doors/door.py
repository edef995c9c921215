"""What a door is: an address, who may come, what it takes, and what it does."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.requests import Request
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.nouns import Nouns

LIMIT_DEFAULT = 50
LIMIT_MAX = 200


class Who(StrEnum):
    """Who may come in."""

    KEY = "key"
    LOOPBACK = "loopback"
    KEY_OR_LOOPBACK = "key or loopback"
    OWN_PAGE = "own page"
    ANYONE = "anyone"


class Keyed(StrEnum):
    """Whether a call carries an idempotency key."""

    NEVER = "never"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class Call:
    """One call, whoever carried it here; `account` is set if it came with a secret key."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    key: str = ""
    account: Account | None = None

    @property
    def own(self) -> Account:
        """The caller's account; doors that need a key are reached with one."""
        assert self.account is not None
        return self.account

    @property
    def id(self) -> str:
        """The id in the address."""
        return self.path["id"]

    @property
    def before(self) -> str:
        """`?cursor=`: the last id that was seen."""
        return self.query.get("cursor", "")

    def limit(self) -> int:
        """`?limit=`: 1 to 200, 50 if left out."""
        text = self.query.get("limit", str(LIMIT_DEFAULT))
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LIMIT_MAX):
            raise invalid("parameter_invalid", "The limit is a number from 1 to 200.", "limit")
        return int(text)

    def one_of(self, name: str, known: tuple[str, ...], default: str = "") -> str:
        """A filter that is one of these words; `all` narrows nothing."""
        word = self.query.get(name, default) or "all"
        if word != "all" and word not in known:
            raise invalid("parameter_invalid", f"The {name} is not known.", name)
        return "" if word == "all" else word


@dataclass(frozen=True, slots=True)
class Reply:
    """What a door answers; a replay gives what was there before."""

    body: Any
    status: int = 200
    is_replay: bool = False
    is_lost: bool = False


Run: TypeAlias = Callable[[Nouns, Call, Any], Reply]
Begin: TypeAlias = Callable[[Nouns, Call, Any], str]


@dataclass(frozen=True, slots=True)
class Door:
    """One call of the API.

    `operation` is its name in fault plans, empty for the instruments of tests, which no plan
    touches. `run` gets the parsed body; where `begin` is given, that takes the call up first and
    `run` gets the id of what it has begun.
    """

    operation: str
    method: str
    path: str
    run: Run
    who: Who = Who.KEY
    takes: type[Request] | None = None
    keyed: Keyed = Keyed.NEVER
    begin: Begin | None = None

    def pattern(self) -> re.Pattern[str]:
        """The address as an expression with the names of its parts."""
        return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.path))

    def subject(self, call: Call) -> str:
        """The operation with what it is about: a key is good for this only."""
        return " ".join([self.operation, *call.path.values()])


def listed(found: tuple[Any, str | None]) -> Reply:
    """A page of a list."""
    data, cursor = found
    return Reply({"data": data, "next_cursor": cursor})
