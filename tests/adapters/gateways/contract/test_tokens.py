"""Tokens: what they stand for."""

from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

CAPABILITY = Capability.TOKENS


def test_a_bank_accounts_token_names_its_scheme(gateway, counterpart, account):
    wanted = counterpart.mandate_request("CF-TOKEN")
    assert gateway.scheme_of(account, wanted.source) is wanted.scheme


def test_another_token_names_none(gateway, counterpart, account):
    assert gateway.scheme_of(account, counterpart.token()) is None


def test_a_token_that_nobody_knows_names_none(gateway, account):
    assert gateway.scheme_of(account, "tok_nobody_knows") is None


def test_it_is_told_what_would_pay(gateway, counterpart, account):
    of_an_account = counterpart.mandate_request("CF-KIND").source
    assert gateway.kind_of(account, counterpart.token()) is MethodKind.CARD
    assert gateway.kind_of(account, counterpart.wallet_token()) is MethodKind.WALLET
    assert gateway.kind_of(account, of_an_account) is MethodKind.BANK_DEBIT
    assert gateway.kind_of(account, "tok_nobody_knows") is None
