"""A data folder of the first version: brought up to this one in place, with nothing lost."""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterfoil_sandbox.clock import Clock, VirtualClock
from counterfoil_sandbox.desk import Answer
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.resources.charges import Filter
from counterfoil_sandbox.store import FILE_NAME, SCHEMA_VERSION, Store

FIRST_SCHEMA = Path(__file__).with_name("schema_1.sql")
OFFSET_MICROSECONDS = -63_072_000_000_000
ASKED = {
    "amount": 2000,
    "currency": "EUR",
    "source": "tok_paid",
    "customer": "cus_1",
    "reference": "pay_paid",
    "description": "",
    "return_url": "",
    "locale": "",
}


def first_version(folder: Path) -> Path:
    """A folder as the first version left it: one charge of each state, one webhook due."""
    path = folder / FILE_NAME
    with sqlite3.connect(path) as old:
        old.executescript(FIRST_SCHEMA.read_text())
        old.execute("PRAGMA user_version = 1")
        old.executemany(
            "INSERT INTO setting VALUES (?, ?)",
            [
                ("clock_offset_microseconds", str(OFFSET_MICROSECONDS)),
                ("fingerprint_salt", "00" * 32),
            ],
        )
        old.execute(
            "INSERT INTO account VALUES ('acct_1', 'Harrow Water', 'b1', '', 'whsec_MfKQ',"
            " 'sk_sandbox_1', 'pk_sandbox_1', '[]', '2024-11-01T00:00:00.000Z')"
        )
        states = {"paid": "succeeded", "bad": "failed", "asked": "requires_action",
                  "cut": "processing"}  # fmt: skip
        for seq, (name, status) in enumerate(states.items(), start=5):
            write_charge(old, seq, name, status)
        old.execute(
            "INSERT INTO token VALUES ('tok_new', NULL, 'succeeds', 'visa', '4242', 12, 2034,"
            " 'f', '2024-11-01T00:00:00.000Z', NULL)"
        )
        body = {"id": "evt_1", "type": "charge.succeeded", "created": "x", "data": {}}
        old.execute("INSERT INTO event VALUES (3, 'evt_1', 'acct_1', ?)", (json.dumps(body),))
        due = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
        old.execute("INSERT INTO delivery VALUES ('evt_1', 0, 'due', 2, ?)", (due,))
    return folder


def write_charge(old: sqlite3.Connection, seq: int, name: str, status: str) -> None:
    """One charge with its token, and its key as the first version hashed it."""
    old.execute(
        "INSERT INTO token VALUES (?, 'acct_1', ?, 'visa', '4242', 12, 2034, 'f',"
        " '2024-11-01T00:00:00.000Z', ?)",
        (f"tok_{name}", "authentication" if name == "asked" else "succeeds", f"ch_{name}"),
    )
    old.execute(
        "INSERT INTO charge VALUES (?, ?, 'acct_1', ?, ?, 2000, 'EUR', 'cus_1', ?, '', '', '',"
        " ?, ?, ?, '2024-11-01T10:00:00.000Z')",
        (
            seq,
            f"ch_{name}",
            f"tok_{name}",
            status,
            f"pay_{name}",
            "card_declined" if status == "failed" else None,
            "tds_1" if name == "asked" else None,
            "2024-11-01T10:30:00.000Z" if name == "asked" else None,
        ),
    )
    asked = ASKED | {"source": f"tok_{name}", "reference": f"pay_{name}"}
    digest = hashlib.sha256(json.dumps(asked, separators=(",", ":")).encode()).hexdigest()
    answer = None if name == "cut" else json.dumps({"id": f"ch_{name}"})
    old.execute(
        "INSERT INTO idempotency_key VALUES ('acct_1', ?, ?, ?, ?)",
        (f"pay_{name}", digest, f"ch_{name}", answer),
    )


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """The old folder, opened by this version."""
    store = Store(first_version(tmp_path))
    return Engine(store, Clock(store))


def again(engine: Engine, name: str, **change: object) -> Answer:
    """The call of the first version, once more."""
    account = engine.accounts.by_id("acct_1")
    body = ASKED | {"source": f"tok_{name}", "reference": f"pay_{name}"} | change
    body = {key: value for key, value in body.items() if value != ""}
    return engine.call("POST", "/v1/charges", body, account=account, key=f"pay_{name}")


def test_charges_keep_their_ids_states_and_sequence(engine: Engine) -> None:
    """And say what they captured."""
    found, _ = engine.charges.list(Filter(account_id="acct_1"), 50, brief=False)
    assert [(row["id"], row["status"], row["amount_captured"]) for row in found] == [
        ("ch_cut", "processing", 0),
        ("ch_asked", "requires_action", 0),
        ("ch_bad", "failed", 0),
        ("ch_paid", "succeeded", 2000),
    ]
    card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
    assert {json.dumps(row["card"]) for row in found} == {json.dumps(card)}
    assert found[0]["created"] == "2024-11-01T10:00:00.000Z"


def test_old_keys_still_give_their_answers(engine: Engine) -> None:
    """The hash of an old body is what it was; another body is a conflict."""
    found = again(engine, "paid")
    assert (found.status, found.is_replay, found.body) == (201, True, {"id": "ch_paid"})
    with pytest.raises(Exception, match="another body"):
        again(engine, "paid", amount=1)


def test_what_was_cut_off_is_finished(engine: Engine) -> None:
    """As the first version would have at its next start."""
    assert engine.desk.finish_interrupted() == 1
    assert again(engine, "cut").body["status"] == "succeeded"


def test_old_challenge_expires_when_it_was_due(engine: Engine) -> None:
    """Its half hour has long passed."""
    engine.catch_up()
    assert engine.charges.get("ch_asked")["failure"] == {
        "code": "authentication_expired",
        "message": "The cardholder did not approve the payment in time.",
    }


def test_old_money_is_paid_out_in_its_turn(engine: Engine) -> None:
    """A movement for what was captured, with its fee; the payout is as of its day."""
    engine.catch_up()
    account = engine.accounts.by_id("acct_1")
    rows = engine.call("GET", "/v1/balance/transactions", account=account).body["data"]
    assert [(row["type"], row["gross"], row["fee"], row["net"]) for row in rows] == [
        ("payout", -1912, 0, -1912),
        ("charge", 2000, 88, 1912),
    ]
    assert [row["created"][:10] for row in rows] == ["2024-11-03", "2024-11-01"]
    refund = {"reference": "r"}
    again = engine.call("POST", "/v1/charges/ch_paid/refunds", refund, account=account, key="r")
    assert again.body["amount"] == 2000


def test_old_token_and_webhook_are_still_good(engine: Engine) -> None:
    """The webhook keeps its tries; its time is the sandbox clock's now."""
    [delivery] = engine.events.due(datetime(2024, 11, 3, tzinfo=UTC).timestamp(), 10)
    assert (delivery.event_id, delivery.attempts) == ("evt_1", 2)
    assert engine.events.due(datetime(2024, 11, 1, tzinfo=UTC).timestamp(), 10) == []
    account = engine.accounts.by_id("acct_1")
    charge = engine.charge(account, "new", **ASKED | {"source": "tok_new", "reference": "new"})
    assert charge["status"] == "succeeded"


def test_upgraded_file_has_the_shape_of_a_new_one(tmp_path: Path) -> None:
    """Table for table, index for index, and no dangling reference; a second opening is quiet."""
    (tmp_path / "old").mkdir()
    old = Store(first_version(tmp_path / "old"))
    new = Store(tmp_path / "new")
    shape = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"

    def shapes(store: Store) -> list[tuple[str, ...]]:
        return [(row["type"], row["name"]) for row in store.all(shape)]

    def columns(store: Store, table: str) -> list[tuple[object, ...]]:
        return sorted(tuple(row)[1:] for row in store.all(f"PRAGMA table_info({table})"))

    assert shapes(old) == shapes(new)
    for _, table in [found for found in shapes(new) if found[0] == "table"]:
        assert columns(old, table) == columns(new, table)
    assert old.all("PRAGMA foreign_key_check") == []
    version = old.one("PRAGMA user_version")
    assert version is not None
    assert version[0] == SCHEMA_VERSION
    old.close()
    assert len(Store(tmp_path / "old").all("SELECT * FROM charge")) == 4


def test_second_version_learns_of_pages(tmp_path: Path) -> None:
    """What it held stays with its numbers, and a page may pay now."""
    store = Store(tmp_path)
    store.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as old:
        ((words,),) = old.execute("SELECT sql FROM sqlite_master WHERE name = 'instrument'")
        old.execute("DROP TABLE instrument")
        words = words.replace(", 'bank_redirect', 'digital_currency'", "")
        words = words.replace('"instrument"', "instrument")
        old.execute(words.replace("(kind IN ('card', 'wallet')) = (exp_year IS NOT NULL)",
                                  "(kind = 'bank_debit') = (exp_year IS NULL)"))  # fmt: skip
        columns = "(id, kind, behaviour, last4, exp_month, exp_year, fingerprint)"
        old.execute(f"INSERT INTO instrument {columns} VALUES (7, 'card', 'x', '4242', 1, 30, 'f')")
        old.execute("INSERT INTO token VALUES ('tok_7', NULL, 7, '2024-11-01T00:00:00.000Z', NULL)")
        with pytest.raises(sqlite3.IntegrityError):
            add_page(old)
        old.execute("PRAGMA user_version = 2")
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as new:
        assert new.execute("PRAGMA foreign_key_check").fetchall() == []
        found = "SELECT i.id, i.last4 FROM token t JOIN instrument i ON i.id = t.instrument_id"
        assert new.execute(found).fetchall() == [(7, "4242")]
        add_page(new)


def add_page(file: sqlite3.Connection) -> None:
    """What pays is a page."""
    file.execute(
        "INSERT INTO instrument (kind, behaviour, last4, fingerprint)"
        " VALUES ('digital_currency', 'own_page', '', '')"
    )


def test_upgrade_that_breaks_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """All of it or nothing: the file can still be opened by what wrote it."""
    folder = first_version(tmp_path)
    with sqlite3.connect(folder / FILE_NAME) as old:
        old.execute("CREATE TABLE refund (id TEXT)")
    with pytest.raises(sqlite3.Error):
        Store(folder)
    with sqlite3.connect(folder / FILE_NAME) as old:
        assert old.execute("PRAGMA user_version").fetchone() == (1,)
        assert len(old.execute("SELECT * FROM charge").fetchall()) == 4
        assert old.execute("SELECT count(*) FROM token").fetchone() == (5,)


def test_virtual_clock_goes_on_where_it_stood(tmp_path: Path) -> None:
    """It stands still, and a file remembers where."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    store = Store(tmp_path)
    Engine(store, VirtualClock(store, start)).advance(90)
    store.close()
    store = Store(tmp_path)
    clock = VirtualClock(store, start)
    assert clock.stamp() == clock.stamp() == "2026-03-02T00:01:30.000Z"
