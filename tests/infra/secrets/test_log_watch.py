"""Each line that a test's own process logs is read: these are planted, and found."""

import logging
import secrets
import time

import pytest
from allauth.core.internal import cryptokit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as apps
from allauth.mfa.utils import encrypt
from django.contrib.sessions.backends import base as sessions
from django.core.signing import Signer
from django.middleware import csrf
from django.utils.crypto import get_random_string

from factories.outside.log_watch import PASSWORDS, WATCH


def dashed() -> str:
    """A code as it is mailed."""
    code = get_random_string(8, "ABCDEFGHJKLMNPQRSTUVWXYZ")
    return f"{code[:4]}-{code[4:]}"


def told(*words: str) -> list[str]:
    """What is found in a line; nothing of it is left to fail this test."""
    logging.getLogger("counterfoil.planted").warning(*words)
    return WATCH.taken()


@pytest.mark.parametrize(
    "make",
    [
        lambda: secrets.token_urlsafe(32),
        lambda: f"https://harrow.example/somewhere/{secrets.token_urlsafe(32)}?page=2",
        lambda: get_random_string(32),
        lambda: get_random_string(6, "0123456789"),
        dashed,
        lambda: f"inv {Signer().sign('inv_1')}.",
        lambda: PASSWORDS[0],
    ],
)
def test_a_secret_in_a_line_is_found(make):
    [one] = told("went to %s", make())
    assert one.startswith("counterfoil.planted: ")


@pytest.mark.parametrize("who", [sessions, cryptokit, csrf])
def test_whoever_took_the_function_by_its_name_took_the_watched_one(who):
    assert who.get_random_string is get_random_string
    assert get_random_string is not get_random_string.__wrapped__


def test_the_secret_itself_is_not_repeated():
    secret = secrets.token_urlsafe(32)
    [one] = told(secret)
    assert one == f"counterfoil.planted: {secret[:4]}… (43 characters)"


def test_a_traceback_is_read_too():
    secret = secrets.token_urlsafe(32)
    error = (ValueError, ValueError(secret), None)
    logging.getLogger("somebody.elses").error("broken", exc_info=error)
    assert len(WATCH.taken()) == 1


def test_a_logger_that_hands_nothing_up_is_read_too():
    alone = logging.getLogger("counterfoil.alone")
    alone.propagate = False
    WATCH.stand_beside()
    alone.warning(secrets.token_urlsafe(32))
    assert len(WATCH.taken()) == 1
    alone.removeHandler(WATCH)


@pytest.mark.parametrize(
    "line",
    [
        "paid by 4242 4242 4242 4242",  # the formatter hides these
        "the key is whsec_abcdef1234567890",
        "cvc=123",
        "INV-2026-00001 was paid at 2026-03-01 10:00:00",
        "sku_5",
    ],
)
def test_what_is_hidden_and_what_is_no_secret_is_let_through(line):
    assert told(line) == []


def test_what_the_formatter_would_not_hide_is_found(monkeypatch):
    monkeypatch.setattr(WATCH, "formatter", None)
    for line in ("paid by 4242 4242 4242 4242", "is whsec_abcdef1234567890", "cvc=123"):
        assert len(told(line)) == 1
    assert told("order 4242 4242 4242 4241, cvc=1") == []


def test_digits_within_a_longer_number_are_no_code(monkeypatch):
    WATCH.known.add("418223")
    assert told("row 9418223") == []
    assert len(told("code 418223.")) == 1


def shown(seed: str, steps: int = 0) -> str:
    """What an authenticator app of this seed shows, `steps` of 30 s from now."""
    return apps.format_hotp_value(apps.hotp_value(seed, int(time.time()) // 30 + steps))


@pytest.mark.parametrize(
    "line", ["typed {}", "/security/?step={}&next=/", "/security/{}/", '"{}"', "it was {}.", "{}"]
)
def test_the_code_of_an_app_is_found(line):
    code = shown(apps.generate_totp_secret())
    assert len(told(line.format(code))) == 1
    assert len(told(line.format(f"{code[:3]} {code[3:]}"))) == 1


def test_the_seed_of_an_app_is_found():
    assert len(told("for the app: %s", apps.generate_totp_secret())) == 1


def test_each_app_that_was_made_is_known():
    codes = [shown(apps.generate_totp_secret()) for _ in range(3)]
    assert [len(told("typed %s", code)) for code in codes] == [1, 1, 1]


@pytest.mark.parametrize(
    "line",
    ["took 0.{} s", "of 1,{}", "order {}7", "id a{}", "{}.5 s", "7{}", "0x{}", "{}e", "no_{}"],
)
def test_six_digits_within_something_longer_are_no_code_of_an_app(line):
    assert told(line.format(shown(apps.generate_totp_secret()))) == []


def test_six_digits_that_no_app_shows_now_are_let_through():
    seed = apps.generate_totp_secret()
    near = {shown(seed, steps) for steps in range(-3, 4)}
    others = [shown(seed, 100 + steps) for steps in range(20)]
    assert not any(told("typed %s", one) for one in others if one not in near)


def test_the_codes_of_an_app_are_forgotten_with_its_test():
    code = shown(apps.generate_totp_secret())
    WATCH.forget()
    assert told("typed %s", code) == []


def test_recovery_codes_are_found():
    data = {"seed": encrypt(RecoveryCodes.generate_seed()), "used_mask": 0}
    codes = RecoveryCodes(Authenticator(data=data)).generate_codes()
    assert [len(told("typed %s", one)) for one in codes] == [1] * len(codes)
