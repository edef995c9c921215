"""Yesterday's backup is restored: what the gateway took since is booked again and charged to nobody
a second time, not even before anybody has said so, and no number is given to two documents."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counterfoil.cli.pg.files import find_programs
from e2e import witness
from e2e.outages.paying import opened
from e2e.stack import Office, Payer, Stack
from factories import database as db

YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


@pytest.fixture
def stack(breakable: Stack) -> Iterator[Stack]:
    yield breakable
    breakable.harrow.at_gateway.set_faults(webhooks="ok")


def tool(name: str, *words: str | Path) -> None:
    """Runs one of PostgreSQL's programs."""
    command = [find_programs(None) / name, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def end_processes(stack: Stack) -> None:
    for one in (stack.web, stack.worker):
        assert one is not None
        one.stop()
    stack.office.close()


def restore(stack: Stack, server: db.Addresses, dump: Path) -> None:
    """A database made of the dump takes the place of the one there was."""
    lost = stack.addresses
    stack.addresses = db.clone(server, of="template0")
    tool("pg_restore", "--exit-on-error", "--dbname", stack.addresses.owner_url, dump)
    db.drop(server, lost)
    stack.office = Office(stack.environment(), stack.log("office"))


def planned(stack: Stack) -> Payer:
    """Somebody who has planned, long ago, to pay an invoice yesterday by card."""
    payer = stack.payer()
    stack.office(
        "plan", business=payer.business.id, customer=payer.customer, invoice=payer.invoice,
        source=stack.sandbox.token(), day=YESTERDAY,
    )  # fmt: skip
    return payer


def refund(stack: Stack, payer: Payer) -> None:
    """The gateway gives the payer's money back, as the business asked for it over there."""
    [charge] = witness.charges(stack, payer)
    path, there = f"/v1/charges/{charge['id']}/refunds", payer.business.at_gateway
    headers = {"Idempotency-Key": "by-hand", **there.auth}
    answer = stack.sandbox.post(path, {"amount": 1_000, "reference": "by-hand"}, **headers)
    assert answer.status_code in (200, 201), answer.text


def proofs_hold(stack: Stack) -> None:
    done = stack.command("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_backup_of_yesterday(stack: Stack, server: db.Addresses, tmp_path: Path) -> None:
    there = stack.harrow
    assert stack.worker is not None
    stack.worker.stop()  # what it would do, this test does
    stack.command("migrate")  # as at every installation: it notes where the database lives
    paid_before, pays_after, plans = stack.payer(), stack.payer(), planned(stack)
    owes_twice = stack.payer()
    second = stack.issue(there, owes_twice.customer, lines=[["Filter", "1", "30", "0", "0"]])
    stack.pay(paid_before, [paid_before.invoice])
    dump = tmp_path / "yesterday.dump"
    tool("pg_dump", "--format=custom", "--file", dump, stack.addresses.owner_url)

    assert opened(stack, pays_after).send().status_code == 302
    stack.pay(owes_twice, [second])
    assert stack.office("run_planned", business=there.id, day=YESTERDAY) == 1
    refund(stack, paid_before)
    new = stack.payer()
    stack.pay(new, [new.invoice])
    given = {row[0] for row in witness.rows(stack, "SELECT number FROM billing_invoice")}

    end_processes(stack)
    restore(stack, server, dump)
    assert "restored from a backup" in stack.command("migrate").stdout
    assert stack.office("run_planned", business=there.id, day=YESTERDAY) == 0  # due, and held back
    told = stack.command("recover")
    stack.start_web()
    stack.start_worker()
    stack.wait_until_ready()

    assert told.returncode == 1, told.stderr
    assert "3 charges booked again" in told.stdout
    assert told.stdout.count("of nobody that is known here") == 1  # the new customer's
    assert stack.office("run_planned", business=there.id, day=YESTERDAY) == 0
    for payer in (pays_after, plans):
        witness.check_paid_once(stack, payer)
    assert len(witness.charges(stack, owes_twice)) == 1
    assert witness.entries(stack, owes_twice)[-1] == ("payment_received", second["total"])
    assert witness.paid_minor(stack, owes_twice) == 0
    assert refunds(stack, paid_before) == [1_000]
    waiting = "SELECT kind, amount_minor FROM reconciliation_discrepancy WHERE closed_at IS NULL"
    assert witness.rows(stack, waiting) == [("unknown_charge", new.invoice["total"])]

    numbers = {stack.payer().number for _ in range(2)}
    assert numbers & given == set()
    proofs_hold(stack)


def refunds(stack: Stack, payer: Payer) -> list[int]:
    """What the books say was given back to the payer, or is on its way."""
    found = witness.rows(
        stack,
        """
        SELECT r.amount_minor FROM payments_refund r
        JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.attempt_id
        WHERE a.business_id = %s AND a.customer_id = %s AND r.state IN ('processing', 'succeeded')
        """,
        payer.business.id,
        payer.customer,
    )
    return [int(amount) for (amount,) in found]
