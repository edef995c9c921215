"""What the adapter needs of our account at the sandbox gateway, typed and checked."""

from dataclasses import dataclass, field

from counterfoil.kernel.ports.gateways.account import GatewayAccount


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """One account there. `webhook_secrets` are all that are accepted now, the current one first;
    `pages` are the methods that it takes on the gateway's own pages."""

    url: str
    publishable_key: str
    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    pages: frozenset[str] = frozenset()

    @classmethod
    def of(cls, account: GatewayAccount) -> "SandboxSettings":
        """Reads settings `url`, `publishable_key` and secrets `secret_key`, `webhook_secret`.

        The secret `webhook_secret_old` may stand beside the new one while it is replaced; the
        setting `pages` may name `bank_redirect` and `digital_currency`.
        Refuses an account that lacks one (`AccountIncomplete`).
        """
        known = account.known("url", "publishable_key", "secret_key", "webhook_secret")
        old = known.get("webhook_secret_old")
        return cls(
            url=known["url"].rstrip("/"),
            publishable_key=known["publishable_key"],
            secret_key=known["secret_key"],
            webhook_secrets=(known["webhook_secret"], *([old] if old else ())),
            pages=frozenset(account.settings.get("pages", "").split()),
        )
