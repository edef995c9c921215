"""Doors of what is kept for later: mandates and saved methods."""

from counterfoil_sandbox.doors.door import Call, Door, Keyed, Reply, Who, listed
from counterfoil_sandbox.requests import (
    MandateRequest,
    MethodRequest,
    NetworkUpdateRequest,
    Nothing,
)
from counterfoil_sandbox.resources import mandates
from counterfoil_sandbox.resources.mandates import MandateFilter
from counterfoil_sandbox.resources.nouns import Nouns


def make_mandate(nouns: Nouns, call: Call, wanted: MandateRequest) -> Reply:
    """Takes the payer's word that this account may be debited."""
    return Reply(nouns.mandates.make(call.own.id, wanted), 201)


def get_mandate(nouns: Nouns, call: Call, _: None) -> Reply:
    """One mandate of the caller's account."""
    return Reply(nouns.mandates.get(call.id, call.own.id))


def list_mandates(nouns: Nouns, call: Call, _: None) -> Reply:
    """Mandates in every state, newest first."""
    wanted = MandateFilter(
        customer=call.query.get("customer", ""),
        reference=call.query.get("reference", ""),
        status=call.one_of("status", mandates.STATUSES),
    )
    return listed(nouns.mandates.page(call.own.id, wanted, before=call.before, limit=call.limit()))


def revoke_mandate(nouns: Nouns, call: Call, _: Nothing) -> Reply:
    """Ends a mandate."""
    return Reply(nouns.mandates.revoke(call.id, call.own.id))


def make_method(nouns: Nouns, call: Call, wanted: MethodRequest) -> Reply:
    """Saves what a token stands for."""
    return Reply(nouns.methods.make(call.own.id, wanted), 201)


def get_method(nouns: Nouns, call: Call, _: None) -> Reply:
    """One saved method of the caller's account."""
    return Reply(nouns.methods.get(call.id, call.own.id))


def list_methods(nouns: Nouns, call: Call, _: None) -> Reply:
    """Methods that can be charged, newest first."""
    customer = call.query.get("customer", "")
    return listed(nouns.methods.page(call.own.id, customer, before=call.before, limit=call.limit()))


def delete_method(nouns: Nouns, call: Call, _: None) -> Reply:
    """Takes a method away."""
    return Reply(nouns.methods.delete(call.id, call.own.id))


def update_from_network(nouns: Nouns, call: Call, wanted: NetworkUpdateRequest) -> Reply:
    """The card was renewed by its network."""
    return Reply(nouns.methods.update_from_network(call.id, wanted))


_MANDATE = "/v1/mandates/{id}"
_METHOD = "/v1/methods/{id}"
DOORS = (
    Door(
        "mandate.create", "POST", "/v1/mandates", make_mandate,
        takes=MandateRequest, keyed=Keyed.MAY,
    ),
    Door("mandate.list", "GET", "/v1/mandates", list_mandates),
    Door("mandate.get", "GET", _MANDATE, get_mandate),
    Door(
        "mandate.revoke", "POST", f"{_MANDATE}/revoke", revoke_mandate,
        takes=Nothing, keyed=Keyed.MAY,
    ),
    Door(
        "method.create", "POST", "/v1/methods", make_method,
        takes=MethodRequest, keyed=Keyed.MAY,
    ),
    Door("method.list", "GET", "/v1/methods", list_methods),
    Door("method.get", "GET", _METHOD, get_method),
    Door("method.delete", "DELETE", _METHOD, delete_method),
    Door(
        "", "POST", f"{_METHOD}/update_from_network", update_from_network,
        Who.LOOPBACK, NetworkUpdateRequest,
    ),
)  # fmt: skip
