"""More payments in one go than are written at once: in parts, one transaction, the same truth."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.received import TakenAlready
from counterfoil.domain.payments.rows import NewReceipt
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables.rows import NewClaim
from counterfoil.flows import settle_payment
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.import_statement import ImportedLines
from counterfoil.flows.banking.receive_money import Arrival, receive
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories import customers
from factories import database as db
from factories.bank_files import IBAN, Booking, add_account, statement
from factories.businesses import AT
from factories.gateways import failed, succeeded
from factories.invoices import issued_invoice, line
from factories.payments import pay
from ledger_text import broken, counts, events, trial_balance

PAYERS = 5
MANY = 2 * settle_payment.AT_ONCE + 100
BANK = f"bank:Main Bank {IBAN}"


@pytest.fixture
def invoices(business):
    """One of each payer, over exactly what its lines bring."""
    total = f"{MANY / PAYERS:.2f}"
    return [
        issued_invoice(business, customers.add_customer(business, f"Payer {n}"), line(total))
        for n in range(PAYERS)
    ]


def lines(invoices):
    return [Booking("1.00", invoices[n % PAYERS].number, ref=f"M{n}") for n in range(MANY)]


def histories(business, machine):
    with reading(business):
        return execute(
            """
            SELECT h.path, count(*) FROM (
              SELECT string_agg(concat(t.from_state, '>', t.to_state, ' ', t.reason), ', '
                                ORDER BY t.seq) AS path
              FROM infra_transition t
              WHERE t.business_id = %(b)s::uuid AND t.machine = %(m)s::text
              GROUP BY t.object_id) h
            GROUP BY h.path ORDER BY h.path
            """,
            {"b": business, "m": machine},
        )


def test_a_file_in_parts_is_the_same_truth(business, invoices):
    add_account(business)
    more = [Booking("5.00", "who knows", ref="W"), Booking("-7.00", "rent", ref="L")]
    plan = import_statement.preview(business, statement(*lines(invoices), *more))

    done = import_statement.apply(business, plan, at=AT, by=SYSTEM)

    assert done == ImportedLines(settled=MANY, waiting=1, aside=1)
    assert broken(business) == []
    assert trial_balance(business) == {BANK: MANY, "revenue": -MANY}
    told = events(business)
    assert (told.count("payment.succeeded"), told.count("invoice.paid")) == (MANY, PAYERS)
    assert histories(business, "attempt") == [
        (">created , created>submitted , submitted>succeeded ", MANY)
    ]
    assert histories(business, "bank_line") == [
        (">waiting ", 1), (">waiting , waiting>aside outgoing", 1),
        (">waiting , waiting>settled ", MANY),
    ]  # fmt: skip


def receipts(bank, invoices, keys=MANY):
    """Money for each invoice in turn; from `keys` on, all of it is the same money."""
    return [
        NewReceipt(
            id=new_id(),
            customer_id=invoices[n % PAYERS].customer_id,
            gateway_account_id=bank,
            amount=Money(100, "EUR"),
            form_key=f"bank:{min(n, keys)}",
            instrument_kind="bank_transfer",
        )
        for n in range(MANY)
    ]


def sent(receipt):
    return replace(succeeded(encode("pay", receipt.id), receipt.amount), result=Result.PROCESSING)


def test_words_on_payments_under_way_in_parts(business, invoices):
    asked = """SELECT id FROM payments_gatewayaccount
               WHERE business_id = %(b)s::uuid AND kind = 'sandbox'"""
    with reading(business):
        [(account,)] = execute(asked, {"b": business})
    new = receipts(account, invoices)
    claims = [NewClaim(one.id, invoices[n % PAYERS].id, 100) for n, one in enumerate(new)]

    def begin():
        on_its_way = [
            settle_payment.Arrival(one, (), AttemptOutcome(one.id, sent(one))) for one in new
        ]
        settle_payment.settle_received(business, on_its_way, at=AT, by=SYSTEM)
        receivables.note_claims(business, claims, at=AT, taken_by="", by=SYSTEM)

    run(business, begin)
    told = [
        AttemptOutcome(
            one.id,
            failed(encode("pay", one.id))
            if n < PAYERS
            else succeeded(encode("pay", one.id), one.amount),
        )
        for n, one in enumerate(new)
    ]

    assert len(settle_payment.settle(business, told, at=AT, by=SYSTEM)) == MANY
    assert settle_payment.settle(business, told[PAYERS:], at=AT, by=SYSTEM) == []
    assert broken(business) == []
    kinds = events(business)
    assert kinds.count("payment.succeeded") == MANY - PAYERS
    assert kinds.count("payment.failed") == PAYERS
    assert max(trial_balance(business).values()) == MANY - PAYERS


def test_one_that_was_recorded_before_takes_all_along(business, invoices):
    bank = add_account(business)
    before = counts(business)
    new = receipts(bank, invoices, keys=MANY - 2)
    arrivals = [
        Arrival(one, ((invoices[n % PAYERS].id, 100),), AT.date()) for n, one in enumerate(new)
    ]

    with pytest.raises(TakenAlready):
        run(business, lambda: receive(business, arrivals, at=AT, by=SYSTEM))

    assert counts(business) == before
    owed = {f"receivable:Payer {n}": MANY / PAYERS for n in range(PAYERS)}
    assert trial_balance(business) == {**owed, "revenue": -MANY}


def test_a_young_installation_reads_no_table_again_for_each_row(
    business, customer, issued, gateway, addresses
):
    """The checks of foreign keys are planned once for a connection, and again when a table is
    analyzed: where that sees no rows, because there are none or they are not committed, a plan may
    read all of it."""
    add_account(business)
    number = issued(line(f"{MANY}.00")).number
    with db.connect(addresses.owner_url) as owner:
        owner.execute("VACUUM ANALYZE")
        pay(business, issued())
        pay(business, issued())
        plan = import_statement.preview(
            business, statement(*[Booking("1.00", number, ref=f"M{n}") for n in range(MANY)])
        )
        before = told(owner)
        with analyzing(addresses.owner_url):
            import_statement.apply(business, plan, at=AT, by=SYSTEM)
        after = told(owner)

    grown = [name for name, (_, written) in after.items() if written - before[name][1] >= MANY]
    assert len(grown) > 5
    assert sum(after[name][0] - before[name][0] for name in grown) < 100 * MANY


@contextmanager
def analyzing(url):
    """Again and again, as the autovacuum might just then."""
    ended = Event()

    def analyze():
        with db.connect(url) as owner:
            while not ended.is_set():
                owner.execute("ANALYZE")

    with ThreadPoolExecutor(1) as pool:
        analyzed = pool.submit(analyze)
        try:
            yield
        finally:
            ended.set()
        analyzed.result()


def told(owner):
    """Of each table: how many rows were read from its beginning on, and how many written."""
    execute("SELECT pg_stat_force_next_flush()")
    execute("SELECT 1")
    asked = """
        SELECT pg_stat_force_next_flush(), relname, seq_tup_read, n_tup_ins
        FROM pg_stat_user_tables
        """
    return {name: (int(read), int(written)) for _, name, read, written in owner.execute(asked)}
