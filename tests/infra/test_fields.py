"""Sealed at rest: only the application's keys open a secret, old keys as long as they are kept."""

import pytest
from cryptography.fernet import InvalidToken
from django.test import override_settings

from counterfoil.infra.fields import SealBroken, Sealed, opened_or_none, seal, unseal

SECRETS = {"secret_key": "sk_live_1", "name": "\u00fc"}


def test_round_trip():
    sealed = seal(SECRETS)
    assert unseal(sealed) == SECRETS
    assert "sk_live" not in sealed
    assert seal(SECRETS) != sealed


def test_a_new_key_seals_and_the_old_one_still_opens():
    with override_settings(SEALING_KEYS=["old"]):
        sealed = seal(SECRETS)
    with override_settings(SEALING_KEYS=["new", "old"]):
        assert unseal(sealed) == SECRETS
        newer = seal(SECRETS)
    with override_settings(SEALING_KEYS=["new"]):
        assert unseal(newer) == SECRETS
        with pytest.raises(InvalidToken):
            unseal(sealed)


def test_a_changed_value_is_refused():
    sealed = seal(SECRETS)
    with pytest.raises(InvalidToken):
        unseal(sealed[:-5] + "AAAA=")


def test_it_is_opened_when_it_is_asked_for_and_not_before():
    assert dict(Sealed(seal(SECRETS))) == SECRETS
    foreign = Sealed("sealed by nobody")
    with pytest.raises(SealBroken):
        foreign["secret_key"]
    assert opened_or_none(foreign) == {}
    assert opened_or_none(Sealed(seal(SECRETS))) == SECRETS
