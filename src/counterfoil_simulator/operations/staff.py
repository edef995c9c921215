"""What staff do: refund, answer chargebacks, take cheques, credit, apply, take off, void, issue."""

from decimal import Decimal

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewCreditNote
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.flows import apply_credit, issue_invoices
from counterfoil.flows.aftermath import answer_chargeback
from counterfoil.flows.banking import take_offline
from counterfoil.flows.banking.take_offline import OfflinePayment
from counterfoil.flows.refunds import refund_payment, unapply_payment
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.money import Money, exponent
from counterfoil_simulator.acts import Act
from counterfoil_simulator.operations import founding
from counterfoil_simulator.world import World

_CLERK = Actor(ActorKind.STAFF, "clerk")


def refund(world: World) -> Act | None:
    """Gives a payment back, whole or in part; at times more than is left."""
    paid = [one for one in world.seen.attempts if one.state == "succeeded"]
    if not paid:
        return None
    payment = world.chance.choice(paid)
    amount = None
    if world.chance.random() < 0.6:  # noqa: PLR2004
        amount = world.chance.randint(1, payment.amount_minor)
    command = RefundCommand(payment.id, f"refund-{world.number()}", amount, "asked for")
    world.refund_forms.append(command)
    what = "all that is left" if amount is None else f"{amount}"
    return Act(f"staff refund {what} of {payment.id}", lambda: _refund(world, command))


def refund_again(world: World) -> Act | None:
    """The same form of staff once more."""
    if not world.refund_forms:
        return None
    command = world.chance.choice(world.refund_forms)
    words = f"staff send the form {command.form_key} once more"
    return Act(words, lambda: _refund(world, command))


def _refund(world: World, command: RefundCommand) -> str:
    made = refund_payment.start(world.business_id, command, by=_CLERK, at=world.time.now())
    why = f" ({made.failure_code})" if made.failure_code else ""
    return f"the page shows {made.id} of {made.amount_minor}: {made.state}{why}"


def offline(world: World) -> Act | None:
    """Staff are handed a cheque or notes."""
    customer_id = world.chance.choice(world.customers)
    owed = [one for one in world.seen.items if one.customer_id == customer_id and one.open_minor]
    chosen = world.chance.sample(owed, min(len(owed), 1))
    whole = sum(one.open_minor for one in chosen) or 1_000
    amount = world.chance.choice((whole, max(1, whole // 2), whole + 500))
    at = world.time.now()
    taken = OfflinePayment(
        customer_id=customer_id,
        method=world.chance.choice(take_offline.METHODS),
        amount=Money(amount, world.currency),
        on=at.date(),
        invoice_ids=tuple(one.id for one in chosen),
        form_key=f"offline-{world.number()}",
    )
    world.offline_forms.append(taken)
    words = f"staff take a {taken.method} of {amount} {world.currency} from {customer_id}"
    return Act(words, lambda: _take(world, taken))


def offline_again(world: World) -> Act | None:
    """The same cheque is typed in once more, by the same form."""
    if not world.offline_forms:
        return None
    taken = world.chance.choice(world.offline_forms)
    return Act(f"staff send the form {taken.form_key} once more", lambda: _take(world, taken))


def _take(world: World, taken: OfflinePayment) -> str:
    at = world.time.now()
    made = take_offline.take(world.business_id, taken, today=at.date(), at=at, by=_CLERK)
    return f"recorded as {made}"


def answer(world: World) -> Act | None:
    """Staff answer a chargeback, well or badly, or give it up."""
    waiting = [one for one in world.seen.chargebacks if one.state == "open"]
    if not waiting:
        return None
    chargeback = world.chance.choice(waiting)
    text = world.chance.choice(("winning_evidence", "losing_evidence", ""))

    def work() -> str:
        at = world.time.now()
        if text:
            made = answer_chargeback.answer(
                world.business_id, chargeback.id, text, at=at, by=_CLERK
            )
        else:
            made = answer_chargeback.accept(world.business_id, chargeback.id, at=at, by=_CLERK)
        return f"the page shows {made.state}"

    words = f"answer {chargeback.id} with {text}" if text else f"give {chargeback.id} up"
    return Act(f"staff {words}", work)


def credit(world: World) -> Act | None:
    """A credit note, against an invoice or free."""
    items = [one for one in world.seen.items if not one.is_void]
    item = world.chance.choice(items) if items and world.chance.random() < 0.7 else None  # noqa: PLR2004
    customer_id = item.customer_id if item else world.chance.choice(world.customers)
    minor = world.chance.randint(1, item.total_minor if item else 5_000)
    price = Decimal(minor).scaleb(-exponent(world.currency))
    line = LineInput("Credit", Decimal(1), price)
    note = NewCreditNote(customer_id, world.currency, (line,), invoice_id=item.id if item else None)
    against = f"against {item.id}" if item else f"to {customer_id}"

    def work() -> str:
        at = world.time.now()
        terms = IssueTerms(at.date())
        made = issue_invoices.credit(world.business_id, [note], terms, at=at, quiet=True)
        return f"issued as {made[0].number}"

    return Act(f"staff credit {minor} {world.currency} {against}", work)


def apply(world: World) -> Act | None:
    """A customer's credit covers what they owe."""
    customer_id = world.chance.choice(world.customers)

    def work() -> str:
        at = world.time.now()
        done = apply_credit.apply_to_open(world.business_id, customer_id, world.currency, at=at)
        return f"{len(done)} credits are applied"

    return Act(f"the credit of {customer_id} is applied", work)


def unapply(world: World) -> Act | None:
    """A payment is taken off an invoice that it should not cover."""
    covers = [one for one in world.seen.claims if not one.is_held]
    if not covers:
        return None
    claim = world.chance.choice(covers)

    def work() -> str:
        at = world.time.now()
        unapply_payment.unapply(
            world.business_id, claim.attempt_id, claim.invoice_id, at=at, by=_CLERK
        )
        return "it is credit now"

    return Act(f"staff take {claim.attempt_id} off {claim.invoice_id}", work)


def void(world: World) -> Act | None:
    """An invoice is taken back."""
    items = [one for one in world.seen.items if not one.is_void]
    if not items:
        return None
    item = world.chance.choice(items)

    def work() -> str:
        issue_invoices.void(world.business_id, item.id, at=world.time.now(), by=_CLERK)
        return "it is void"

    return Act(f"staff void {item.id}", work)


def issue(world: World) -> Act | None:
    """A new invoice."""
    customer_id = world.chance.choice(world.customers)
    drafts = founding.drafts(world, [customer_id])

    def work() -> str:
        founding.issue(world, drafts)
        return ""

    return Act(f"staff issue an invoice to {customer_id}", work)
