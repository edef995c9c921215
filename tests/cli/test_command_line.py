"""The command line loads only what was asked for, and gives each process only what it may hold."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.cli.environment import Powers, read_environment, write_environment
from counterfoil.cli.errors import OperatorError
from counterfoil.cli.main import COMMANDS
from counterfoil.cli.trial.folder import DemoFolder
from counterfoil.cli.trial.words import published, sign_ins

SOURCES = Path(__file__).resolve().parents[2] / "src"
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("DATABASE_", "COUNTERFOIL_", "DJANGO_"))
} | {"PYTHONPATH": str(SOURCES)}
APP = {
    "DATABASE_URL": "postgresql://app:a@127.0.0.1:9/counterfoil",
    "COUNTERFOIL_SECRET_KEY": "x" * 50,
    "COUNTERFOIL_DATA": "/nowhere",
}
OWNER = {"DATABASE_OWNER_URL": "postgresql://owner:o@127.0.0.1:9/counterfoil"}
FACTS = {
    "businesses": [
        {"name": "Nordwind", "slug": "nordwind", "api_key": "key one"},
        {"name": "Südkurve", "slug": "suedkurve", "api_key": "key two"},
    ],
    "staff": [{"email": "o@n.example", "password": "p", "role": "owner", "business": "nordwind"}],
    "customers": [
        {
            "email": "ada@s.example",
            "password": "p",
            "name": "Ada",
            "customer_id": "cus_1",
            "business": "suedkurve",
        }
    ],
    "guest_invoice_url": "http://localhost:8000/i/token?x=1",
}


def counterfoil(
    *arguments: str | Path, extra: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "counterfoil.cli.main", *arguments],
        env=CLEAN | (extra or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_help_lists_every_command_with_its_summary() -> None:
    answer = counterfoil("--help")
    assert answer.returncode == 0
    for name, command in COMMANDS.items():
        assert f"  {name}" in answer.stdout
        assert command.summary.split()[0] in answer.stdout


def test_every_command_explains_itself_without_an_installation() -> None:
    for name in COMMANDS:
        answer = counterfoil(name, "--help")
        assert (answer.returncode, answer.stderr) == (0, "")
        assert "--data" in answer.stdout, name


def test_unknown_command_is_an_error() -> None:
    answer = counterfoil("exporte")
    assert answer.returncode == 2
    assert "No such command 'exporte'" in answer.stderr


def test_parent_of_the_demo_loads_no_django() -> None:
    program = (
        "import sys; from counterfoil.cli.main import application; application(['demo']); "
        "print([name for name in sys.modules if name.split('.')[0] == 'django'])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], env=CLEAN, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_missing_variables_are_named_in_one_line() -> None:
    answer = counterfoil("serve", extra={"DATABASE_URL": APP["DATABASE_URL"]})
    assert answer.returncode == 1
    assert answer.stderr == (
        "counterfoil: not set: COUNTERFOIL_SECRET_KEY, COUNTERFOIL_DATA "
        "(or name a demo's folder with --data)\n"
    )


def test_a_data_key_is_made_without_an_installation() -> None:
    """Before there is one; its id is none of those that are named already."""
    first = counterfoil("keys", "new")
    assert (first.returncode, first.stderr) == (0, "")
    year = first.stdout[1:5]
    assert first.stdout.startswith(f"k{year}-1:")
    named = {"COUNTERFOIL_DATA_KEYS": first.stdout.strip()}
    assert counterfoil("keys", "new", extra=named).stdout.startswith(f"k{year}-2:")
    wrong = counterfoil("keys", "new", extra={"COUNTERFOIL_DATA_KEYS": "short"})
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert wrong.stderr.startswith("counterfoil: COUNTERFOIL_DATA_KEYS: a data key is written")


def test_a_new_data_key_is_none_that_a_folder_keeps(tmp_path: Path) -> None:
    first = counterfoil("keys", "new").stdout.strip()
    write_environment(tmp_path, app={"COUNTERFOIL_DATA_KEYS": first}, owner={})
    second = counterfoil("keys", "new", "--data", str(tmp_path)).stdout
    assert (first[5:8], second[5:8]) == ("-1:", "-2:")


def test_serve_and_worker_refuse_to_hold_the_owners_address() -> None:
    for name in ("serve", "worker"):
        answer = counterfoil(name, extra=APP | OWNER)
        assert answer.returncode == 1
        assert answer.stderr == (
            "counterfoil: DATABASE_OWNER_URL is set: this command holds DATABASE_URL only, "
            "unset it\n"
        )


def test_migrate_needs_the_owners_address() -> None:
    answer = counterfoil("migrate", extra=APP)
    assert answer.returncode == 1
    assert answer.stderr.startswith("counterfoil: not set: DATABASE_OWNER_URL ")


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["verify"], APP | OWNER),
        (["migrate"], APP | OWNER),
        (["import", "invoices", __file__], APP),
    ],
    ids=["verify", "migrate", "import"],
)
def test_a_database_that_is_away_is_told_in_two_lines(
    arguments: list[str], extra: dict[str, str]
) -> None:
    answer = counterfoil(*arguments, extra=extra)
    assert answer.returncode == 69  # for verify, 1 is a proof that failed
    told, advice = answer.stderr.splitlines()
    assert told.startswith("counterfoil: the database can't be reached: ")
    assert advice.startswith("Start it")


def test_missing_data_folder_is_named(tmp_path: Path) -> None:
    answer = counterfoil("migrate", "--data", tmp_path / "gone")
    assert answer.returncode == 1
    assert answer.stderr == f"counterfoil: there is no folder {tmp_path / 'gone'}\n"


def test_plain_http_is_refused_where_others_could_reach_it() -> None:
    outside = counterfoil("serve", "--host", "192.0.2.7", extra=APP | {"COUNTERFOIL_DEMO": "1"})
    unprotected = counterfoil("serve", extra=APP)
    assert (outside.returncode, unprotected.returncode) == (1, 1)
    assert "plain http on loopback only, not on 192.0.2.7" in outside.stderr
    assert "nothing speaks https in front" in unprotected.stderr


def test_environment_keeps_the_owner_apart(tmp_path: Path) -> None:
    write_environment(tmp_path, APP, OWNER)
    assert (tmp_path / "env.json").stat().st_mode & 0o777 == 0o600
    assert read_environment(tmp_path, Powers.APP) == APP
    assert read_environment(tmp_path, Powers.NONE) == {}
    assert read_environment(tmp_path, Powers.OWNER) == APP | OWNER | {"COUNTERFOIL_AS_OWNER": "1"}


def test_demo_names_a_taken_port_in_one_line(taken: int, tmp_path: Path) -> None:
    answer = counterfoil("demo", "--port", str(taken), "--data", tmp_path)
    assert answer.returncode == 1
    assert re.fullmatch(  # somebody else may have the next one just now
        f"counterfoil: taken on this machine: port {taken}( and port {taken + 1})?; choose another "
        r"with --port \(the demo needs that port and the next one\)\n",
        answer.stderr,
    )
    assert not (tmp_path / "postgres").exists()


def test_second_demo_on_a_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    first = DemoFolder(tmp_path)
    first.take()
    answer = counterfoil("demo", "--data", tmp_path)
    first.release()
    assert answer.returncode == 1
    assert answer.stderr == (
        f"counterfoil: another demo runs there: {tmp_path} is in use by process {os.getpid()}\n"
    )


def test_fresh_never_touches_a_folder_that_no_demo_made(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "thesis.txt").write_text("years of work")
    with pytest.raises(OperatorError, match=r"is no demo folder .* but holds files"):
        DemoFolder(tmp_path).prepare(fresh=True)
    assert (tmp_path / "files" / "thesis.txt").read_text() == "years of work"


def test_fresh_removes_the_old_demo_and_leaves_strangers_files(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.prepare(fresh=False)
    folder.note_seeded(8000)
    (folder.mailbox / "1.eml").write_text("old")
    (tmp_path / "mine.txt").write_text("keep")
    key = folder.secret_key()
    folder.prepare(fresh=False)
    assert (folder.mailbox / "1.eml").is_file()
    folder.prepare(fresh=True)
    assert not (folder.mailbox / "1.eml").exists()
    assert not folder.is_seeded
    assert folder.secret_key() != key
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_half_seeded_demo_is_made_afresh(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.prepare(fresh=False)
    (folder.mailbox / "1.eml").write_text("from a seeding that was interrupted")
    folder.prepare(fresh=False)
    assert list(folder.mailbox.iterdir()) == []


def test_demo_json_says_what_the_outside_relies_on(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    facts = published(FACTS, folder.mailbox, 8100, "http://127.0.0.1:8101")
    folder.publish(facts)
    said = json.loads((tmp_path / "demo.json").read_text())
    assert said == {
        "portal_url": "http://localhost:8100",
        "backoffice_url": "http://localhost:8100/backoffice/",
        "api_url": "http://localhost:8100/api/v1",
        "api_key": "key one",
        "sandbox_url": "http://127.0.0.1:8101",
        "mailbox_dir": str(tmp_path / "mailbox"),
        "guest_invoice_url": "http://localhost:8100/i/token?x=1",
        "staff": FACTS["staff"],
        "customers": FACTS["customers"],
        "businesses": [
            {
                "name": "Nordwind",
                "slug": "nordwind",
                "api_key": "key one",
                "portal_url": "http://localhost:8100",
            },
            {
                "name": "Südkurve",
                "slug": "suedkurve",
                "api_key": "key two",
                "portal_url": "http://127.0.0.1:8100",
            },
        ],
    }
    words = sign_ins(said, tmp_path)
    for shown in ("Nordwind", "ada@s.example", "o@n.example", "http://127.0.0.1:8100/"):
        assert shown in words
