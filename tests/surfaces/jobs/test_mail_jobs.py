"""What the worker does about mail: from an issue to a mailbox, through an outage and a crash."""

import pytest
from procrastinate.contrib.django import app

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import execute
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.jobs import handlers
from factories.gateways import failed
from factories.mails import mailbox
from factories.payments import pay
from factories.worker import work


def jobs():
    return execute("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")


def test_an_issue_becomes_a_mail(issued, post, tmp_path):
    issued()
    work()

    [mail] = mailbox(tmp_path / "mail")
    assert mail["Subject"].startswith("Invoice INV-2026-00001 from Harrow Water")
    assert ("deliver_message", "succeeded", 1) in jobs()


def test_a_payment_becomes_a_receipt(issued, gateway, business, post, tmp_path):
    pay(business, issued())
    work()

    subjects = {mail["Subject"] for mail in mailbox(tmp_path / "mail")}
    assert subjects == {
        "Invoice INV-2026-00001 from Harrow Water",
        "Payment received: €100.00 to Harrow Water",
    }


def test_a_late_failure_becomes_a_mail(issued, gateway, business, post, tmp_path):
    attempt = pay(business, issued(), source="challenge")
    outcome = AttemptOutcome(attempt.id, failed(encode("pay", attempt.id)))
    settle(business, [outcome], at=clock.now(), by=SYSTEM)
    work()

    subjects = [mail["Subject"] for mail in mailbox(tmp_path / "mail")]
    assert "Your payment of €100.00 to Harrow Water did not go through" in subjects


def test_an_outage_leaves_the_job_to_be_tried_again(issued, post, tmp_path):
    def down(mail):
        raise Unavailable("down")

    post.before = down
    issued()
    work()

    assert ("deliver_message", "todo", 1) in jobs()
    assert mailbox(tmp_path / "mail") == []


@pytest.mark.parametrize("name", ["sweep_messages", "rescue_jobs"])
def test_the_sweeps_run_by_the_clock(name):
    tasks = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert name in tasks


def test_jobs_of_a_dead_worker_are_run_by_the_next(issued, post, tmp_path):
    issued()
    [(worker_id,)] = execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '16 seconds') "
        "RETURNING id"
    )
    execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(w)s "
        "WHERE task_name = 'send_invoice'",
        {"w": worker_id},
    )
    handlers.rescue_jobs.defer(timestamp=0)
    work()

    assert len(mailbox(tmp_path / "mail")) == 1
