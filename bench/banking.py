"""A bank's file of 10,000 transfers, each naming its invoice: read, matched and settled in one go,
beside pgbench booking the same rows one by one."""

import time
from datetime import UTC, datetime
from uuid import uuid4

from bench.queue import QUEUE, open_invoices, pgbench
from bench.ready import BUSINESS, INVOICES
from bench.stack import stack

LINES = 10_000
ONE_BY_ONE = 2_000
WARM_UP = 20  # lines of a file that came before, as in a process that is not new
CLIENTS = 4
IBAN = "DE89370400440532013000"
ENTRY = (
    '<Ntry><Amt Ccy="EUR">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{name}{n}</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
    '<AcctSvcrRef>{name}{n}</AcctSvcrRef></Refs><Amt Ccy="EUR">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<RltdPties><Dbtr><Pty><Nm>Customer {n}</Nm></Pty></Dbtr></RltdPties>"
    "<RmtInf><Ustrd>Invoice {number}, thank you</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)
FILE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>M1</MsgId><CreDtTm>{day}T08:00:00</CreDtTm></GrpHdr>"
    "<Stmt><Id>S1</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    "{entries}</Stmt></BkToCstmrStmt></Document>"
)
NUMBERS = """
COPY (SELECT number FROM receivables_openitem
      WHERE business_id = '{business}' AND is_open ORDER BY md5(id::text)
      LIMIT {count} OFFSET {after}) TO STDOUT;
"""


def main() -> None:
    """Prints lines a second of reading and of settling, and the ratio to pgbench."""
    with stack() as running:
        names = {"business": uuid4(), "slug": "bench", "host": "bench.example"}
        running.psql(BUSINESS.format(**names))
        running.psql(INVOICES.format(**names, invoices=60_000, customers=5000))
        running.psql(QUEUE.format(**names))
        business = names["business"]
        baseline = pgbench(
            running, business, open_invoices(running, business, ONE_BY_ONE), "take", clients=CLIENTS
        )
        asked = NUMBERS.format(business=business, count=LINES, after=ONE_BY_ONE)
        content = bank_file(running.psql(asked).split())
        import django

        django.setup()
        from counterfoil.domain.business.rows import NewBankAccount
        from counterfoil.flows.banking import import_statement
        from counterfoil.flows.banking.accounts import add_bank_account
        from counterfoil.kernel.actor import SYSTEM

        at = datetime.now(UTC)
        add_bank_account(business, NewBankAccount("Bench", "EUR", iban=IBAN), at=at)
        asked = NUMBERS.format(business=business, count=WARM_UP, after=ONE_BY_ONE + LINES)
        first = import_statement.preview(business, bank_file(running.psql(asked).split(), "A"))
        import_statement.apply(business, first, at=at, by=SYSTEM)
        began = time.perf_counter()
        plan = import_statement.preview(business, content)
        read = LINES / (time.perf_counter() - began)
        began = time.perf_counter()
        done = import_statement.apply(business, plan, at=at, by=SYSTEM)
        settled = LINES / (time.perf_counter() - began)
        if done.settled != LINES:
            raise SystemExit(f"not every line was settled: {done}")
        again = import_statement.preview(business, content)
        if again.lines:
            raise SystemExit(f"{len(again.lines)} lines would be imported twice")
        print(f"{LINES:,} lines, {len(content) / 1e6:.1f} MB of camt.053, each names its invoice")
        print(f"read and matched               {read:8.0f} lines/s")
        print(f"settled in one go              {settled:8.0f} lines/s")
        print(f"pgbench, the same one by one   {baseline:8.0f} payments/s ({CLIENTS} clients)")
        print(f"ratio                          {settled / baseline:8.1f}")


def bank_file(numbers: list[str], name: str = "B") -> bytes:
    """One statement with a transfer for each of these invoices; the bank's own references begin
    with `name`."""
    day = f"{datetime.now(UTC):%F}"
    entries = "".join(
        ENTRY.format(day=day, name=name, n=n, number=number)
        for n, number in enumerate(numbers, start=1)
    )
    return FILE.format(day=day, iban=IBAN, entries=entries).encode()


if __name__ == "__main__":
    main()
