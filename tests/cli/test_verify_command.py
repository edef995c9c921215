"""`counterfoil verify`, `doctor` and `import` as an operator calls them, in real processes.

What `import` says when it is called again is read in this one, from the same `main`."""

import csv
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from counterfoil.cli.data.imports import WHY
from counterfoil.cli.main import main
from counterfoil.domain.reconciliation.states import Why
from counterfoil.flows.auditing import seal_trail
from counterfoil.flows.setting_up.open_business import connect_gateway
from counterfoil.infra.postgres import home
from factories import businesses, customers, invoices
from factories import database as db
from factories.bank_files import OTHER_IBAN, Booking, add_account, statement
from factories.outside.scanner import Scanner
from factories.sandbox_process import Sandbox

SOURCES = Path(__file__).resolve().parents[2] / "src"
SECRET = "Zk4vQ9xT1mB7cR5wN2hL8pD3sF6gJ0yA-uVeXiOq"
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("DATABASE_", "COUNTERFOIL_", "DJANGO_"))
}


@pytest.fixture
def run(addresses, tmp_path):
    environment = CLEAN | db.environment(addresses, tmp_path) | {"PYTHONPATH": str(SOURCES)}

    def call(*arguments, owner=False, **extra):
        powers = {"DATABASE_OWNER_URL": addresses.owner_url} if owner else {}
        return subprocess.run(
            [sys.executable, "-m", "counterfoil.cli.main", *map(str, arguments)],
            env=environment | powers | extra,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return call


@pytest.fixture
def here(monkeypatch, capsys):
    """The command without a process of its own, whose start takes longer than what it does."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["counterfoil", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, ended.value.code, said.out, said.err)

    return call


@pytest.fixture
def owner(addresses):
    with db.connect(addresses.owner_url) as connection:
        yield connection


def test_verify_says_what_holds_and_the_figures(run, business, customer, other_business):
    invoices.issued_invoice(business, customer, invoices.line("100", tax="20"))
    answer = run("verify", owner=True)
    assert answer.returncode == 0, answer.stderr
    assert "harrow  Harrow Water" in answer.stdout
    assert "mill  Mill Lane" in answer.stdout
    assert "owed by customers 120.00, revenue 100.00, tax 20.00" in answer.stdout
    assert "FAIL" not in answer.stdout
    assert "everything holds" in answer.stdout


def test_verify_ends_with_1_and_the_rows(run, business, customer, other_business, owner):
    invoices.issued_invoice(business, customer)
    owner.execute("UPDATE ledger_balance SET balance_minor = 9999 WHERE balance_minor = 10000")
    answer = run("verify", owner=True)
    assert answer.returncode == 1
    assert "FAIL  kept balances are the sums of their postings" in answer.stdout
    assert "receivable of customer Alice in EUR: kept 9999, postings 10000" in answer.stdout
    assert "NOT everything holds" in answer.stdout
    assert run("verify", "--business", "mill", owner=True).returncode == 0
    unknown = run("verify", "--business", "nobody", owner=True)
    assert (unknown.returncode, unknown.stderr) == (
        1,
        "counterfoil: there is no business nobody; there is harrow, mill\n",
    )


def test_verify_looks_for_a_seal_that_somebody_kept(run, business, customer, owner):
    invoices.issued_invoice(business, customer)
    [seal] = seal_trail.seal(business, at=businesses.AT)
    answer = run("verify", "--business", "harrow", "--mark", seal.mark, owner=True)
    assert answer.returncode == 0, answer.stdout
    assert f"seals 1 over {seal.count} rows, the last 2026-03-01 09:00 UTC" in answer.stdout
    assert seal.mark in answer.stdout
    assert "  ok    the seal that you kept (1) is the one in the trail\n" in answer.stdout
    shutil.rmtree(Path(settings.FILES) / "seals")
    owner.execute("SET session_replication_role = replica")
    owner.execute("DELETE FROM audit_leaf; DELETE FROM audit_seal")
    assert run("verify", owner=True).returncode == 0
    answer = run("verify", "--business", "harrow", "--mark", seal.mark, owner=True)
    assert answer.returncode == 1
    assert f"seal 1: kept outside as {seal.head.hex()[:16]}…, is not there" in answer.stdout
    assert "that you kept" not in answer.stdout
    for wrong in (("--mark", seal.mark), ("--business", "harrow", "--mark", "41")):
        assert run("verify", *wrong, owner=True).returncode == 2


@pytest.fixture
def well(database, tmp_path):
    """A business whose gateway answers, in a database that lives where it did."""
    home.note_first(at=businesses.AT)
    sandbox = Sandbox(tmp_path / "sandbox").start()
    business = businesses.found(gateway=None)
    account = sandbox.open_account().body
    connect_gateway(
        business,
        kind="sandbox",
        name="Sandbox",
        settings={"url": sandbox.url, "publishable_key": account["publishable_key"]},
        secrets={
            "secret_key": account["secret_key"],
            "webhook_secret": account["webhook_secret"],
        },
        at=businesses.AT,
    )
    yield sandbox
    if sandbox.process.poll() is None:
        sandbox.stop()


def outcomes(answer):
    return {line[6:18].strip(): line[:4].strip() for line in answer.stdout.splitlines()}


def test_doctor_finds_everything_well(run, well):
    old = {"COUNTERFOIL_OLD_SECRET_KEYS": db.SECRET_KEY}
    answer = run("doctor", COUNTERFOIL_SECRET_KEY=SECRET, **old)
    assert outcomes(answer) == dict.fromkeys(
        ("database", "roles", "row security", "migrations", "mail", "gateways", "storage",
         "files", "pages", "clock", "keys", "home"), "ok"
    ), answer.stdout + answer.stderr  # fmt: skip
    assert answer.returncode == 0


def test_doctor_names_what_is_not(run, well, tmp_path):
    well.stop()
    (tmp_path / "taken").write_text("a file")
    ill = {"COUNTERFOIL_MAIL": f"file:{tmp_path / 'taken' / 'mail'}"}
    answer = run("doctor", COUNTERFOIL_SECRET_KEY="x" * 50, **ill)
    failed = {name for name, outcome in outcomes(answer).items() if outcome == "FAIL"}
    assert failed == {"mail", "gateways", "keys"}
    assert "sealed with another key" in answer.stdout
    assert answer.returncode == 1


def test_doctor_looks_at_texts_where_any_are_sent(run, well, tmp_path):
    told = {"COUNTERFOIL_SECRET_KEY": SECRET, "COUNTERFOIL_OLD_SECRET_KEYS": db.SECRET_KEY}
    answer = run("doctor", COUNTERFOIL_SMS=f"file:{tmp_path / 'texts'}", **told)
    assert outcomes(answer)["texts"] == "ok", answer.stdout
    assert f"into the folder {tmp_path / 'texts'}, 1000 a day at most" in answer.stdout
    closed = "twilio://AC1:s3cret-t0ken@127.0.0.1:9?from=Harrow&tls=none"
    for wrong in (closed, "twilio://AC1:s3cret-t0ken@api.twilio.com"):
        answer = run("doctor", COUNTERFOIL_SMS=wrong, **told)
        assert (answer.returncode, outcomes(answer)["texts"]) == (1, "FAIL")
        assert "s3cret-t0ken" not in answer.stdout + answer.stderr


def test_doctor_asks_the_scanner_and_looks_at_the_list_where_any_are_named(run, well, tmp_path):
    listed = tmp_path / "hashes.txt"
    listed.write_text(f"{'0' * 40}:1\n")
    told = {"COUNTERFOIL_SECRET_KEY": SECRET, "COUNTERFOIL_OLD_SECRET_KEYS": db.SECRET_KEY}
    told["COUNTERFOIL_BREACHED_PASSWORDS"] = str(listed)
    with closing(Scanner()) as scanner:
        answer = run("doctor", COUNTERFOIL_CLAMD=scanner.address, **told)
        assert f"ok    scanner      ClamAV of these tests at {scanner.address}" in answer.stdout
        assert f"ok    passwords    stolen ones are refused: 0.0 GB of hashes in {listed}" in (
            answer.stdout
        )
        assert answer.returncode == 0
    answer = run("doctor", COUNTERFOIL_CLAMD=scanner.address, **told)
    assert (answer.returncode, outcomes(answer)["scanner"]) == (1, "FAIL")
    assert f"The scanner at {scanner.address} does not answer: Connection refused." in answer.stdout


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("COUNTERFOIL_CLAMD", "tcp://clamd", "a scanner is named host:port or unix:/path."),
        ("COUNTERFOIL_BREACHED_PASSWORDS", "/no/list", "/no/list can't be read: No such file"),
        ("COUNTERFOIL_BREACHED_PASSWORDS", __file__, "has lines of another form"),
    ],
)
def test_nothing_starts_by_settings_that_can_not_hold(run, name, value, words):
    for command in ("doctor", "serve", "worker"):
        answer = run(command, **{name: value})
        assert answer.returncode == 1
        assert answer.stderr.startswith(f"{name}: ")
        assert words in answer.stderr
        assert len(answer.stderr.splitlines()) == 1


def test_doctor_without_a_database_says_so_line_by_line(run, addresses):
    away = addresses.app_url.replace(addresses.app_url.rpartition("/")[2], "no_such_database")
    answer = run("doctor", DATABASE_URL=away)
    assert answer.returncode == 1
    assert outcomes(answer)["database"] == "FAIL"
    assert outcomes(answer)["storage"] == "ok"
    assert "Traceback" not in answer.stderr


INVOICES = """Invoice No,Customer,Date,Description,Quantity,Price
A-1,Ada,2026-01-05,Water,2,10.00
A-2,Ada,2026-01-05,=HYPERLINK(1),two,10.00
"""


def test_import_previews_imports_and_repeats(run, here, business, tmp_path):
    file, refused = tmp_path / "invoices.csv", tmp_path / "refused.csv"
    file.write_text(INVOICES)
    dry = here("import", "invoices", file, "--dry-run", "--refused", refused)
    assert dry.returncode == 0, dry.stderr
    assert "quantity: This is not a number like 1250.00. (line 3)" in dry.stdout
    assert "nothing was written: this was a dry run" in dry.stdout
    assert list(csv.reader(refused.open(newline="")))[1][:4] == ["3", "A-2", "quantity", "two"]
    assert (
        "imported into harrow: 1 documents of 1 lines and 1 customers"
        in run("import", "invoices", file).stdout
    )
    assert "nothing new to import" in here("import", "invoices", file).stdout
    assert run("verify", owner=True).returncode == 0


def test_import_of_customers(run, here, business, customer, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("Name,Email\nZoe,zoe@zoe.example\n,nobody@x.example\n")
    answer = run("import", "customers", file)
    assert "imported into harrow: 1 customers of 1 lines" in answer.stdout
    assert "name: A name is needed. (line 3)" in answer.stdout
    file.write_text("Name,Email,Customer ID\nZoe,zoe@x.example,Zoe\nAda,,8\nAda,ada,8\n")
    again = here("import", "customers", file).stdout
    assert "nothing new to import; who is there already kept their details" in again
    assert "1 further lines belong to customers that are refused for these" in again
    file.write_text("Name,City\nZoe,Lyon\nAda,Lyon\n")
    wrong = here("import", "invoices", file)
    assert wrong.returncode == 1
    assert "hint: These look like customers." in wrong.stdout


def test_import_of_a_bank_statement(run, here, business, issued, tmp_path):
    file = tmp_path / "march.xml"
    file.write_bytes(statement(Booking("100.00", "INV-2026-00001"), Booking("5.00", "thanks")))
    without = here("import", "payments", file)
    assert (without.returncode, without.stderr) == (
        1,
        "counterfoil: march.xml: Add your bank account in the settings first. They are at "
        "http://harrow.example/backoffice/settings/bank; then run this again. "
        "Nothing was imported.\n",
    )  # fmt: skip
    add_account(business)
    issued()
    dry = here("import", "payments", file, "--dry-run")
    assert "settle           1 lines, 100.00 EUR" in dry.stdout
    assert "nothing in it names an invoice: 1" in dry.stdout
    assert "nothing was written: this was a dry run" in dry.stdout
    assert "next: run it again without --dry-run" in dry.stdout
    done = run("import", "payments", file)
    assert "imported into harrow: 1 settled, 1 wait, 0 put aside" in done.stdout
    there = "http://harrow.example/backoffice/bank/"
    assert f"next: say what the waiting lines pay, at {there}" in done.stdout
    assert "nothing new to import: every line is there already" in (
        here("import", "payments", file).stdout
    )
    assert run("verify", owner=True).returncode == 0
    file.write_bytes(statement(Booking("1.00"), iban=OTHER_IBAN))
    foreign = here("import", "payments", file).stderr
    assert "which is not among yours" in foreign
    assert "If it is yours, add it at http://harrow.example/backoffice/settings/bank" in foreign


def test_every_reason_why_a_line_waits_has_words():
    assert set(WHY) == set(Why)


def test_import_refuses_in_one_line(run, here, business, other_business, tmp_path):
    nothing = run("import", "invoices", tmp_path / "nothing.csv", "--business", "mill")
    assert (nothing.returncode, nothing.stderr.count("\n")) == (1, 1)
    pdf = tmp_path / "invoices.pdf"
    pdf.write_bytes(b"%PDF-1.7")
    assert "CSV, XLSX and ODS" in here("import", "invoices", pdf, "--business", "mill").stderr
    which = here("import", "invoices", pdf)
    assert which.stderr == "counterfoil: say which business with --business: harrow, mill\n"
    other = tmp_path / "other.csv"
    other.write_text("Day,Weather\n2026-01-01,rain\n")
    assert here("import", "invoices", other, "--business", "mill").returncode == 1


def test_no_customer_is_made_by_a_dry_run(here, business, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("Name\nZoe\n")
    here("import", "customers", file, "--dry-run")
    assert customers.add_customer(business, "Zoe", external_ref="Zoe")
