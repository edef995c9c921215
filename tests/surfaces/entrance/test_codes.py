"""Codes that let somebody in: of the system's own chance, and too many to be guessed."""

import random
from math import log2

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret

from counterfoil.domain.identity.secrets import new_secret

MANY = 200
BITS_MIN = {"mailed": 20, "app": 112, "link": 128}
MAKERS = {
    "mailed": lambda: get_adapter().generate_login_code().replace("-", ""),
    "app": generate_totp_secret,
    "link": new_secret,
}


@pytest.mark.parametrize("kind", MAKERS)
def test_nobody_who_knows_how_chance_began_knows_the_codes(kind):
    MAKERS[kind]()  # what is loaded at the first call draws too
    rounds = []
    for _ in range(2):
        random.seed(7)
        rounds.append([MAKERS[kind]() for _ in range(MANY)])
    assert len(set(rounds[0]) | set(rounds[1])) == 2 * MANY


@pytest.mark.parametrize("kind", MAKERS)
def test_there_are_more_than_can_be_tried(kind):
    """As many as the letters that are seen at each place allow, at the least."""
    codes = [MAKERS[kind]() for _ in range(MANY)]
    bits = sum(log2(len(set(letters))) for letters in zip(*codes, strict=True))
    assert bits > BITS_MIN[kind]


def test_recovery_codes_are_each_person_s_own_and_new_each_time(door, user):
    given = []
    for _ in range(2):
        random.seed(7)
        Authenticator.objects.all().delete()
        given.append(RecoveryCodes.activate(user).get_unused_codes())
    assert len(set(given[0]) | set(given[1])) == 20
    assert {len(code) for code in given[0]} == {8}
