"""How a life begins: a business, its gateway account, customers and their first invoices."""

from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewInvoice
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.business.debits import CURRENCIES
from counterfoil.domain.business.rows import NewBusiness
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.flows import issue_invoices
from counterfoil.flows.setting_up import open_business
from counterfoil.infra.db import run
from counterfoil.kernel import ids as ids_kernel
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.money import exponent
from counterfoil_simulator.swaps import swapped
from counterfoil_simulator.world import GATEWAY, World

_NAMES = ("Alice", "Bob")
_MOST_MAJOR = 300
_SURCHARGES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"card": {"percent": "1.5"}, "wallet": {"percent": "1"}},
    {"card": {"percent": "2"}, "bank_debit": {"fixed": {"EUR": 35, "USD": 40, "GBP": 30}}},
)


def found(world: World) -> None:
    """Founds the business of this world, before anything goes wrong."""
    at = world.time.now()
    new = NewBusiness(
        slug=world.slug,
        name="Harrow Water",
        currency=world.currency,
        hosts=(f"{world.slug}.example",),
        legal_name="Harrow Water Ltd",
        email="accounts@harrow.example",
    )
    ids = chain([UUID(int=world.life << 64 | world.seed)], iter(ids_kernel.new_id, None))
    with swapped(open_business, "new_id", lambda: next(ids)):  # a seed may live here twice
        world.business_id = open_business.found_business(new, at=at)
    world.story.call(world.business_id, "the business")
    world.gateway_account_id = open_business.connect_gateway(
        world.business_id,
        kind="sandbox",
        name="Sandbox",
        settings={
            "url": GATEWAY,
            "publishable_key": world.account.publishable_key,
            "pages": "bank_redirect digital_currency",
        },
        secrets={
            "secret_key": world.account.secret_key,
            "webhook_secret": world.account.webhook_secret,
        },
        at=at,
    )
    world.surcharges = world.chance.choice(_SURCHARGES)
    businesses.change(
        world.business_id,
        {
            "debit_schemes": [one.value for one in CURRENCIES],
            "creditor_ref": "DE98ZZZ09999999999",
            "bacs_number": "123456",
            "schedule_days_max": 30,
            "surcharges": world.surcharges,
        },
    )
    names = _NAMES[: world.chance.randint(1, len(_NAMES))]
    wanted = [
        NewCustomer(
            name=name,
            locale="en",
            timezone="UTC",
            currency=world.currency,
            email=f"{name.lower()}@example.com",
        )
        for name in names
    ]
    world.customers = run(
        world.business_id, lambda: customers.add(world.business_id, wanted, at=at)
    )
    for name, customer_id in zip(names, world.customers, strict=True):
        world.story.call(customer_id, name)
    owed = [world.chance.choice(world.customers) for _ in range(world.chance.randint(1, 3))]
    issue(world, drafts(world, owed))


def drafts(world: World, whose: list[UUID]) -> list[NewInvoice]:
    """An invoice to each of these customers, not issued yet."""
    return [NewInvoice(one, world.currency, (_line(world),)) for one in whose]


def issue(world: World, drafts: list[NewInvoice]) -> None:
    """Issues them."""
    at = world.time.now()
    issue_invoices.draft_and_issue(
        world.business_id, drafts, IssueTerms(at.date()), at=at, by=SYSTEM, quiet=True
    )


def _line(world: World) -> LineInput:
    decimals = exponent(world.currency)
    minor = world.chance.randint(1, _MOST_MAJOR * 10**decimals)
    tax = world.chance.choice((Decimal(0), Decimal(7), Decimal(20)))
    return LineInput("Water", Decimal(1), Decimal(minor).scaleb(-decimals), tax)
