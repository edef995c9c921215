"""How the demo's businesses reach their gateway, and where both of them answer on this machine."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from counterfoil.demo.sandbox import Sandbox, SandboxAccount
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.business import queries
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries as payment_queries
from counterfoil.flows.setting_up.open_business import connect_gateway
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId, encode

HOST_NAMES = ("localhost", "127.0.0.1")  # two names for one machine: cookies stay apart


def hosts() -> list[str]:
    """Where the first and the second business answer, with the port."""
    return [f"{name}:{settings.PUBLIC_PORT}" for name in HOST_NAMES]


def _account_of(sandbox: Sandbox, business: BusinessRow, host: str) -> SandboxAccount:
    return sandbox.open_account(
        business.legal_name, business_id=str(business.id), origins=[f"http://{host}"]
    )


def connected(sandbox: Sandbox, business_id: BusinessId, *, at: datetime) -> None:
    """Opens the business's account at the gateway, silent for now, and keeps its keys."""
    business = queries.by_id(business_id)
    account = _account_of(sandbox, business, queries.host_of(business_id))
    sandbox.keep_silent(account, silent=True)
    connect_gateway(
        business_id,
        kind="sandbox",
        name="Sandbox",
        settings={
            "url": sandbox.url,
            "publishable_key": account.publishable_key,
            "wallets": "google_pay apple_pay",
        },
        secrets={"secret_key": account.secret_key, "webhook_secret": account.webhook_secret},
        at=at,
    )


def listen(sandbox: Sandbox, business_id: BusinessId) -> None:
    """The gateway sends its webhooks to where the business answers now."""
    business, host = queries.by_id(business_id), queries.host_of(business_id)
    with reading(business_id):
        accounts = payment_queries.active_accounts(business_id)
    if not accounts:
        return
    kept = accounts[0]
    account = _account_of(sandbox, business, host)
    url = f"http://{host}/hooks/{business.slug}/{encode('gwa', kept.id)}"
    sandbox.send_webhooks_to(account, url, [f"http://{host}"])
    sandbox.keep_silent(account, silent=False)
    _keep_address(business_id, kept.id, dict(kept.opened.settings), sandbox.url)


def _keep_address(
    business_id: BusinessId, account_id: UUID, kept: dict[str, str], url: str
) -> None:
    if kept.get("url") != url:
        payments.change_account(business_id, account_id, settings=kept | {"url": url})


def move(sandbox: Sandbox) -> None:
    """The demo has come back on other ports: businesses and gateway find each other again."""
    by_age = sorted(queries.every(), key=lambda one: one.id)
    for business, host in zip(by_age, hosts(), strict=True):
        businesses.answer_only_at(business.id, [host])
        listen(sandbox, business.id)
