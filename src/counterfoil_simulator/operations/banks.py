"""What banks do: statements with transfers on them, chargebacks, refunds sent back; and what staff
do with the lines that wait."""

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.flows.banking import import_statement, match_bank_lines
from counterfoil.flows.banking.accounts import add_bank_account
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.money import Money
from counterfoil_sandbox.requests import DisputeRequest
from counterfoil_simulator.acts import Act
from counterfoil_simulator.invariants.seen import SeenItem
from counterfoil_simulator.world import World

_CLERK = Actor(ActorKind.STAFF, "clerk")
_IBAN = "DE89370400440532013000"
_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>{name}</MsgId><CreDtTm>2026-03-03T08:00:00</CreDtTm></GrpHdr>"
    "<Stmt><Id>{name}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
    "{entries}</Stmt></BkToCstmrStmt></Document>"
)
_ENTRY = (
    '<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>"
    "<NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def statement(world: World) -> Act | None:
    """A file of the bank is imported: transfers with and without a word on what they pay, and at
    times lines that an earlier file had."""
    have_account(world)
    for _ in range(world.chance.randint(1, 2)):
        world.bank_lines.append(_line(world))
    lines = world.bank_lines[-world.chance.randint(1, 4) :]
    file = file_of(world, lines)

    def work() -> str:
        plan = import_statement.preview(world.business_id, file)
        done = import_statement.apply(world.business_id, plan, at=world.time.now(), by=_CLERK)
        return f"{done.settled} settled, {done.waiting} wait, {done.already} were there"

    return Act(f"staff import a bank statement of {len(lines)} lines", work)


def have_account(world: World) -> None:
    """The business has an account of its own at a bank."""
    if world.bank_account_id is None:
        new = NewBankAccount("Harrow Water Ltd", world.currency, iban=_IBAN, bank_name="Main Bank")
        world.bank_account_id = add_bank_account(world.business_id, new, at=world.time.now())


def file_of(world: World, lines: Sequence[str]) -> bytes:
    """A statement of our account with these lines."""
    return _DOCUMENT.format(
        name=f"S{world.number()}", iban=_IBAN, currency=world.currency, entries="".join(lines)
    ).encode()


def _line(world: World) -> str:
    item: SeenItem | None = world.chance.choice(world.seen.items) if world.seen.items else None
    names_it = item is not None and world.chance.random() < 0.7  # noqa: PLR2004
    minor = item.open_minor if item and names_it else 0
    minor = minor or world.chance.randint(1, 9_000)
    return _ENTRY.format(
        currency=world.currency,
        amount=Money(minor, world.currency).decimal,
        on=date(2026, 3, 2),
        ref=f"BANK-{world.number()}",
        text=escape(f"Invoice {item.number}" if item and names_it else "Thank you"),
    )


def assign(world: World) -> Act | None:
    """Staff give a line that waits to a customer."""
    waiting = [one for one in world.seen.lines if one.state == "waiting"]
    if not waiting:
        return None
    line = world.chance.choice(waiting)
    customer_id = world.chance.choice(world.customers)
    owed = [one.id for one in world.seen.items if one.customer_id == customer_id]

    def work() -> str:
        made = match_bank_lines.assign(
            world.business_id, line.id, customer_id, owed, at=world.time.now(), by=_CLERK
        )
        return f"it is {made}"

    return Act(f"staff give a bank line of {line.amount_minor} to {customer_id}", work)


def dispute(world: World) -> Act | None:
    """The payer's bank takes a charge back."""
    rows = world.engine.store.all(
        "SELECT c.id, c.reference FROM charge c WHERE c.status = 'succeeded'"
        " AND c.amount_refunded < c.amount"
        " AND NOT EXISTS (SELECT 1 FROM dispute d WHERE d.charge_id = c.id) ORDER BY c.seq"
    )
    if not rows:
        return None
    row = world.chance.choice(rows)

    def work() -> str:
        world.engine.disputes.open(row["id"], DisputeRequest())
        return ""

    return Act(f"the payer's bank takes the charge of {row['reference']} back", work)


def bounce(world: World) -> Act | None:
    """The payer's bank sends a refund back."""
    rows = world.engine.store.all("SELECT id, reference FROM refund WHERE status <> 'failed'")
    if not rows:
        return None
    row = world.chance.choice(rows)

    def work() -> str:
        world.engine.refunds.fail(row["id"], "account_closed")
        return ""

    return Act(f"the payer's bank sends {row['reference']} back", work)
