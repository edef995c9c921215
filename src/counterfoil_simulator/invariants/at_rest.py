"""What holds once nothing goes wrong any more and time has passed: nothing lost, nothing stuck."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from counterfoil_simulator.invariants.always import CARDS
from counterfoil_simulator.invariants.seen import (
    TILL,
    Breach,
    Seen,
    SeenAttempt,
    SeenRefund,
    Truth,
)

_OPEN = ("created", "submitted", "action_required", "processing", "unknown", "pending")
_PLANNED = ("planned", "charging")
_ARRIVED = ("succeeded", "returned")
_RECEIPTS = {"succeeded": (1,), "returned": (0, 1)}  # none if it came back before it was told
_TOLD_BY_ITS_EVENT = "unknown until its gateway tells more"  # a refund that has no key of ours
_LATER = tuple(
    f"still {state}"
    for state in (
        "processing", "pending", "planned", "charging", "action_required", _TOLD_BY_ITS_EVENT,
    )
)  # fmt: skip
_DELIVERED = ("sent", "failed", "skipped")


def is_quiet(seen: Seen) -> bool:
    """Whether nothing is left to do."""
    return not any(True for _ in unfinished(seen))


def unfinished_soon(seen: Seen) -> Iterator[Breach]:
    """I26, within hours: what waits for another day may wait."""
    for breach in unfinished(seen):
        if not breach.found.endswith(_LATER):
            yield breach


def unfinished(seen: Seen) -> Iterator[Breach]:
    """I26: what still waits for something; what waits for a person, and a plan that waits for such
    a payment, has come to its end as far as machines go."""
    with_a_person = {one.id for one in seen.attempts if _is_with_a_person(one)}
    waiting = [
        *((f"attempt {one.id}", one.state in _OPEN and not _is_with_a_person(one), one.state)
          for one in seen.attempts),
        *((f"refund {one.id}", one.state in _OPEN and not _is_to_be_sent(one), _waits_as(one))
          for one in seen.refunds),
        *((f"mandate {one.id}", one.state in _OPEN, one.state) for one in seen.mandates),
        *((f"mandate {one.id}", one.is_to_be_told, f"{one.state} here alone")
          for one in seen.mandates),
        *((f"plan {one.id}", one.state in _PLANNED, one.state)
          for one in seen.plans if one.attempt_id not in with_a_person),
        *((f"event {one.ref}", not one.is_handled, "not acted on") for one in seen.events),
        *((f"message {one.cause}", one.state not in _DELIVERED, one.state)
          for one in seen.messages),
        ("jobs", seen.jobs > 0, f"to be done: {seen.jobs}"),
    ]  # fmt: skip
    for subject, is_waiting, state in waiting:
        if is_waiting:
            yield Breach(
                "I26 with the faults gone, everything comes to an end", subject, f"is still {state}"
            )


def _is_with_a_person(attempt: SeenAttempt) -> bool:
    """I13: another amount moved than was asked for: not booked, and on the work list of staff."""
    return (attempt.state, attempt.failure_code) == ("unknown", "amount_mismatch")


def _is_to_be_sent(refund: SeenRefund) -> bool:
    """A transfer that the business has still to send: it is on the work list of staff."""
    return bool(refund.method) and refund.state == "pending"


def _waits_as(refund: SeenRefund) -> str:
    """Its state; of one made in the gateway's dashboard, nobody can ask by a key."""
    is_there_alone = refund.state == "unknown" and not refund.is_ours
    return _TOLD_BY_ITS_EVENT if is_there_alone else refund.state


def breaches(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """I4: books and gateway say the same; I14: what was set aside is none of ours."""
    doubted = {one.gateway_ref or one.reference for one in seen.attempts if _is_with_a_person(one)}
    doubted |= {one.reference for one in seen.attempts if _is_with_a_person(one)}
    yield from _charges(seen, truth, doubted)
    quiet = {one.id for one in truth.charges if one.reference in doubted}
    yield from _refunds(seen, truth, quiet)
    yield from _disputes(seen, truth, quiet)
    yield from _methods(seen, truth)
    if truth.holds != seen.at_gateways and not doubted:
        yield Breach(
            "I4 the books say what the gateway holds for us",
            "clearing",
            f"{seen.at_gateways} in the books, {truth.holds} at the gateway",
        )
    known = {one.id for one in truth.charges if one.reference.startswith(TILL)}
    known |= {one.gateway_ref for one in seen.refunds}  # the comparison has found it since
    for event in seen.events:
        is_known = event.reference.startswith(TILL) or known & {event.charge, event.about}
        if event.remark.startswith("unplaced") and not doubted and not is_known:
            yield Breach("I14 no money of ours is set aside", f"event {event.ref}", event.remark)


def _charges(seen: Seen, truth: Truth, doubted: AbstractSet[str]) -> Iterator[Breach]:
    """What was taken is booked as paid, and what came back afterwards as returned."""
    state = {one.gateway_ref if one.is_found else one.reference: one.state for one in seen.attempts}
    for charge in truth.charges:
        name = charge.id if charge.reference.startswith(TILL) else charge.reference
        wanted = "returned" if charge.amount_returned else "succeeded"
        if charge.amount_captured and name not in doubted and state.get(name) != wanted:
            yield Breach(
                "I4 what the gateway captured is booked",
                f"charge {charge.reference}",
                f"{charge.amount_captured} {charge.currency} were taken, {charge.amount_returned}"
                f" came back, and in the books it is {state.get(name, 'nowhere')}",
            )


def _refunds(seen: Seen, truth: Truth, quiet: AbstractSet[str]) -> Iterator[Breach]:
    booked = {one.gateway_ref: one.state for one in seen.refunds if one.state in _ARRIVED}
    for refund in truth.refunds:
        if refund.charge_id in quiet:
            continue
        if refund.status == "succeeded" and booked.get(refund.id) != "succeeded":
            yield Breach(
                "I4 what the gateway gave back is booked",
                f"refund {refund.reference or refund.id}",
                f"{refund.amount} were given back; in the books it is"
                f" {booked.get(refund.id, 'nowhere')}",
            )


def _methods(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """I23: what was removed here is forgotten there, and mandates that ended here have ended."""
    for method in seen.methods:
        if not method.is_there and method.gateway_ref in truth.methods:
            yield Breach(
                "I23 what was removed is forgotten",
                f"method {method.id}",
                "is removed here, and the gateway could still charge it",
            )
    for mandate in seen.mandates:
        if mandate.state == "revoked" and mandate.gateway_ref in truth.mandates:
            yield Breach(
                "I23 what was revoked is ended",
                f"mandate {mandate.id}",
                "is revoked here, and still stands at the gateway",
            )


_STAGES = {"needs_response": "open", "under_review": "answered", "won": "won", "lost": "lost"}


def _disputes(seen: Seen, truth: Truth, quiet: AbstractSet[str]) -> Iterator[Breach]:
    there = {one.gateway_ref: one for one in seen.chargebacks}
    for dispute in truth.disputes:
        if quiet & {dispute.id, dispute.charge_id}:
            continue
        booked = there.get(dispute.id)
        if (booked.state if booked else "") != _STAGES[dispute.status]:
            yield Breach(
                "I4 what banks took back is booked",
                f"dispute {dispute.id}",
                f"is {dispute.status} over {dispute.amount}, in the books"
                f" {booked.state if booked else 'there is none'}",
            )


def mails(seen: Seen, sent: Counter[str]) -> Iterator[Breach]:
    """I20: one receipt for each payment, and no mail goes out a second time unmarked. A payment
    that chargebacks had taken before it was told needs none."""
    receipts = Counter(one.cause for one in seen.messages if one.template == "receipt")
    lost: Counter[object] = Counter()
    for one in seen.chargebacks:
        lost[one.attempt_id] += one.amount_minor if one.state == "lost" else 0
    for attempt in seen.attempts:
        count = receipts[f"payment-succeeded:{attempt.id}"]
        gone = lost[attempt.id] and lost[attempt.id] + attempt.refunded_minor
        state = "returned" if gone and gone >= attempt.amount_minor else attempt.state
        if attempt.road == CARDS and count not in _RECEIPTS.get(state, (0,)):
            yield Breach(
                "I20 what happened is told once",
                f"attempt {attempt.id}",
                f"is {attempt.state} and has {count} receipts",
            )
    for ref, count in sent.items():
        if count > 1:
            yield Breach("I20 what happened is told once", ref, f"went out {count} times unmarked")
