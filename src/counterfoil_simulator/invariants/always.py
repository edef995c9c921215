"""What holds after every step, whatever went wrong: safety."""

from collections import Counter
from collections.abc import Iterator

from counterfoil_simulator.invariants.seen import TILL, Breach, Charge, Seen, SeenAttempt, Truth

CARDS = "sandbox"
_PAID = ("succeeded", "returned")
_NOTHING = ("failed", "cancelled")


def breaches(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """Everything that is wrong now, of the books against the gateway."""
    yield from _charges(seen, truth)
    for attempt in seen.attempts:
        if attempt.road == CARDS:
            yield from _attempt(attempt, truth)
    yield from _refunds(seen, truth)
    yield from _by_hand(seen, truth)
    yield from _claims(seen)
    yield from _plans(seen, truth)
    yield from _events(seen, truth)


def _charges(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """R7: nothing is asked for that is not written down. I5: one wish is charged once."""
    known = {one.reference: one for one in seen.attempts}
    wishes: Counter[object] = Counter()
    for charge in truth.charges:
        attempt = known.get(charge.reference)
        if charge.reference.startswith(TILL):
            continue  # the comparison finds it: see `at_rest`
        if attempt is None:
            yield Breach(
                "I4 what the gateway has, the books know of",
                f"charge {charge.reference}",
                f"{charge.status}, {charge.amount} {charge.currency}, and no attempt of ours",
            )
        elif charge.amount_captured:
            wish = truth.forms.get(attempt.id, attempt.intent_id)
            wishes[wish] += 1
            if wishes[wish] == 2:  # noqa: PLR2004  once is right
                yield Breach(
                    "I5 nobody is charged twice for one wish",
                    f"attempt {attempt.id}",
                    "the gateway has taken the money of this payment more than once",
                )


def _attempt(attempt: SeenAttempt, truth: Truth) -> Iterator[Breach]:
    charges = truth.of(attempt)
    captured = [one for one in charges if one.status == "succeeded"]
    if attempt.state in _PAID:
        if not captured:
            yield Breach(
                "I4 nothing is booked that was not captured",
                f"attempt {attempt.id}",
                f"is {attempt.state}, and the gateway has {_of(charges)}",
            )
        elif (attempt.amount_minor, attempt.currency) != (captured[0].amount, captured[0].currency):
            yield Breach(
                "I13 amount and currency of the answer are those that were asked for",
                f"attempt {attempt.id}",
                f"{attempt.amount_minor} {attempt.currency} here, there {_of(captured)}",
            )
    elif attempt.state in _NOTHING:
        able = truth.able(attempt)
        if able or attempt.reference in truth.under_way:
            there = _of(able) if able else "a request that is still on its way"
            yield Breach(
                "I10 unknown is never failed without proof",
                f"attempt {attempt.id}",
                f"is {attempt.state}, and the gateway has {there}",
            )


def _of(charges: list[Charge]) -> str:
    told = [f"{one.status} {one.amount} {one.currency}" for one in charges]
    return ", ".join(told) or "nothing"


def _refunds(seen: Seen, truth: Truth) -> Iterator[Breach]:
    for refund in seen.refunds:
        if not refund.is_ours or refund.method:
            continue  # of one by hand no gateway knows
        there = truth.refunds_of(refund.reference)
        sent = [one for one in there if one.status in ("succeeded", "pending")]
        if refund.state in _NOTHING and (sent or refund.reference in truth.under_way):
            yield Breach(
                "I10 a refund is never failed without proof",
                f"refund {refund.id}",
                f"is {refund.state}, and the gateway has it {sent[0].status if sent else 'coming'}",
            )
        if refund.state in _PAID and [one.amount for one in there] != [refund.amount_minor]:
            yield Breach(
                "I4 no refund is booked that was not sent",
                f"refund {refund.id}",
                f"{refund.amount_minor} is {refund.state}, the gateway has {there}",
            )
    for attempt in seen.attempts:
        asked = attempt.refunding_minor + attempt.refunded_minor - attempt.over_refunding_minor
        if asked > attempt.amount_minor:
            yield Breach(
                "I8 refunds and reservations stay within what was captured",
                f"attempt {attempt.id}",
                f"{asked} of {attempt.amount_minor} are given back or about to be",
            )


def _by_hand(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """Nobody is told that money left which nobody sent: a line that was another's says nothing."""
    shown = {one.refund_id for one in seen.lines if one.refund_id}
    for refund in seen.refunds:
        is_known = refund.id in shown or refund.reference in truth.said_sent
        if refund.method and refund.state in _PAID and not is_known:
            yield Breach(
                "I4 no refund is booked that was not sent",
                f"refund {refund.id}",
                f"is {refund.state}; no line shows it, and nobody says so",
            )


def _claims(seen: Seen) -> Iterator[Breach]:
    held = Counter(one.invoice_id for one in seen.claims if one.is_held)
    for invoice_id, count in held.items():
        if count > 1:
            yield Breach(
                "I5 at most one open attempt for each invoice",
                f"invoice {invoice_id}",
                f"{count} attempts hold it at once",
            )


def _plans(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """I22: a planned payment is charged once, whoever runs it."""
    charged: Counter[str] = Counter()
    for attempt in seen.attempts:
        kind, _, rest = attempt.form_key.partition(":")
        if kind == "schedule" and truth.able(attempt):
            charged[rest.partition(":")[0]] += 1
    for plan_id, count in charged.items():
        if count > 1:
            yield Breach(
                "I22 a planned payment runs once",
                f"plan {plan_id}",
                f"it was charged {count} times",
            )


def _events(seen: Seen, truth: Truth) -> Iterator[Breach]:
    """I21: what we said we had is stored. I6: once."""
    stored = Counter(one.ref for one in seen.events)
    for ref in sorted(truth.acknowledged):
        if ref not in stored:
            yield Breach(
                "I21 acknowledged is durable",
                f"event {ref}",
                "we answered that we have it, and it is not stored",
            )
    for ref, count in stored.items():
        if count > 1:
            yield Breach(
                "I6 each event is taken once", f"event {ref}", f"it is stored {count} times"
            )


def overlap(seen: Seen, truth: Truth, reference: str) -> Iterator[Breach]:
    """I5, at the moment of a charge: no other charge that could take money, and that the books do
    not know the end of, is for one of the same invoices."""
    asked = next((one for one in seen.attempts if one.reference == reference), None)
    if asked is None:
        yield Breach(
            "I4 an attempt is stored before the gateway is asked",
            f"charge {reference}",
            "the gateway is asked for money of which the books know nothing",
        )
        return
    yield from _consent(seen, asked)
    wanted = {one.invoice_id for one in seen.claims if one.attempt_id == asked.id}
    rivals = {
        one.attempt_id
        for one in seen.claims
        if one.invoice_id in wanted and one.attempt_id != asked.id
    }
    for attempt in seen.attempts:
        if attempt.id not in rivals or attempt.road != CARDS or attempt.state in _PAID:
            continue
        able = truth.able(attempt)
        if able or attempt.reference in truth.under_way:
            yield Breach(
                "I5 no second charge while the first may still take money",
                f"attempt {asked.id}",
                f"the gateway is asked again for an invoice of attempt {attempt.id}, which is"
                f" {attempt.state} here and {_of(able) if able else 'on its way'} there",
            )


def _consent(seen: Seen, asked: SeenAttempt) -> Iterator[Breach]:
    """I23, at the moment of a charge: the mandate stood when the debit was written down."""
    for mandate in seen.mandates:
        if mandate.id != asked.mandate_id or not (mandate.ended_at and asked.submitted_at):
            continue
        if mandate.ended_at < asked.submitted_at:
            yield Breach(
                "I23 nobody is debited on a mandate that has ended",
                f"attempt {asked.id}",
                f"mandate {mandate.id} is {mandate.state} since {mandate.ended_at:%d %b %H:%M:%S}",
            )
