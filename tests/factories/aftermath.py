"""What the scripted gateway can after a charge: chargebacks, payouts, its list, stopping."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.reconciliation.discrepancies import (
    Difference,
    DiscrepancyRow,
    NewDiscrepancy,
    discrepancy,
    note_compared,
)
from counterfoil.domain.reconciliation.payouts import keep_payout
from counterfoil.flows.aftermath.answer_chargeback import add_file
from counterfoil.flows.aftermath.match_movements import Known, known, match
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.infra.db import execute, reading
from counterfoil.infra.postgres import home
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Refused, Unavailable
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import (
    ChargebackStage,
    ChargebackTold,
    Evidence,
)
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed, Unread
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)
from factories.businesses import AT


@dataclass
class Afterwards:
    """What the gateway will say afterwards, and what it was told."""

    chargebacks: dict[str, ChargebackTold] = field(default_factory=dict)
    answers_with: Callable[[ChargebackTold], ChargebackTold] | None = None
    evidence: list[Evidence] = field(default_factory=list)
    payouts: list[PayoutTold] = field(default_factory=list)
    moved: dict[str, list[Movement]] = field(default_factory=dict)
    listing: list[Listed] = field(default_factory=list)
    foreign: int = 0  # rows of another program that can't be read
    cancels: list[str] = field(default_factory=list)
    cancel_answer: Callable[[str], Outcome] | None = None
    trouble: Exception | None = None


class ScriptedAfterwards:
    """The capabilities that a gateway has after a charge."""

    script: ClassVar[Any]

    def _after(self) -> Afterwards:
        after: Afterwards = type(self).script.after
        if after.trouble:
            raise after.trouble
        return after

    def look_up_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Where a chargeback stands."""
        found = self._after().chargebacks.get(gateway_ref)
        if found is None:
            raise Unavailable
        return found

    def send_evidence(
        self, account: GatewayAccount, gateway_ref: str, evidence: Evidence
    ) -> ChargebackTold:
        """Takes the answer, or does what `answers_with` does."""
        after = self._after()
        after.evidence.append(evidence)
        return self._said(gateway_ref, ChargebackStage.UNDER_REVIEW)

    def accept_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Gives it up."""
        return self._said(gateway_ref, ChargebackStage.LOST)

    def _said(self, gateway_ref: str, stage: ChargebackStage) -> ChargebackTold:
        after = self._after()
        if gateway_ref not in after.chargebacks:
            raise Refused("There is no such dispute.", code="gateway_refused")
        found = staged(after.chargebacks[gateway_ref], stage)
        after.chargebacks[gateway_ref] = found
        return after.answers_with(found) if after.answers_with else found

    def payouts(self, account: GatewayAccount, *, since: datetime) -> Iterator[PayoutTold]:
        """Those made since then, newest first."""
        after = self._after()
        yield from sorted(
            (one for one in after.payouts if one.created_at >= since),
            key=lambda one: one.created_at,
            reverse=True,
        )

    def movements(self, account: GatewayAccount, gateway_ref: str) -> Iterator[Movement]:
        """What a payout pays."""
        yield from self._after().moved.get(gateway_ref, [])

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed | Unread]:
        """Charges and refunds of that time."""
        yield from (one for one in self._after().listing if since <= one.created_at < until)
        yield from [Unread()] * self._after().foreign

    def cancel(self, account: GatewayAccount, reference: str, gateway_ref: str) -> Outcome:
        """Stops it, or answers as `cancel_answer` says."""
        after = self._after()
        after.cancels.append(reference)
        if after.cancel_answer:
            return after.cancel_answer(reference)
        outcome = Outcome(reference, Result.CANCELLED, gateway_ref)
        type(self).script.known[reference] = outcome
        return outcome


def contested(payment: Any, amount: int | None = None, **more: Any) -> ChargebackTold:
    """A chargeback of a payment, all of it or so much, that waits for our answer."""
    said = {
        "gateway_ref": "dis_1",
        "charge": payment.gateway_ref,
        "stage": ChargebackStage.NEEDS_RESPONSE,
        "amount": Money(payment.amount_minor if amount is None else amount, payment.currency),
        "fee": Money(1_500, payment.currency),
        "reason_code": "fraudulent",
    }
    return ChargebackTold(**(said | more))


def send_payout(business_id: BusinessId, payment: AttemptRow) -> UUID:
    """A payout of one payment less a fee, with a movement that nobody knows."""
    currency, ref = payment.currency, payment.gateway_ref
    fee = Money(320, currency)
    told = PayoutTold(
        gateway_ref="po_1",
        stage=PayoutStage.IN_TRANSIT,
        amount=payment.amount - fee - Money(1_000, currency),
        created_at=AT,
        arrival_date=AT.date(),
        descriptor="COUNTERFOIL PO_1",
    )
    moved = {"occurred_at": AT, "charge": ref}
    movements = [
        Movement(gateway_ref="txn_1", kind=MovementKind.CHARGE, gross=payment.amount, fee=fee,
                 net=payment.amount - fee, source=ref, **moved),
        Movement(gateway_ref="txn_2", kind=MovementKind.ADJUSTMENT, gross=Money(-1_000, currency),
                 fee=Money(0, currency), net=Money(-1_000, currency), source="adj_1", **moved),
    ]  # fmt: skip
    matched = match(movements, known_of(business_id, payment, movements))
    kept = keep_payout(business_id, payment.gateway_account_id, told, matched, at=AT, by=SYSTEM)
    assert kept is not None
    return kept


def differ(business_id: BusinessId, payment: AttemptRow) -> UUID:
    """A charge on the gateway's list that nobody knows."""
    found = NewDiscrepancy(
        Difference.UNKNOWN_CHARGE, "ch_stranger", Money(4_200, payment.currency), AT
    )
    note_compared(business_id, payment.gateway_account_id, [found], agreed=[], until=AT, at=AT)
    with reading(business_id):
        return open_discrepancies(business_id)[0].id


def known_of(business_id: BusinessId, payment: AttemptRow, movements: list[Movement]) -> Known:
    """What these movements may be about."""
    with reading(business_id):
        return known(business_id, payment.gateway_account_id, movements)


def staged(told: ChargebackTold, stage: ChargebackStage) -> ChargebackTold:
    """The same chargeback further on; a won one gives its fee back."""
    fee = Money(0, told.amount.currency) if stage is ChargebackStage.WON else told.fee
    return ChargebackTold(
        gateway_ref=told.gateway_ref,
        charge=told.charge,
        stage=stage,
        amount=told.amount,
        fee=fee,
        reason_code=told.reason_code,
        evidence_due_at=told.evidence_due_at,
        opened_at=told.opened_at,
        reference=told.reference,
    )


def contest(business_id: BusinessId, payment: AttemptRow) -> tuple[UUID, UUID]:
    """A payment that its payer's bank has taken back, and a file of the answer to that."""
    settle_chargeback(business_id, payment.id, contested(payment), at=AT, by=SYSTEM)
    with reading(business_id):
        (row,) = chargebacks.chargebacks_of(business_id, [payment.id])
    added = add_file(
        business_id, row.id, name="proof.pdf", content=b"%PDF-1.7 proof", at=AT, by=SYSTEM
    )
    return row.id, added


def open_discrepancies(business_id: BusinessId) -> list[DiscrepancyRow]:
    """What nobody has dealt with, the oldest first; inside `reading`."""
    rows = execute(
        "SELECT id FROM reconciliation_discrepancy WHERE business_id = %(b)s::uuid "
        "AND closed_at IS NULL ORDER BY found_at, id",
        {"b": business_id},
    )
    return [discrepancy(business_id, found) for (found,) in rows]


def restored_elsewhere() -> None:
    """The database was noted to live somewhere else, as in a backup that is restored here."""
    home.note(at=AT)
    execute("UPDATE infra_home SET database = database + 1")
