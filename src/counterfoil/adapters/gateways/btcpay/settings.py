"""What the adapter needs of our store at a BTCPay Server, typed and checked."""

from dataclasses import dataclass, field

from counterfoil.kernel.ports.gateways.account import GatewayAccount


@dataclass(frozen=True, slots=True)
class BtcPaySettings:
    """One store. `webhook_secrets` are all that are accepted now, the current one first."""

    url: str
    store_id: str
    api_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, account: GatewayAccount) -> "BtcPaySettings":
        """Reads the settings `url` and `store_id`, the secrets `api_key`, `webhook_secret` and
        perhaps `webhook_secret_old`; refuses an account that lacks one (`AccountIncomplete`)."""
        known = account.known("url", "store_id", "api_key", "webhook_secret")
        old = known.get("webhook_secret_old")
        return cls(
            url=known["url"].rstrip("/"),
            store_id=known["store_id"],
            api_key=known["api_key"],
            webhook_secrets=(known["webhook_secret"], *([old] if old else ())),
        )
