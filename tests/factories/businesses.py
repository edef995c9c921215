"""Businesses to test with: Harrow Water and its neighbour Mill Lane, each complete."""

from datetime import UTC, datetime

from counterfoil.domain.business.rows import NewBusiness
from counterfoil.flows.setting_up.open_business import connect_gateway, found_business
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId
from factories.sandbox_process import AccountAtSandbox, Sandbox, held

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
"""The moment at which every test begins, unless it says another."""


def found(
    slug: str = "harrow",
    *,
    name: str = "Harrow Water",
    currency: str = "EUR",
    hosts: tuple[str, ...] = (),
    gateway: str | None = "sandbox",
) -> BusinessId:
    """A business with its number series, its host `<slug>.example` and one gateway account."""
    new = NewBusiness(
        slug=slug,
        name=name,
        currency=currency,
        hosts=hosts or (f"{slug}.example",),
        legal_name=f"{name} Ltd",
        address={"line1": "1 High Street", "city": "Harrow", "country": "GB"},
        email=f"accounts@{slug}.example",
        timezone="Europe/London",
    )
    business_id = found_business(new, at=AT)
    if gateway:
        add_gateway(business_id, gateway)
    return business_id


def add_gateway(business_id: BusinessId, kind: str = "sandbox") -> object:
    """A gateway account with secrets that open nothing; returns its id."""
    return connect_gateway(
        business_id,
        kind=kind,
        name=kind,
        settings={"url": "https://gateway.example", "publishable_key": "pk_test"},
        secrets={"secret_key": "sk_test", "webhook_secret": "whsec_dGVzdC10ZXN0LXRlc3QtdGVzdA=="},
        at=AT,
    )


def add_sandbox(business_id: BusinessId, sandbox: Sandbox, **settings: str) -> AccountAtSandbox:
    """Connects a fresh account at the real sandbox gateway; the business is at its own host."""
    there = sandbox.open_account(origins=["http://harrow.example", "https://harrow.example"])
    account = held(there, **settings)
    connect_gateway(
        business_id,
        kind="sandbox",
        name=account.name,
        settings=dict(account.settings),
        secrets=dict(account.secrets),
        at=clock.now(),
    )
    return there
