"""The world of one seed: a business with its customers, a gateway, and everything between them."""

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.flows.banking.take_offline import OfflinePayment
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil_sandbox.clock import VirtualClock
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.store import Store
from counterfoil_simulator.invariants.seen import Charge, Disputed, GivenBack, Seen, Truth
from counterfoil_simulator.machine.clock import START, VirtualTime
from counterfoil_simulator.machine.courier import Courier, subject_of
from counterfoil_simulator.machine.line import GatewayLine
from counterfoil_simulator.machine.post import Post
from counterfoil_simulator.machine.weather import Weather
from counterfoil_simulator.machine.worker import Worker
from counterfoil_simulator.site import Site
from counterfoil_simulator.story import Story

ORIGIN = "https://harrow.example"
GATEWAY = "http://127.0.0.1"  # an address that the demo may call; nobody listens there
_WRITES_LETTERS = 0.2
_LIVES_LONG = 0.15  # days pass at its end: refunds fail late, payouts are made
_CURRENCIES = ("EUR", "EUR", "EUR", "EUR", "USD", "GBP", "JPY", "KWD")
_CHARGES = (
    "SELECT id, reference, status, amount, currency, amount_captured, amount_refunded,"
    " amount_returned FROM charge ORDER BY seq"
)
# What stands to our account and was not paid out: the fee of a charge is taken with its payout.
_HOLDS = (
    "SELECT coalesce(sum(gross - CASE type WHEN 'fee' THEN fee ELSE 0 END), 0)"
    " FROM balance_transaction WHERE payout_id IS NULL"
)
_DISPUTES = "SELECT id, charge_id, status, amount FROM dispute ORDER BY seq"
_GIVEN_UP = (
    "SELECT e.body FROM delivery d JOIN event e ON e.seq = d.event_seq WHERE d.state = 'given_up'"
)
_METHODS = "SELECT id FROM method WHERE deleted_at IS NULL"
_MANDATES = "SELECT id FROM mandate WHERE status = 'active'"
_REFUNDS = "SELECT id, reference, charge_id, status, amount FROM refund ORDER BY seq"


@dataclass(slots=True)
class Chances:
    """Streams of chance, so that more of one thing does not change all of the other."""

    seed: int
    plan: random.Random = field(init=False)
    faults: random.Random = field(init=False)
    turns: random.Random = field(init=False)
    ids: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.plan = random.Random(f"{self.seed} plan")  # noqa: S311  a replay guards nothing
        self.faults = random.Random(f"{self.seed} faults")  # noqa: S311
        self.turns = random.Random(f"{self.seed} turns")  # noqa: S311
        self.ids = random.Random(f"{self.seed} ids")  # noqa: S311


class World:
    """What operations act on, and what they leave to be found by the next one."""

    def __init__(self, seed: int, site: Site, without: Collection[str] = ()) -> None:
        """The world of this seed, without these kinds of fault."""
        self.seed, self.site = seed, site
        self.chances = Chances(seed)
        self.chance = self.chances.plan
        self.weather = Weather.drawn(self.chance).calmed(without)
        self.currency = self.chance.choice(_CURRENCIES)
        self.writes_letters = self.chance.random() < _WRITES_LETTERS
        self.lives_long = self.chance.random() < _LIVES_LONG
        store = Store(":memory:")
        self.engine = Engine(store, VirtualClock(store, start=START), seed=str(seed))
        self.engine.charges.public_url = GATEWAY  # where payers find their bank's page
        self.time = VirtualTime(self.engine)
        self.story = Story(self.time.true)
        self.life = site.next_number()
        self.slug = f"s{seed}-{self.life}"  # a seed may live here twice
        self.account = self.engine.open_account(
            "Harrow Water", origins=[ORIGIN, f"http://{self.slug}.example"]
        )
        tell = self.story.tell
        self.line = GatewayLine(self.engine, self.account, self.time, tell)
        self.courier = Courier(self.engine, self.account, self.time, tell)
        self.post = Post(tell)
        self.worker = Worker(site.auditor, self.time, tell, writes=self.writes_letters)
        self.tally: Counter[str] = Counter()
        self.away_until: datetime | None = None
        self.is_rough = False
        self.acknowledged: set[str] = set()
        self.shown: dict[UUID, str] = {}
        self.said_sent: set[str] = set()
        self.late: set[str] = set()
        self.seen = Seen()
        self.business_id = BusinessId(UUID(int=0))
        self.gateway_account_id = UUID(int=0)
        self.bank_account_id: UUID | None = None
        self.surcharges: dict[str, Any] = {}
        self.customers: list[UUID] = []
        self.forms: list[PayCommand] = []
        self.plan_forms: list[PlanCommand] = []
        self.refund_forms: list[RefundCommand] = []
        self.offline_forms: list[OfflinePayment] = []
        self.bank_lines: list[str] = []
        self.count = 0
        site.is_away = self.is_away

    def is_away(self) -> bool:
        """Whether the database can't be reached."""
        return self.away_until is not None and self.time.true() < self.away_until

    def grow_rough(self) -> None:
        """Phase 1: from now on things go wrong."""
        self.is_rough = True
        for one in (self.line, self.courier, self.post):
            one.become(self.weather, self.chances.faults)

    def calm_down(self) -> None:
        """Phase 2: nothing goes wrong any more. Our clock is set right only when no request is on
        its way, as it is set wrong only then."""
        self.is_rough = False
        while self.time.skew and self.line.under_way:
            self.time.sleep(1)
        for one in (self.line, self.courier, self.post):
            one.become(Weather(), self.chances.faults)
        self.line.down_until = self.away_until = None
        self.time.skew = timedelta()

    def number(self) -> int:
        """The next number, for names."""
        self.count += 1
        return self.count

    def truth(self) -> Truth:
        """What the gateway knows."""
        rows = self.engine.store.all(_CHARGES)
        given = self.engine.store.all(_REFUNDS)
        given_up = {subject_of(row["body"]) for row in self.engine.store.all(_GIVEN_UP)}
        return Truth(
            charges=tuple(Charge(*row) for row in rows),
            refunds=tuple(GivenBack(*row) for row in given),
            disputes=tuple(Disputed(*row) for row in self.engine.store.all(_DISPUTES)),
            methods=frozenset(row["id"] for row in self.engine.store.all(_METHODS)),
            mandates=frozenset(row["id"] for row in self.engine.store.all(_MANDATES)),
            holds=self.engine.store.all(_HOLDS)[0][0],
            untold=frozenset(self.courier.untold | given_up),
            under_way=frozenset(self.line.under_way),
            acknowledged=frozenset(self.acknowledged),
            forms=self.shown,
            said_sent=frozenset(self.said_sent),
            late=frozenset(self.late),
        )

    def look(self) -> None:
        """Sees what stands in the books now, and gives names to what is new."""
        self.seen = self.site.auditor.look(self.business_id)
        if not self.writes_letters:
            self.seen = replace(self.seen, messages=())
        for item in self.seen.items:
            self.story.call(item.id, f"invoice {item.number}")
        for attempt in self.seen.attempts:
            self.story.name("payment", attempt.id, encode("pay", attempt.id))
        for chargeback in self.seen.chargebacks:
            self.story.name("chargeback", chargeback.id)
        for refund in self.seen.refunds:
            self.story.name("refund", refund.id, encode("ref", refund.id))
        for mandate in self.seen.mandates:
            self.story.name("mandate", mandate.id, encode("mdt", mandate.id))
        for method in self.seen.methods:
            self.story.name("method", method.id, encode("pm", method.id))
        for plan in self.seen.plans:
            self.story.name("plan", plan.id)
        for difference in self.seen.differences:
            self.story.name("difference", difference.id)

    def close(self) -> None:
        """Lets the gateway go."""
        self.engine.store.close()
