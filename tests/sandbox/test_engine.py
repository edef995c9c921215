"""The engine in process, as a seeding run drives it, and the small rules underneath."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counterfoil_sandbox.clock import Clock, VirtualClock
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.instruments import cards
from counterfoil_sandbox.resources.charges import Filter
from counterfoil_sandbox.store import Store
from counterfoil_sandbox.web import texts
from counterfoil_sandbox.web.colours import DARK_PAPER, LIGHT_PAPER, contrast, readable
from sandbox.till import Till

CHARGES_A_SECOND_MIN = 300
START = datetime(2024, 11, 21, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine without a server, two years ago."""
    store = Store(tmp_path_factory.mktemp("engine"))
    return Engine(store, Clock(store, START), webhooks=False)


def test_engine_writes_a_history_at_its_own_clock(engine: Engine) -> None:
    """Thirty days, a charge a day, each with its day."""
    account = engine.open_account("Harrow Water")
    for day in range(30):
        token = engine.make_token("4242424242424242", 12, 2034, "123")
        engine.charge(
            account,
            f"pay_{day}",
            amount=100 + day,
            currency="EUR",
            source=token,
            customer="cus_1",
            reference=f"pay_{day}",
        )
        engine.advance(timedelta(days=1).total_seconds())
    found, _ = engine.charges.list(Filter(customer="cus_1"), 50, brief=True)
    days = [str(charge["created"])[:10] for charge in reversed(found)]
    assert days == [(START + timedelta(days=day)).date().isoformat() for day in range(30)]


def test_engine_in_memory_is_fast_enough_to_simulate() -> None:
    """Thousands of charges a second on a quiet machine; far fewer would make a simulation wait."""
    till = Till()
    tokens = [till.token() for _ in range(500)]
    began = time.process_time()
    for number, token in enumerate(tokens):
        till.engine.charge(
            till.account,
            f"k{number}",
            amount=100,
            currency="EUR",
            source=token,
            customer="cus_1",
            reference=f"pay_{number}",
        )
    assert 500 / (time.process_time() - began) > CHARGES_A_SECOND_MIN


def test_engine_with_a_seed_repeats_itself() -> None:
    """Every id, every time, every movement: one seed is one run."""

    def run(seed: str) -> list[str]:
        store = Store(":memory:")
        engine = Engine(store, VirtualClock(store, START), seed=seed)
        account = engine.open_account("Harrow Water")
        token = engine.make_token("4000000000000259", 12, 2034, "123")
        body = {"amount": 100, "currency": "EUR", "source": token, "customer": "c"}
        engine.charge(account, "k", **body, reference="r")
        engine.advance(timedelta(days=30).total_seconds())
        return [row["body"] for row in store.all("SELECT body FROM event ORDER BY seq")]

    assert run("a") == run("a")
    assert len(run("a")) == 3
    assert run("a") != run("b")


def test_refused_call_leaves_nothing() -> None:
    """Neither its key nor its effect, in process too."""
    till = Till()
    body = {"amount": 1, "currency": "EUR", "source": "tok_x", "customer": "c", "reference": "r"}
    assert till.refusal("/v1/charges", body, "k")[1] == "token_unknown"
    assert till.engine.store.all("SELECT * FROM idempotency_key") == []
    assert till.post("/v1/charges", body | {"source": till.token()}, "k")["status"] == "succeeded"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("PUT", "/v1/charges", 405), ("DELETE", "/v1/charges/x", 405)],
)
def test_address_without_a_door_is_refused(method: str, path: str, status: int) -> None:
    """As over HTTP."""
    till = Till()
    with pytest.raises(GatewayError) as refused:
        till.engine.call(method, path, account=till.account)
    assert refused.value.status == status


def test_failed_transaction_leaves_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The store rolls all of it back, inner blocks included."""
    store = Store(tmp_path_factory.mktemp("store"))

    def write_and_fail() -> None:
        with store.writing():
            store.remember("a", "1")
            with store.writing():
                store.remember("b", "2")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert (store.setting("a"), store.setting("b")) == (None, None)


def test_store_of_a_newer_version_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An old gateway must not write into what it does not know."""
    folder = tmp_path_factory.mktemp("newer")
    store = Store(folder)
    store.run("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(ValueError, match="newer version"):
        Store(folder)


def test_every_sandbox_card_passes_its_own_checks() -> None:
    """The table holds numbers that a card form accepts."""
    for card in cards.SANDBOX_CARDS:
        assert cards.check_number(card.number) is card
    assert not cards.luhn_holds("4242424242424241")


@pytest.mark.parametrize(
    ("month", "year", "good"), [(11, 2024, True), (10, 2024, False), (1, 25, True), (12, 23, False)]
)
def test_expiry_holds_until_the_month_ends(month: int, year: int, good: bool) -> None:
    """Two-digit years are of this century."""
    try:
        cards.check_expiry(month, year, START)
    except GatewayError:
        assert not good
    else:
        assert good


def test_every_language_has_every_word() -> None:
    """A missing word would be an empty label."""
    folder = Path(texts.__file__).parent / "words"
    words = {
        language: json.loads((folder / f"{language}.json").read_text())
        for language in texts.LANGUAGES
    }
    names = [set(found) for found in words.values()]
    assert names[0] == names[1] == names[2]
    assert all(text for found in words.values() for text in found.values())


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [("de-AT", "", "de"), ("", "fr, ar;q=0.8", "ar"), ("xx", "", "en"), ("", "", "en")],
)
def test_language_is_chosen_by_wish_then_browser(wanted: str, accepted: str, language: str) -> None:
    """English if nothing fits."""
    assert texts.choose(wanted, accepted).language == language


@pytest.mark.parametrize("accent", ["#0f5c4c", "#ffff00", "#ffffff", "#000000", "#808080"])
def test_accent_shows_on_both_papers(accent: str) -> None:
    """Whatever the brand, the focus ring can be seen."""
    for paper in (LIGHT_PAPER, DARK_PAPER):
        assert contrast(readable(accent, paper), paper) >= 4.5
    assert readable("#0f5c4c", LIGHT_PAPER) == "#0f5c4c"
