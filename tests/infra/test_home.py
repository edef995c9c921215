"""Where the database lives is noted once; a restart is the same place, a standby that took over is
another at once."""

import os
import shutil
import signal
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from counterfoil.cli.pg.account import server_account
from counterfoil.cli.postgres import Cluster
from counterfoil.infra.db import execute
from counterfoil.infra.postgres import home
from factories.businesses import AT


@pytest.fixture
def cluster():
    place = Path(tempfile.mkdtemp(prefix="cf-test-"))
    made = Cluster(place / "pg", durable=False, shared_buffers="32MB")
    yield made
    made.destroy()
    shutil.rmtree(place)


def place_of(cluster):
    with psycopg.connect(cluster.address.app_url) as app:
        return home.Place(*app.execute(home._HERE).fetchone())


def break_down(cluster):
    """Ends without a checkpoint: whoever goes on has much to write before there is one."""
    with psycopg.connect(cluster.address.owner_url) as owner:
        owner.execute("CREATE TABLE much AS SELECT generate_series(1, 100000)")
    pid = int((cluster.server_files / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    cluster.stop()


def take_over(cluster):
    """The files go on as those of a standby, which is promoted as soon as it stands by."""
    files, account = cluster.server_files, server_account()
    with (files / "postgresql.auto.conf").open("a") as settings:
        settings.write("hot_standby = off\n")
    (files / "standby.signal").touch()
    if account:
        account.own(files / "standby.signal", 0o600)
    promotion = Thread(target=promote, args=(files,))
    promotion.start()
    cluster.start()
    promotion.join()


def promote(files):
    pid_file, deadline = files / "postmaster.pid", time.monotonic() + 30
    while time.monotonic() < deadline:
        told = pid_file.read_text().split() if pid_file.is_file() else []
        if told and told[-1] == "standby":
            (files / "promote").touch()
            os.kill(int(told[0]), signal.SIGUSR1)
            return
        time.sleep(0.05)


def test_a_restart_is_the_same_place_and_a_standby_that_takes_over_is_another(cluster):
    cluster.start()
    first = place_of(cluster)
    cluster.stop()
    cluster.start()
    again = place_of(cluster)
    break_down(cluster)
    take_over(cluster)
    after = place_of(cluster)

    assert again == first
    assert (after.system, after.database) == (first.system, first.database)
    assert (first.timeline, after.timeline) == ("00000001", "00000002")


def test_nothing_has_moved_where_nothing_was_noted(database):
    assert home.noted() is None
    assert not home.has_moved()


@pytest.mark.parametrize("column", ["system", "timeline", "database"])
def test_each_part_of_the_place_tells_and_a_first_note_takes_no_other_away(database, column):
    home.note_first(at=AT)
    assert not home.has_moved()
    other = "'00000009'" if column == "timeline" else f"{column} + 1"
    execute(f"UPDATE infra_home SET {column} = {other}")

    home.note_first(at=AT + timedelta(days=1))
    assert home.has_moved()
    home.note(at=AT + timedelta(days=1))

    assert not home.has_moved()
    assert home.noted() == (home.here(), AT + timedelta(days=1))


def test_a_server_that_does_not_say_holds_nothing_back(database, monkeypatch):
    home.note_first(at=AT)
    execute("UPDATE infra_home SET database = database + 1")
    monkeypatch.setattr(home, "_HERE", "SELECT pg_read_file('PG_VERSION'), '', 0")

    assert home.here() is None
    assert not home.has_moved()
    home.note(at=AT + timedelta(days=1))

    assert execute("SELECT noted_at FROM infra_home") == [(AT,)]
