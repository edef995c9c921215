"""What staff say of refunds that the business gives back itself, what its bank shows of them, and
what staff make of such lines."""

from datetime import date

from counterfoil.domain.reconciliation import queries
from counterfoil.flows.banking import import_statement, match_refunds
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.money import Money
from counterfoil_simulator.acts import Act
from counterfoil_simulator.operations.banks import file_of, have_account
from counterfoil_simulator.world import World

_CLERK = Actor(ActorKind.STAFF, "clerk")
_NOT_SENT = ("pending", "cancelled")
_SHOWN = date(2026, 3, 2)
_ENTRY = (
    '<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>"
    "<NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def say(world: World) -> Act | None:
    """Staff say that a transfer was sent, that it will not be, or that it came back."""
    found = [one for one in world.seen.refunds if one.method]
    if not found:
        return None
    refund, word = world.chance.choice(found), world.chance.randint(0, 4)

    def work() -> str:
        at = world.time.now()
        if word == 0:
            refund_by_hand.withdraw(world.business_id, refund.id, at=at, by=_CLERK)
            return "it is withdrawn"
        if word == 1:
            match_refunds.take_back(world.business_id, refund.id, at=at, by=_CLERK)
            return "it came back"
        world.said_sent.add(refund.reference)
        refund_by_hand.confirm_sent(world.business_id, refund.id, at.date(), at=at, by=_CLERK)
        return "it was sent"

    return Act(f"staff say what became of {refund.reference}", work)


def show(world: World) -> Act | None:
    """The bank's statement shows a transfer, with its reference or without, or that it bounced."""
    found = [one for one in world.seen.refunds if one.transfer_ref]
    if not found or world.bank_account_id is None:
        return None
    refund = world.chance.choice(found)
    leaves, is_named = world.chance.random() < 0.7, world.chance.random() < 0.7  # noqa: PLR2004
    minor = -refund.amount_minor if leaves else refund.amount_minor
    text = refund.transfer_ref if is_named else "thank you"
    line = _entry(world, minor, f"BANK-{world.number()}", text)
    world.bank_lines.append(line)
    file = file_of(world, [line])

    def work() -> str:
        plan = import_statement.preview(world.business_id, file)
        done = import_statement.apply(world.business_id, plan, at=world.time.now(), by=_CLERK)
        return f"{done.settled} settled, {done.waiting} wait, {done.aside} aside"

    way = "left" if leaves else "came back"
    return Act(f"the bank's statement shows that {refund.reference} {way}", work)


def match(world: World) -> Act | None:
    """Staff say that a line is a refund, or was not."""
    found = [one for one in world.seen.refunds if one.method]
    lines = [one for one in world.seen.lines if one.amount_minor < 0 or one.state == "waiting"]
    if not found or not lines:
        return None
    refund, line = world.chance.choice(found), world.chance.choice(lines)
    same = [one for one in lines if abs(one.amount_minor) == refund.amount_minor]
    line = world.chance.choice(same) if same else line

    def work() -> str:
        at = world.time.now()
        if line.state == "settled":
            match_refunds.unmatch(world.business_id, line.id, at=at, by=_CLERK)
            return "it waits again"
        match_refunds.match(world.business_id, line.id, refund.id, at=at, by=_CLERK)
        return "it is booked"

    return Act(f"staff match the line {line.ref} with {refund.reference}", work)


def mistake(world: World) -> Act | None:
    """Staff take a line over the same amount for a transfer, see that it is another's, and take it
    off: each is a step of its own, and at times the last."""
    found = [one for one in world.seen.refunds if one.method and one.state in _NOT_SENT]
    if not found:
        return None
    have_account(world)
    refund, ref = world.chance.choice(found), f"BANK-{world.number()}"
    line = _entry(world, -refund.amount_minor, ref, "rent")
    world.bank_lines.append(line)
    file = file_of(world, [line])

    def work() -> str:
        business_id, at = world.business_id, world.time.now()
        plan = import_statement.preview(business_id, file)
        import_statement.apply(business_id, plan, at=at, by=_CLERK)
        with reading(business_id):
            wrong = next(one for one in queries.lines(business_id) if one.bank_ref == ref)
        match_refunds.match(business_id, wrong.id, refund.id, at=at, by=_CLERK)
        world.story.tell(f"The line {ref} is taken for {refund.reference}.")
        match_refunds.unmatch(business_id, wrong.id, at=world.time.now(), by=_CLERK)
        return "it waits again"

    return Act(
        f"staff take the line {ref}, which is rent, for {refund.reference}, and see it", work
    )


def _entry(world: World, minor: int, ref: str, text: str) -> str:
    return _ENTRY.format(
        currency=world.currency,
        amount=Money(abs(minor), world.currency).decimal,
        sign="DBIT" if minor < 0 else "CRDT",
        on=_SHOWN,
        ref=ref,
        text=text,
    )
