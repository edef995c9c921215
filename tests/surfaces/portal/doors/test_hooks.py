"""Where gateways push to: who pushes what nobody signed is shut out of that account alone."""

import pytest

from counterfoil.domain.payments import queries
from counterfoil.infra import limits
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from factories.businesses import AT, add_gateway
from factories.gateways import event

GATEWAY, ELSEWHERE = "198.51.100.7", "203.0.113.9"
MOST = limits.FORGED_EVENTS.most


def address(business, slug):
    with reading(business):
        (account,) = [one for one in queries.active_accounts(business) if one.kind == "scripted"]
    return f"/hooks/{slug}/{encode('gwa', account.id)}"


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """No window ends meanwhile."""
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def push(portal):
    """`push(path, ref)`: the status of an event that the gateway signed, or somebody else."""
    browser = portal()

    def send(path, ref, *, signed=True, caller=GATEWAY):
        headers, body = event(ref, "nothing", kind="mention")
        headers = headers if signed else {"webhook-id": ref}
        sent = browser.post(
            path, body, content_type="application/json", headers=headers, REMOTE_ADDR=caller
        )
        return sent.status_code

    return send


def test_a_wrong_secret_shuts_out_one_account_and_none_beside_it(
    push, business, other_business, gateway
):
    add_gateway(other_business, "scripted")
    mine, theirs = address(business, "harrow"), address(other_business, "mill")

    forged = [push(mine, f"evt_{number}", signed=False) for number in range(MOST + 1)]

    assert forged == [400] * MOST + [429]
    assert push(theirs, "evt_a") == 200
    assert push(mine, "evt_b", caller=ELSEWHERE) == 200
    assert push(mine, "evt_c") == 429


def test_addresses_that_are_none_shut_out_no_account(push, business, gateway):
    mine = address(business, "harrow")

    guessed = [push(f"/hooks/harrow/gwa_{number}", "evt") for number in range(MOST + 1)]

    assert guessed == [404] * MOST + [429]
    assert push("/hooks/nobody/gwa_1", "evt") == 429
    assert push(mine, "evt_good") == 200
