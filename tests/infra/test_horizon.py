"""The event log waits for whoever may still write an event, and for nobody else."""

import shutil
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from counterfoil.cli.postgres import Cluster
from counterfoil.infra import outbox

# A table whose analysis holds a transaction's number for as long as the test looks.
SLOW_TO_ANALYSE = """
CREATE FUNCTION slowly(id int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_setting('application_name') = '' THEN
        PERFORM pg_catalog.pg_current_xact_id();
        PERFORM pg_catalog.pg_sleep(0.2);
    END IF;
    RETURN id;
END $$;
CREATE TABLE busy (id int) WITH (autovacuum_analyze_threshold = 1);
CREATE INDEX ON busy (slowly(id));
INSERT INTO busy SELECT generate_series(1, 100);
"""
HELD_BY_THE_SERVER = """
SELECT backend_xid::text::bigint FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND usesysid IS NULL
"""


@pytest.fixture
def tidied_often():
    """A server of its own, whose autovacuum looks every second."""
    place = Path(tempfile.mkdtemp(prefix="cf-test-"))
    cluster = Cluster(place / "pg", durable=False, shared_buffers="32MB")
    started = cluster.start()
    with cluster.as_superuser("postgres") as superuser:
        superuser.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
        superuser.execute("SELECT pg_reload_conf()")
    yield started
    cluster.destroy()
    shutil.rmtree(place)


def held_by_the_server(connection):
    for _ in range(300):
        found = connection.execute(HELD_BY_THE_SERVER).fetchall()
        if found:
            return found[0][0]
        time.sleep(0.1)
    pytest.fail("autovacuum never came")


def test_the_servers_own_tidying_is_not_waited_for(tidied_often):
    with psycopg.connect(
        tidied_often.owner_url, autocommit=True, application_name="owner"
    ) as owner:
        owner.execute(SLOW_TO_ANALYSE)
        with psycopg.connect(tidied_often.app_url, autocommit=True) as app:
            held = held_by_the_server(app)
            owner.execute("INSERT INTO busy VALUES (0)")
            horizon = app.execute(outbox._HORIZON).fetchone()[0]
            assert held_by_the_server(app) == held
    assert horizon > held
