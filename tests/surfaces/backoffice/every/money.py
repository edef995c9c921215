"""Rows of money that an address of the backoffice names: payments, chargebacks, refunds, lines of
the bank, and what two people decide about."""

from typing import Any
from uuid import UUID

from counterfoil.domain.payments import chargebacks, mandates
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.rows import AttemptRow, NewMandate
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.reconciliation.discrepancies import (
    Difference,
    NewDiscrepancy,
    note_compared,
)
from counterfoil.flows.aftermath.answer_chargeback import add_file
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.banking import import_statement, match_bank_lines, match_refunds
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from factories.aftermath import contested, open_discrepancies, send_payout
from factories.bank_files import Booking, add_account, statement
from factories.businesses import AT
from factories.gateways import ScriptedGateway, refund_failed
from factories.invoices import issued_invoice
from factories.payments import pay
from factories.refunds import by_hand, by_transfer, refund
from factories.staff import asked_approval

Rows = dict[str, Any]


def money_rows(business_id: BusinessId, customer_id: UUID, attempt: AttemptRow) -> Rows:
    """One of each kind; `attempt` is a payment of this customer by the scripted gateway. From then
    on they have credit, which pays new invoices."""
    found = _differences(business_id, attempt) | {"payout": send_payout(business_id, attempt)}
    found |= _events(business_id, attempt)
    found |= _chargebacks(business_id, customer_id)
    found |= _refunds(business_id, customer_id)
    found |= _by_hand(business_id, customer_id)
    found["mandate"] = _mandate(business_id, customer_id, attempt.gateway_account_id)
    found |= _bank(business_id, found["by_hand_of_line"])
    return found


def _mandate(business_id: BusinessId, customer_id: UUID, account_id: UUID) -> UUID:
    reference = f"M-{customer_id.hex[-12:]}"
    new = NewMandate(
        customer_id, account_id, "sepa_core", reference, "Harrow", "DE98", "SEPA", "en", "Alice",
        "192.0.2.7", "Mozilla/5.0",
    )  # fmt: skip
    return mandates.begin_mandate(business_id, new, at=AT, by=SYSTEM)


def _paid(business_id: BusinessId, customer_id: UUID) -> AttemptRow:
    return pay(business_id, issued_invoice(business_id, customer_id))


def _differences(business_id: BusinessId, attempt: AttemptRow) -> Rows:
    found = [
        NewDiscrepancy(
            Difference.STATE_DIFFERS, attempt.gateway_ref, attempt.amount, AT, theirs="failed",
            ours="succeeded", attempt_id=attempt.id,
        ),
        NewDiscrepancy(Difference.UNKNOWN_CHARGE, "ch_adopted", attempt.amount, AT),
        NewDiscrepancy(Difference.UNKNOWN_CHARGE, "ch_seen", attempt.amount, AT),
    ]  # fmt: skip
    note_compared(business_id, attempt.gateway_account_id, found, agreed=[], until=AT, at=AT)
    with reading(business_id):
        ids = {one.ref: one.id for one in open_discrepancies(business_id)}
    return {
        "difference": ids[attempt.gateway_ref],
        "difference_adopted": ids["ch_adopted"],
        "difference_seen": ids["ch_seen"],
    }


def _events(business_id: BusinessId, attempt: AttemptRow) -> Rows:
    account = attempt.gateway_account_id
    event, waiting = (
        payments.keep_event(
            business_id, account, ref=ref, kind="charge.succeeded", body="{}", at=AT
        )
        for ref in ("evt_1", "evt_2")
    )
    assert event is not None
    payments.mark_event(business_id, event, remark="unplaced: nobody's", at=AT)
    return {"gateway": account, "event": event, "waiting": waiting}


def _chargebacks(business_id: BusinessId, customer_id: UUID) -> Rows:
    found: Rows = {}
    for name in ("chargeback", "to_answer", "to_accept", "lost"):
        payment, ref = _paid(business_id, customer_id), f"dis_{name}_{business_id.hex[-6:]}"
        stage = ChargebackStage.LOST if name == "lost" else ChargebackStage.NEEDS_RESPONSE
        told = contested(payment, gateway_ref=ref, stage=stage)
        ScriptedGateway.script.after.chargebacks[ref] = told
        settle_chargeback(business_id, payment.id, told, at=AT, by=SYSTEM)
        with reading(business_id):
            (row,) = chargebacks.chargebacks_of(business_id, [payment.id])
        found[name] = row.id
    for name in ("evidence", "evidence_gone"):
        pdf, where = b"%PDF-1.7 " + name.encode(), found["chargeback"]
        found[name] = add_file(
            business_id, where, name=f"{name}.pdf", content=pdf, at=AT, by=SYSTEM
        )
    return found


def _refunds(business_id: BusinessId, customer_id: UUID) -> Rows:
    refundable, moved = _paid(business_id, customer_id), issued_invoice(business_id, customer_id)
    found: Rows = {"refundable": refundable.id, "moved_off": moved.id}
    found["moved"] = pay(business_id, moved).id
    found["refund"] = refund(business_id, refundable, 100).id
    ScriptedGateway.script.refund_answer = refund_failed
    found["refund_failed"] = refund(business_id, refundable, 200).id
    ScriptedGateway.script.refund_answer = None
    for name in ("approval", "to_decide", "own_wish"):
        found[name] = asked_approval(business_id, _paid(business_id, customer_id))
    return found | {"to_wish": _paid(business_id, customer_id).id}


def _by_hand(business_id: BusinessId, customer_id: UUID) -> Rows:
    payment = by_transfer(business_id, customer_id, "500.00")
    found = {
        name: by_hand(business_id, payment, minor).id
        for name, minor in (
            ("to_send", 1_000), ("to_leave", 1_100), ("by_hand_of_line", 1_200),
            ("by_hand_in_transit", 1_300),
        )
    }  # fmt: skip
    gone = by_hand(business_id, payment, 1_400, method=ByHand.BANK_TRANSFER, on=AT.date())
    return found | {"gone": gone.id}


def _bank(business_id: BusinessId, refund_id: UUID) -> Rows:
    """Our account (the one that the transfer came to has been there before) and its lines."""
    other = add_account(business_id, "FR1420041010050500013M02606")
    names = ("line", "line_to_assign", "line_to_put_aside", "line_aside")
    bookings = [Booking("1.00", ref=name) for name in names]
    bookings += [Booking("-12.00", ref="matched"), Booking("-13.00", ref="outgoing")]
    plan = import_statement.preview(business_id, statement(*bookings))
    import_statement.apply(business_id, plan, at=AT, by=SYSTEM)
    found = dict(zip((*names, "matched", "outgoing"), (one.id for one in plan.lines), strict=True))
    match_bank_lines.put_aside(business_id, found["line_aside"], note="Rent", at=AT, by=SYSTEM)
    match_refunds.match(business_id, found["matched"], refund_id, at=AT, by=SYSTEM)
    return found | {"account": other}
