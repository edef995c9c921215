"""Tokens: what they stand for."""

from counterfoil.kernel.ports.gateways.capabilities import Capability

CAPABILITY = Capability.TOKENS


def test_a_bank_accounts_token_names_its_scheme(gateway, counterpart, account):
    wanted = counterpart.mandate_request("CF-TOKEN")
    assert gateway.scheme_of(account, wanted.source) is wanted.scheme


def test_another_token_names_none(gateway, counterpart, account):
    assert gateway.scheme_of(account, counterpart.token()) is None


def test_a_token_that_nobody_knows_names_none(gateway, account):
    assert gateway.scheme_of(account, "tok_nobody_knows") is None
