"""Doors of the sandbox itself: accounts, events, the clock and what goes wrong on purpose."""

from counterfoil_sandbox.clock import rfc3339
from counterfoil_sandbox.doors.door import Call, Door, Reply, Who, listed
from counterfoil_sandbox.errors import not_found
from counterfoil_sandbox.requests import (
    AccountChanges,
    AccountRequest,
    AdvanceRequest,
    FaultsRequest,
)
from counterfoil_sandbox.resources.nouns import Nouns
from counterfoil_sandbox.resources.traffic.plans import EVERY_ACCOUNT, Plan


def healthz(nouns: Nouns, _call: Call, _: None) -> Reply:
    """The process is up and its store answers."""
    return Reply({"status": "ok", "now": nouns.clock.stamp()})


def open_account(nouns: Nouns, _call: Call, wanted: AccountRequest) -> Reply:
    """Opens an account, or finds the one of this name (200)."""
    account, is_new = nouns.accounts.open(wanted)
    return Reply(account.body(), 201 if is_new else 200)


def change_account(nouns: Nouns, call: Call, changes: AccountChanges) -> Reply:
    """Changes the caller's own account: webhook address, origins, business, settings."""
    if call.own.id != call.id:
        raise not_found()
    return Reply(nouns.accounts.change(call.own, changes).body())


def list_events(nouns: Nouns, call: Call, _: None) -> Reply:
    """What happened in the caller's account, oldest first, delivered or not."""
    after = call.query.get("after")
    return listed(nouns.events.page(call.own.id, after=after, limit=call.limit()))


def get_clock(nouns: Nouns, _call: Call, _: None) -> Reply:
    """What time it is inside the sandbox."""
    return _clock(nouns)


def move_clock(nouns: Nouns, _call: Call, wanted: AdvanceRequest) -> Reply:
    """Moves the sandbox clock forward, and everything that falls due with it."""
    nouns.advance(wanted.advance_seconds)
    return _clock(nouns)


def _clock(nouns: Nouns) -> Reply:
    offset = nouns.clock.offset.total_seconds()
    return Reply({"now": rfc3339(nouns.clock.now()), "offset_seconds": offset})


def set_faults(nouns: Nouns, call: Call, wanted: FaultsRequest) -> Reply:
    """Sets what goes wrong: for the key's account, for the one named, or for all of them."""
    named = call.account.id if call.account else wanted.account
    account_ids = [nouns.accounts.by_id(named).id] if named else nouns.accounts.all_ids()
    set_now = [
        {"account": account_id} | nouns.faults.change(account_id, wanted).body()
        for account_id in account_ids
    ]
    return Reply({"data": set_now})


def set_plan(nouns: Nouns, _call: Call, wanted: Plan) -> Reply:
    """Begins a fault plan, over the old one of the same account."""
    if wanted.account != EVERY_ACCOUNT:
        nouns.accounts.by_id(wanted.account)
    nouns.plans.set(wanted)
    return _plan(nouns, wanted.account)


def get_plan(nouns: Nouns, call: Call, _: None) -> Reply:
    """A fault plan, how far it has run, and what it did."""
    return _plan(nouns, call.query.get("account", EVERY_ACCOUNT))


def _plan(nouns: Nouns, account_id: str) -> Reply:
    body = nouns.plans.body(account_id)
    if body is None:
        raise not_found("There is no fault plan.")
    return Reply(body)


def clear_plan(nouns: Nouns, call: Call, _: None) -> Reply:
    """Ends a fault plan."""
    nouns.plans.clear(call.query.get("account", EVERY_ACCOUNT))
    return Reply({"deleted": True})


_PLAN = "/v1/faults/plan"
DOORS = (
    Door("", "GET", "/healthz", healthz, Who.ANYONE),
    Door("", "POST", "/v1/accounts", open_account, Who.LOOPBACK, AccountRequest),
    Door("", "POST", "/v1/accounts/{id}", change_account, takes=AccountChanges),
    Door("event.list", "GET", "/v1/events", list_events),
    Door("", "GET", "/v1/clock", get_clock, Who.ANYONE),
    Door("", "POST", "/v1/clock", move_clock, Who.LOOPBACK, AdvanceRequest),
    Door("", "POST", "/v1/faults", set_faults, Who.KEY_OR_LOOPBACK, FaultsRequest),
    Door("", "POST", _PLAN, set_plan, Who.LOOPBACK, Plan),
    Door("", "GET", _PLAN, get_plan, Who.LOOPBACK),
    Door("", "DELETE", _PLAN, clear_plan, Who.LOOPBACK),
)
