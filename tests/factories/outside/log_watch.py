"""Reads each line that the tests' own process logs, as the product would write it, and fails the
test during which one tells a secret: what was drawn at random to be one (secrets of links, session
keys, codes, API keys), seeds of authenticator apps and what these show, recovery codes, what was
signed, the passwords of tests, card numbers, check numbers and keys of gateways.

Drawing is watched from before Django is loaded, since others take Django's function by its name.
"""

import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps as installed
from django.core import signing
from django.utils import crypto

from factories.database import SECRET_KEY
from factories.outside.logs import card_numbers

PASSWORDS = (
    "a password for tests",
    "pay-me-4242",
    "right and long",
    "a long password of hers",
)
SHORTEST = 6
_TOLD = "told_in_logs"
_SHAPES = (
    re.compile(r"\b(?:sk|rk|whsec|cfk)_(?=[\w-]{0,60}\d)[\w-]{12,}"),
    re.compile(r"(?i)\b(?:cvc|cvv|csc|security_code)\b\W{1,4}\d{3,4}\b"),
)
_SHOWN = re.compile(r"(?<![\w.])(?<!\d[ ,:-])\d{3}[ -]?\d{3}(?![\w-]|[.,:]\d)")


class Known:
    """Secrets, found by their first letters: a line costs as many looks as it has letters."""

    def __init__(self, lasting: tuple[str, ...] = ()) -> None:
        self._lasting = lasting
        self._by_head: dict[str, set[str]] = {}
        self.forget()

    def add(self, secret: str) -> None:
        """One more; one that is too short says nothing."""
        if len(secret) >= SHORTEST:
            self._by_head.setdefault(secret[:SHORTEST], set()).add(secret)

    def forget(self) -> None:
        """All but those that last: the test is over, and its rows are gone."""
        self._by_head = {}
        for secret in self._lasting:
            self.add(secret)

    def told_in(self, line: str) -> list[str]:
        """Which of them stand in a line; codes are written with dashes at times."""
        return list(dict.fromkeys(self._in(line) + self._in(line.replace("-", ""))))

    def _in(self, line: str) -> list[str]:
        heads = self._by_head
        return [
            secret
            for start in range(len(line) - SHORTEST + 1)
            for secret in tuple(heads.get(line[start : start + SHORTEST], ()))
            if line.startswith(secret, start) and not _inside_a_number(line, start, secret)
        ]


def _inside_a_number(line: str, start: int, secret: str) -> bool:
    """Whether digits that could be a code are a part of a longer number."""
    around = line[max(0, start - 1) : start] + line[start + len(secret) :][:1]
    return secret.isdigit() and any(map(str.isdigit, around))


class Apps:
    """Authenticator apps: six digits in a line are a secret if one of them shows these now."""

    def __init__(self) -> None:
        self._seeds: set[str] = set()

    def add(self, seed: str) -> None:
        """One more."""
        self._seeds.add(seed)

    def forget(self) -> None:
        """All of them: the test is over."""
        self._seeds = set()

    def told_in(self, line: str) -> list[str]:
        """Which codes that are good at this moment stand in a line, by themselves."""
        found = _SHOWN.findall(line) if self._seeds else []
        codes = self._codes() if found else set()
        return [one for one in found if one.replace(" ", "").replace("-", "") in codes]

    def _codes(self) -> set[str]:
        from allauth.mfa.totp.internal import auth

        times = list(auth.yield_hotp_counters_from_time())
        values = {auth.hotp_value(seed, at) for seed in tuple(self._seeds) for at in times}
        return {auth.format_hotp_value(value) for value in values}


class Watch(logging.Handler):
    """Beside the product's own handler, with its formatter and its filters."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known, self.apps = known, Apps()
        self._told: list[str] = []

    def forget(self) -> None:
        """What the test that is over made."""
        self.known.forget()
        self.apps.forget()

    def stand_beside(self) -> None:
        """On every logger that writes: the root, and those that hand nothing up to it."""
        loggers = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]
        for logger in loggers:
            if not isinstance(logger, logging.Logger) or self in logger.handlers:
                continue
            if logger.parent is None or not logger.propagate:
                logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Notes what a line tells, by its first letters; nothing is refused here."""
        line = (self.formatter or logging.Formatter()).format(record)
        found = self.known.told_in(line) + self.apps.told_in(line) + card_numbers(line)
        found += [match.group() for shape in _SHAPES for match in shape.finditer(line)]
        self.found([f"{record.name}: {one[:4]}… ({len(one)} characters)" for one in found])

    def found(self, told: list[str]) -> None:
        """What somebody else found."""
        self._told += told

    def taken(self) -> list[str]:
        """What was told since it was asked last."""
        told, self._told = self._told, []
        return told


def _drawing(draw: Callable[..., Any], *notes: Callable[[str], None]) -> Callable[..., Any]:
    """The same; each text that it returns, or that is in the list it returns, is noted."""

    @wraps(draw)
    def drawn(*args: Any, **options: Any) -> Any:
        made = draw(*args, **options)
        for secret in [made] if isinstance(made, str) else made:
            for note in notes:
                note(secret)
        return made

    return drawn


def _of_the_database() -> tuple[str, ...]:
    """Its password; one that a person chose for a server of theirs may be any word."""
    password = urlsplit(os.environ.get("DATABASE_URL", "")).password or ""
    return (password,) if len(password) > 2 * SHORTEST else ()


WATCH = Watch(Known((*PASSWORDS, SECRET_KEY, *_of_the_database())))
secrets.token_urlsafe = _drawing(secrets.token_urlsafe, WATCH.known.add)
crypto.get_random_string = _drawing(crypto.get_random_string, WATCH.known.add)
signing.Signer.sign = _drawing(signing.Signer.sign, WATCH.known.add)  # type: ignore[method-assign]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Watches as the product writes: Django has set logging up, and allauth is there; but for who
    hands out to others and runs no test."""
    if not installed.ready:
        return
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal import auth

    known, apps = WATCH.known, WATCH.apps
    auth.generate_totp_secret = _drawing(auth.generate_totp_secret, known.add, apps.add)
    RecoveryCodes.generate_codes = _drawing(RecoveryCodes.generate_codes, known.add)
    for console in logging.getLogger().handlers:
        if type(console) is logging.StreamHandler:
            WATCH.setFormatter(console.formatter)
            for one in console.filters:
                WATCH.addFilter(one)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Loggers come and go with what is imported, and with tests that set logging up anew."""
    WATCH.stand_beside()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fails the test that told something."""
    yield
    WATCH.forget()
    _refuse()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """What came after the last test fails the run; a worker of xdist tells whoever hands out."""
    output = getattr(session.config, "workeroutput", None)
    if output is None:
        _refuse()
    else:
        output[_TOLD] = WATCH.taken()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """What a worker told after its last test."""
    WATCH.found(getattr(node, "workeroutput", {}).get(_TOLD, []))


def _refuse() -> None:
    if told := WATCH.taken():
        raise AssertionError(f"a log tells what nobody may read: {'; '.join(told)}")
