"""What an adapter says that it needs of our account is what it needs."""

import pytest

from adapters.gateways.contract.counterpart import Wish
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount


def test_what_it_needs_is_refused_by_name_where_it_is_missing(
    gateway, counterpart, account, amount, reference
):
    needed = [one for one in gateway.account_settings if one.is_needed]
    assert needed
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    for one in needed:
        given = {**account.settings, **account.secrets, one.name: ""}
        if one.name == "environment":
            given.pop("url")  # which stands in its place, for tests
        with pytest.raises(AccountIncomplete, match=one.name):
            gateway.charge(GatewayAccount("Ours", given, {}), wanted)
        with pytest.raises(AccountIncomplete) as refused:
            gateway.check(GatewayAccount("Ours", given, {}))
        assert refused.value.setting == one.name
    assert counterpart.charged(reference) == []
    gateway.check(account)


@pytest.mark.parametrize("typed", ["key’s", "ключ", "one\ntwo"])
def test_what_no_request_can_carry_is_refused_before_anything_is_sent(
    gateway, counterpart, account, amount, reference, typed
):
    secret = next(one for one in gateway.account_settings if one.is_secret and one.is_needed)
    broken = GatewayAccount("Ours", account.settings, {**account.secrets, secret.name: typed})
    with pytest.raises(AccountIncomplete) as refused:
        gateway.check(broken)
    assert refused.value.setting == secret.name
    with pytest.raises(Unavailable):
        gateway.charge(broken, counterpart.request(Wish.SUCCEEDS, reference, amount))
    assert counterpart.charged(reference) == []


def test_a_secret_is_declared_as_one_and_never_shown(gateway, account):
    secret = {one.name for one in gateway.account_settings if one.is_secret}
    assert secret >= set(account.secrets)
    assert not secret & set(account.settings)
    shown = repr(account)
    assert all(value not in shown for value in account.secrets.values())
