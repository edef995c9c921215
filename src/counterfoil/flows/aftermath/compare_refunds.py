"""The part of the daily comparison that is about money which went back: refunds, chargebacks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import Account, AttemptRow, RefundRow, WaitingEvent
from counterfoil.domain.reconciliation.discrepancies import Difference, NewDiscrepancy
from counterfoil.flows.aftermath.place_chargeback import place_chargeback
from counterfoil.flows.refunds.place_refund import place_refund
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome


@dataclass
class Report:
    """What a comparison finds: differences, and what agrees."""

    found: list[NewDiscrepancy] = field(default_factory=list)
    agreed: list[str] = field(default_factory=list)
    to_settle: dict[UUID, tuple[Listed, Outcome, AttemptRow]] = field(default_factory=dict)


def compare_refunds(
    business_id: BusinessId,
    account: Account,
    listed: Sequence[Listed],
    report: Report,
    *,
    at: datetime,
) -> None:
    """Those that the books have as they are there are done with in one read; the others go through
    the door that events take: it knows ours, and writes down theirs."""
    facts = [(one, one.fact) for one in listed if isinstance(one.fact, RefundOutcome)]
    charges = sorted({fact.charge for _, fact in facts if fact.charge})
    with reading(business_id):
        of_charges = payments.attempts_of_charges(business_id, account.id, charges)
        rows = payments.refunds_of(business_id, of_charges) if of_charges else []
    known = {row.gateway_ref: row for row in rows if row.gateway_ref}
    for one, fact in facts:
        row = known.get(fact.gateway_ref)
        if row is None or row.state != fact.result.value:
            _place_refund(business_id, account, one, fact, report, at=at)
        elif fact.amount is not None and fact.amount != row.amount:
            report.found.append(_refund_differs(one, fact.amount, fact, row))
        else:
            report.agreed.append(fact.gateway_ref)


def _refund_differs(
    listed: Listed, amount: Money, fact: RefundOutcome, row: RefundRow
) -> NewDiscrepancy:
    return NewDiscrepancy(
        kind=Difference.REFUND_DIFFERS,
        ref=fact.gateway_ref,
        amount=amount,
        occurred_at=listed.created_at,
        reference=fact.reference,
        charge=fact.charge,
        theirs=fact.result.value,
        ours=row.state,
        attempt_id=row.attempt_id,
    )


def _place_refund(
    business_id: BusinessId,
    account: Account,
    listed: Listed,
    fact: RefundOutcome,
    report: Report,
    *,
    at: datetime,
) -> None:
    event = WaitingEvent(account.id, account.id, fact.gateway_ref, "comparison", "", at)
    try:
        said = place_refund(business_id, event, fact, at=at, by=SYSTEM)
    except Unavailable:
        return  # it may be ours, and the gateway can't be asked: the next comparison sees it too
    amount = fact.amount or Money(0, "EUR")
    kind = None
    if said.startswith("unplaced") and fact.result == Result.SUCCEEDED:
        kind = Difference.UNKNOWN_REFUND
    elif said == "refund succeeded":
        kind = Difference.FOUND
    if kind is None:
        report.agreed.append(fact.gateway_ref)
        return
    found = NewDiscrepancy(
        kind=kind,
        ref=fact.gateway_ref,
        amount=amount,
        occurred_at=listed.created_at,
        reference=fact.reference,
        charge=fact.charge,
        theirs=fact.result.value,
    )
    report.found.append(found)


def compare_chargebacks(
    business_id: BusinessId,
    account: Account,
    listed: Sequence[Listed],
    report: Report,
    *,
    at: datetime,
) -> None:
    """Through the door of their events: with one that was lost, nobody would hear of a chargeback
    before a payout, and of an account that owes its gateway there is none."""
    for one in listed:
        fact = one.fact
        if not isinstance(fact, ChargebackTold):
            continue
        try:
            said = place_chargeback(business_id, account.id, fact, at=at, by=SYSTEM)
        except Unavailable:
            continue  # of a payment that nobody knows the end of: the next comparison sees it too
        is_placed = not said.startswith("unplaced")
        if is_placed and not said.startswith("chargeback"):
            report.agreed.append(fact.gateway_ref)
            continue
        found = NewDiscrepancy(
            kind=Difference.FOUND if is_placed else Difference.UNKNOWN_CHARGEBACK,
            ref=fact.gateway_ref,
            amount=fact.amount,
            occurred_at=one.created_at,
            reference=fact.reference,
            charge=fact.charge,
            theirs=fact.stage.value,
        )
        report.found.append(found)
