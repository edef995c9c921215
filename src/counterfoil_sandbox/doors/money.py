"""Doors of the account's own money: the balance, its movements and the payouts."""

from counterfoil_sandbox.doors.door import Call, Door, Reply, Who, listed
from counterfoil_sandbox.requests import FailRequest
from counterfoil_sandbox.resources import balance, payouts
from counterfoil_sandbox.resources.balance import MovementFilter
from counterfoil_sandbox.resources.nouns import Nouns
from counterfoil_sandbox.resources.payouts import PayoutFilter


def get_balance(nouns: Nouns, call: Call, _: None) -> Reply:
    """What is available and what is pending, a currency a row."""
    return Reply(nouns.balance.body(call.own.id))


def list_transactions(nouns: Nouns, call: Call, _: None) -> Reply:
    """Movements of money, newest first."""
    wanted = MovementFilter(
        type=call.one_of("type", balance.TYPES),
        currency=call.query.get("currency", ""),
        source=call.query.get("source", ""),
        charge=call.query.get("charge", ""),
        payout=call.query.get("payout", ""),
    )
    return listed(nouns.balance.page(call.own.id, wanted, before=call.before, limit=call.limit()))


def get_payout(nouns: Nouns, call: Call, _: None) -> Reply:
    """One payout of the caller's account."""
    return Reply(nouns.payouts.get(call.id, call.own.id))


def list_payouts(nouns: Nouns, call: Call, _: None) -> Reply:
    """Payouts, newest first."""
    wanted = PayoutFilter(
        status=call.one_of("status", payouts.STATUSES),
        currency=call.query.get("currency", ""),
        statement_descriptor=call.query.get("statement_descriptor", ""),
    )
    return listed(nouns.payouts.page(call.own.id, wanted, before=call.before, limit=call.limit()))


def list_paid(nouns: Nouns, call: Call, _: None) -> Reply:
    """The movements in a payout: their nets add up to it."""
    nouns.payouts.get(call.id, call.own.id)
    wanted = MovementFilter(payout=call.id)
    return listed(nouns.balance.page(call.own.id, wanted, before=call.before, limit=call.limit()))


def fail_payout(nouns: Nouns, call: Call, wanted: FailRequest) -> Reply:
    """The bank sends a payout back, now."""
    return Reply(nouns.payouts.fail(call.id, wanted.code))


_PAYOUT = "/v1/payouts/{id}"
DOORS = (
    Door("balance.get", "GET", "/v1/balance", get_balance),
    Door("balance.list", "GET", "/v1/balance/transactions", list_transactions),
    Door("payout.list", "GET", "/v1/payouts", list_payouts),
    Door("payout.get", "GET", _PAYOUT, get_payout),
    Door("payout.transactions", "GET", f"{_PAYOUT}/transactions", list_paid),
    Door("", "POST", f"{_PAYOUT}/fail", fail_payout, Who.LOOPBACK, FailRequest),
)
