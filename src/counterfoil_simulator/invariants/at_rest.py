"""What holds once nothing goes wrong any more and time has passed: nothing lost, nothing stuck."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from counterfoil_simulator.invariants.always import CARDS
from counterfoil_simulator.invariants.seen import Breach, Seen, SeenAttempt, Truth

_OPEN = ("created", "submitted", "action_required", "processing", "unknown", "pending")
_DELIVERED = ("sent", "failed", "skipped")


def is_quiet(seen: Seen) -> bool:
    """Whether nothing is left to do."""
    return not any(True for _ in unfinished(seen))


def unfinished(seen: Seen) -> Iterator[Breach]:
    """I26: what still waits for something."""
    live = "I26 with the faults gone, everything comes to an end"
    for attempt in seen.attempts:
        if attempt.state in _OPEN and not _is_with_a_person(attempt):
            yield Breach(live, f"attempt {attempt.id}", f"is still {attempt.state}")
    for refund in seen.refunds:
        if refund.state in _OPEN:
            yield Breach(live, f"refund {refund.id}", f"is still {refund.state}")
    for event in seen.events:
        if not event.is_handled:
            yield Breach(live, f"event {event.ref}", "nothing has acted on it")
    for message in seen.messages:
        if message.state not in _DELIVERED:
            yield Breach(live, f"message {message.cause}", f"is still {message.state}")
    if seen.jobs:
        yield Breach(live, "jobs", f"{seen.jobs} are still to be done")


def _is_with_a_person(attempt: SeenAttempt) -> bool:
    """I13: another amount moved than was asked for: not booked, and on the work list of staff."""
    return (attempt.state, attempt.failure_code) == ("unknown", "amount_mismatch")


def breaches(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """I4: books and gateway say the same; I14: what was set aside is none of ours."""
    paid = {one.reference: one for one in seen.attempts if one.state == "succeeded"}
    doubted = {one.reference for one in seen.attempts if _is_with_a_person(one)}
    for charge in truth.charges:
        if charge.amount_captured and charge.reference not in paid.keys() | doubted:
            yield Breach(
                "I4 what the gateway captured is booked",
                f"charge {charge.reference}",
                f"{charge.amount_captured} {charge.currency} were taken and are not in the books",
            )
    sent = {one.gateway_ref: one for one in seen.refunds if one.state in ("succeeded", "returned")}
    for refund in truth.refunds:
        booked = sent.get(refund.id)
        if refund.id in truth.untold:
            continue
        if refund.status == "succeeded" and (booked is None or booked.state != "succeeded"):
            yield Breach(
                "I4 what the gateway gave back is booked",
                f"refund {refund.reference}",
                f"{refund.amount} were given back; in the books it is"
                f" {booked.state if booked else 'nowhere'}",
            )
    quiet = {one.id for one in truth.charges if one.reference in doubted} | truth.untold
    yield from _disputes(seen, truth, quiet)
    if truth.holds != seen.at_gateways and not doubted and not _waits_for_comparison(truth):
        yield Breach(
            "I4 the books say what the gateway holds for us",
            "clearing",
            f"{seen.at_gateways} in the books, {truth.holds} at the gateway",
        )
    for event in seen.events:
        if event.remark.startswith("unplaced") and not doubted:
            yield Breach("I14 no money of ours is set aside", f"event {event.ref}", event.remark)


_STAGES = {"needs_response": "open", "under_review": "answered", "won": "won", "lost": "lost"}


def _waits_for_comparison(truth: Truth) -> bool:
    """What a bank does after the payment is told by an event alone; where that was lost for good,
    the comparison with the gateway's own list finds it, a day later."""
    late = {one.id for one in truth.disputes} | {one.id for one in truth.refunds}
    return bool(late & truth.untold)


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
    """I20: one receipt for each payment, and no mail goes out a second time unmarked."""
    receipts = Counter(one.cause for one in seen.messages if one.template == "receipt")
    for attempt in seen.attempts:
        count = receipts[f"payment-succeeded:{attempt.id}"]
        wanted = 1 if attempt.state == "succeeded" else 0
        if attempt.road == CARDS and count != wanted:
            yield Breach(
                "I20 what happened is told once",
                f"attempt {attempt.id}",
                f"is {attempt.state} and has {count} receipts",
            )
    for ref, count in sent.items():
        if count > 1:
            yield Breach("I20 what happened is told once", ref, f"went out {count} times unmarked")
