"""The demo's two years: complete, in step with the gateway, quiet, and provable."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from counterfoil.demo.rare.endings import NOT_SHOWN
from counterfoil.domain.arrangements import states as arrangement_states
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments import states as payment_states
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.reconciliation import states as reconciliation_states
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import decode
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil.kernel.states import Machine
from factories import database as db
from factories.sandbox_process import Sandbox

ARRIVED = ("succeeded", "returned")
SOURCES = Path(__file__).resolve().parents[2] / "src"


def demo(addresses, data, sandbox, *arguments, port=8000):
    environment = os.environ | db.environment(addresses, data)
    environment |= {
        "COUNTERFOIL_SANDBOX_URL": sandbox.url,
        "COUNTERFOIL_PUBLIC_PORT": str(port),
        "PYTHONPATH": str(SOURCES),
    }
    return subprocess.run(
        [sys.executable, "-m", "counterfoil.demo", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


@pytest.fixture
def sandbox(tmp_path):
    two_years_ago = datetime.now(UTC) - timedelta(days=800)
    gateway = Sandbox(tmp_path / "sandbox")
    gateway.start("--clock-start", two_years_ago.isoformat(timespec="seconds"))
    yield gateway
    gateway.stop()


def states(business):
    with reading(business.id):
        rows = execute(
            "SELECT state, count(*) FROM payments_attempt WHERE business_id = %(b)s::uuid "
            "GROUP BY state",
            {"b": business.id},
        )
    return dict(rows)


@pytest.mark.slow
def test_two_years_of_two_businesses(database, addresses, tmp_path, sandbox):
    seeded = demo(addresses, tmp_path, sandbox)
    assert seeded.returncode == 0, seeded.stderr
    assert seeded.stdout.count("payments so far") >= 4
    facts = json.loads((tmp_path / "demo-facts.json").read_text())
    harrow, limmat = (businesses.by_slug(one["slug"]) for one in facts["businesses"])
    check_facts(facts, harrow, limmat)
    for business in (harrow, limmat):
        assert prove(business.id).holds
        assert states(business)["succeeded"] > 100
        assert states(business)["failed"] > 3
        assert states(business)["action_required"] == 1
        assert states(business)["unknown"] == 1
        assert (states(business)["processing"], states(business)["returned"]) == (1, 1)
        check_turns(business)
        check_order(business)
        check_credit_notes(business)
    check_gateway(sandbox, (harrow, limmat))
    check_doubts(harrow, limmat)
    check_open(harrow, facts)
    assert demo(addresses, tmp_path, sandbox).returncode == 1
    check_move(addresses, tmp_path, sandbox, harrow)


def check_turns(business):
    """Every state that money can be in is there, and every way to pay, but for what is named."""
    is_active = "CASE WHEN t.is_active THEN 'active' ELSE 'paused' END"
    tables = {
        "gateway_account": ("payments_gatewayaccount", is_active),
        "attempt": ("payments_attempt", "t.state"),
        "refund": ("payments_refund", "t.state"),
        "mandate": ("payments_mandate", "t.state"),
        "chargeback": ("payments_chargeback", "t.state"),
        "payout": ("reconciliation_payout", "t.state"),
        "bank_line": ("reconciliation_bankline", "t.state"),
        "scheduled_payment": ("arrangements_scheduledpayment", "t.state"),
        "paid by": ("payments_attempt", "t.instrument_kind"),
    }
    wanted = {name: set(NOT_SHOWN.get(name, {})) for name in tables}
    found = {name: set() for name in tables}
    with reading(business.id):
        for name, (table, column) in tables.items():
            where = "AND t.state = 'succeeded'" if name == "paid by" else ""
            rows = execute(
                f"SELECT DISTINCT {column} FROM {table} t "
                f"WHERE t.business_id = %(b)s::uuid {where}",
                {"b": business.id},
            )
            found[name] = {state for (state,) in rows}
    every = states_of_money() | {"paid by": {one.value for one in MethodKind}}
    assert set(every) == set(tables), "a new machine of money has no place in the demo"
    missing = {name: every[name] - found[name] - wanted[name] for name in every}
    assert missing == {name: set() for name in every}
    shown = {name: wanted[name] & found[name] for name in every}
    assert shown == {name: set() for name in every}, "it is shown: take it off the list"
    assert {"cheque", "bank_transfer"} < found["paid by"]


def check_credit_notes(business):
    """Somebody of the staff has issued each."""
    with reading(business.id):
        rows = execute(
            "SELECT DISTINCT split_part(n.issued_by, ':', 1) FROM billing_creditnote n "
            "WHERE n.business_id = %(b)s::uuid",
            {"b": business.id},
        )
    assert [kind for (kind,) in rows] == ["staff"]


def states_of_money():
    """Each machine of money with its states, as the code has them."""
    machines = [
        one
        for module in (payment_states, reconciliation_states, arrangement_states)
        for one in vars(module).values()
        if isinstance(one, Machine)
    ]
    return {one.name: {state.value for state in one.states()} for one in machines}


def test_each_state_that_is_not_shown_is_one_and_says_why():
    every = states_of_money() | {"paid by": {one.value for one in MethodKind}}
    for name, reasons in NOT_SHOWN.items():
        assert set(reasons) <= every[name]
        assert all(reasons.values())


def check_doubts(harrow, limmat):
    """Money that the gateway took past us waits in suspense, and for a person."""
    for business, count in ((harrow, 0), (limmat, 1)):
        with reading(business.id):
            found = execute(
                "SELECT kind FROM reconciliation_discrepancy WHERE business_id = %(b)s::uuid "
                "AND closed_at IS NULL",
                {"b": business.id},
            )
            held = execute(
                "SELECT suspense_minor FROM reconciliation_payoutline "
                "WHERE business_id = %(b)s::uuid AND suspense_minor <> 0",
                {"b": business.id},
            )
            unsure = execute(
                "SELECT next_check_at > now() + interval '30 minutes' FROM payments_attempt "
                "WHERE business_id = %(b)s::uuid AND state = 'unknown'",
                {"b": business.id},
            )
        assert found == [("unknown_charge",)] * count
        assert len(held) == count
        assert unsure == [(True,)]  # it is still so when somebody comes to look


def check_order(business):
    """Events are listed as they were written, and happened in that order."""
    with reading(business.id):
        rows = execute(
            "SELECT happened_at FROM infra_event WHERE business_id = %(b)s::uuid ORDER BY tx, id",
            {"b": business.id},
        )
    assert rows == sorted(rows)


def check_facts(facts, harrow, limmat):
    assert (harrow.currency, limmat.currency) == ("EUR", "CHF")
    assert (harrow.locale, limmat.locale) == ("en", "de")
    assert businesses.host_of(harrow.id) == "localhost:8000"
    assert businesses.host_of(limmat.id) == "127.0.0.1:8000"
    for one, business in zip(facts["businesses"], (harrow, limmat), strict=True):
        assert identity.key_of(one["api_key"], at=datetime.now(UTC)).business_id == business.id
        roles = [s["role"] for s in facts["staff"] if s["business"] == business.slug]
        assert sorted(roles) == ["collector", "finance", "owner", "readonly", "support"]
    for one in facts["staff"] + facts["customers"]:
        assert identity.check_password(one["email"], one["password"])
    password = facts["customers"][0]["password"]
    for address in ("lea@rhone-fils.example", "syndic@agence-perrin.example"):
        assert identity.check_password(address, password), "docs/guide/people.md names them"


def check_gateway(sandbox, both):
    """What the gateway really charged is what the books say, each payment at its own time."""
    charges, cursor = [], {}
    while True:
        query = {"limit": 200} | cursor
        page = httpx.get(f"{sandbox.url}/v1/charges", params=query, trust_env=False).json()
        charges += page["data"]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    charges = [one for one in charges if one["customer"] != "counter"]
    money = {one["reference"]: one["amount"] for one in charges if one["status"] == "succeeded"}
    booked, known = {}, {}
    for business in both:
        with reading(business.id):
            references = [decode("pay", one["reference"]) for one in charges]
            attempts = payments.attempts(business.id, references)
        known |= attempts
        booked |= {one: row for one, row in attempts.items() if row.state in ARRIVED}
    told = {decode("pay", reference): amount for reference, amount in money.items()}
    unsure = {one for one, row in known.items() if row.state == "unknown"}
    assert len(unsure) == 2  # of which it says nothing yet
    assert {one: amount for one, amount in told.items() if one not in unsure} == {
        one: row.amount_minor for one, row in booked.items()
    }
    created = {decode("pay", c["reference"]): datetime.fromisoformat(c["created"]) for c in charges}
    apart = [abs(created[one] - row.created_at) for one, row in booked.items()]
    assert max(apart) < timedelta(hours=2)
    assert min(created.values()) < datetime.now(UTC) - timedelta(days=600)
    assert len({one.date() for one in created.values()}) > 100


def check_open(harrow, facts):
    """The guest link opens 203.55; there is something overdue, and nobody got mail."""
    link = identity.guest_link(facts["guest_invoice_url"].rpartition("/i/")[2])
    today = datetime.now(UTC).date()
    with reading(harrow.id):
        item = receivables.items(harrow.id, [link.invoice_id])[link.invoice_id]
        balance = receivables.balances(harrow.id, link.customer_id, today=today)[0]
        jobs = execute(
            "SELECT task_name FROM procrastinate_jobs WHERE task_name NOT LIKE 'forget_%'"
        )
    assert (item.open_minor, item.currency) == (20355, "EUR")
    assert balance.overdue_count == 1
    assert (balance.held_count, balance.asked_count) == (1, 1)
    assert jobs == [("deliver_message",)]  # an invitation, and nothing of the two years


def check_move(addresses, tmp_path, sandbox, harrow):
    """Started again on another port, the portal and the webhooks are found there."""
    moved = demo(addresses, tmp_path, sandbox, "--reconnect", port=8040)
    assert moved.returncode == 0, moved.stderr
    assert businesses.host_of(harrow.id) == "localhost:8040"
    assert businesses.by_host("localhost:8000") is None
    with reading(harrow.id):
        account = payments.active_accounts(harrow.id)[0]
    secret = account.opened.secrets["secret_key"]
    answer = httpx.post(
        f"{sandbox.url}/v1/accounts",
        json={"name": "Harrow Water SAS"},
        headers={"Authorization": f"Bearer {secret}"},
        trust_env=False,
    ).json()
    assert answer["webhook_url"].startswith("http://localhost:8040/hooks/harrow-water/gwa_")
    assert answer["origins"] == ["http://localhost:8040"]
