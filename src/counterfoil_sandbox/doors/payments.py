"""Doors around a charge: tokens, charges, refunds, disputes, and what tests do to them."""

from counterfoil_sandbox.doors.door import Call, Door, Keyed, Reply, Who, listed
from counterfoil_sandbox.requests import (
    ChargeRequest,
    DisputeRequest,
    EvidenceRequest,
    FailRequest,
    Nothing,
    RefundRequest,
    ReturnRequest,
    TokenRequest,
)
from counterfoil_sandbox.resources import charges, disputes, refunds
from counterfoil_sandbox.resources.charges import Filter
from counterfoil_sandbox.resources.disputes import DisputeFilter
from counterfoil_sandbox.resources.nouns import Nouns
from counterfoil_sandbox.resources.refunds import RefundFilter


def make_token(nouns: Nouns, _call: Call, wanted: TokenRequest) -> Reply:
    """What pays becomes a token. Pages of other origins may not call this, servers may."""
    owner = wanted.account and nouns.accounts.by_publishable_key(wanted.account).id
    return Reply(nouns.tokens.make(wanted, owner or None), 201)


def begin_charge(nouns: Nouns, call: Call, wanted: ChargeRequest) -> str:
    """Takes the charge up: from now on a look-up finds it."""
    return nouns.charges.begin(call.own, wanted)


def finish_charge(nouns: Nouns, _call: Call, charge_id: str) -> Reply:
    """Charges; some cards lose the answer."""
    body, is_lost = nouns.charges.finish(charge_id)
    return Reply(body, 201, is_lost=is_lost)


def get_charge(nouns: Nouns, call: Call, _: None) -> Reply:
    """One charge of the caller's account."""
    return Reply(nouns.charges.get(call.id, call.own.id))


def list_charges(nouns: Nouns, call: Call, _: None) -> Reply:
    """What was really charged, newest first.

    With a key: the caller's own charges in full; a look-up by reference shows every state.
    Without one, on loopback: any account's, in brief.
    """
    reference = call.query.get("reference", "")
    wanted = Filter(
        account_id=call.account.id if call.account else "",
        customer=call.query.get("customer", ""),
        reference=reference,
        status=call.one_of("status", charges.STATUSES, "all" if reference else "succeeded"),
        before=call.before,
    )
    return listed(nouns.charges.list(wanted, call.limit(), brief=not call.account))


def cancel_charge(nouns: Nouns, call: Call, _: Nothing) -> Reply:
    """Calls a charge back that is not settled yet."""
    return Reply(nouns.charges.cancel(call.id, call.own.id))


def return_debit(nouns: Nouns, call: Call, wanted: ReturnRequest) -> Reply:
    """The bank sends a debit back, now."""
    return Reply(nouns.debits.send_back(call.id, wanted.return_code))


def dispute_charge(nouns: Nouns, call: Call, wanted: DisputeRequest) -> Reply:
    """The payer's bank takes a charge back, now."""
    return Reply(nouns.disputes.open(call.id, wanted), 201)


def make_refund(nouns: Nouns, call: Call, wanted: RefundRequest) -> Reply:
    """Sends money back, once per reference."""
    body, is_new = nouns.refunds.make(call.own.id, call.id, wanted)
    return Reply(body, 201, is_replay=not is_new)


def get_refund(nouns: Nouns, call: Call, _: None) -> Reply:
    """One refund of the caller's account."""
    return Reply(nouns.refunds.get(call.id, call.own.id))


def list_refunds(nouns: Nouns, call: Call, _: None) -> Reply:
    """Refunds, newest first; of one charge, if the address names it."""
    charge_id = call.path.get("id", call.query.get("charge", ""))
    if "id" in call.path:
        nouns.charges.get(charge_id, call.own.id)
    wanted = RefundFilter(
        charge=charge_id,
        reference=call.query.get("reference", ""),
        status=call.one_of("status", refunds.STATUSES),
    )
    return listed(nouns.refunds.page(call.own.id, wanted, before=call.before, limit=call.limit()))


def fail_refund(nouns: Nouns, call: Call, wanted: FailRequest) -> Reply:
    """The payer's bank sends a refund back, now."""
    return Reply(nouns.refunds.fail(call.id, wanted.code))


def get_dispute(nouns: Nouns, call: Call, _: None) -> Reply:
    """One dispute of the caller's account."""
    return Reply(nouns.disputes.get(call.id, call.own.id))


def list_disputes(nouns: Nouns, call: Call, _: None) -> Reply:
    """Disputes, newest first."""
    wanted = DisputeFilter(
        charge=call.query.get("charge", ""), status=call.one_of("status", disputes.STATUSES)
    )
    return listed(nouns.disputes.page(call.own.id, wanted, before=call.before, limit=call.limit()))


def give_evidence(nouns: Nouns, call: Call, wanted: EvidenceRequest) -> Reply:
    """The account's answer to a dispute."""
    return Reply(nouns.disputes.give_evidence(call.id, call.own.id, wanted))


def accept_dispute(nouns: Nouns, call: Call, _: Nothing) -> Reply:
    """Gives a dispute up."""
    return Reply(nouns.disputes.accept(call.id, call.own.id))


def get_token(nouns: Nouns, call: Call, _: None) -> Reply:
    """What a token stands for."""
    return Reply(nouns.tokens.get(call.id, call.own.id))


_CHARGE = "/v1/charges/{id}"
_REFUND = "/v1/refunds/{id}"
_DISPUTE = "/v1/disputes/{id}"
DOORS = (
    Door("", "POST", "/v1/tokens", make_token, Who.OWN_PAGE, TokenRequest),
    Door("token.get", "GET", "/v1/tokens/{id}", get_token),
    Door(
        "charge.create", "POST", "/v1/charges", finish_charge,
        takes=ChargeRequest, keyed=Keyed.MUST, begin=begin_charge,
    ),
    Door("charge.list", "GET", "/v1/charges", list_charges, Who.KEY_OR_LOOPBACK),
    Door("charge.get", "GET", _CHARGE, get_charge),
    Door(
        "charge.cancel", "POST", f"{_CHARGE}/cancel", cancel_charge,
        takes=Nothing, keyed=Keyed.MAY,
    ),
    Door("", "POST", f"{_CHARGE}/return", return_debit, Who.LOOPBACK, ReturnRequest),
    Door("", "POST", f"{_CHARGE}/dispute", dispute_charge, Who.LOOPBACK, DisputeRequest),
    Door(
        "refund.create", "POST", f"{_CHARGE}/refunds", make_refund,
        takes=RefundRequest, keyed=Keyed.MUST,
    ),
    Door("refund.list", "GET", f"{_CHARGE}/refunds", list_refunds),
    Door("refund.list", "GET", "/v1/refunds", list_refunds),
    Door("refund.get", "GET", _REFUND, get_refund),
    Door("", "POST", f"{_REFUND}/fail", fail_refund, Who.LOOPBACK, FailRequest),
    Door("dispute.list", "GET", "/v1/disputes", list_disputes),
    Door("dispute.get", "GET", _DISPUTE, get_dispute),
    Door(
        "dispute.evidence", "POST", f"{_DISPUTE}/evidence", give_evidence,
        takes=EvidenceRequest, keyed=Keyed.MAY,
    ),
    Door(
        "dispute.accept", "POST", f"{_DISPUTE}/accept", accept_dispute,
        takes=Nothing, keyed=Keyed.MAY,
    ),
)  # fmt: skip
