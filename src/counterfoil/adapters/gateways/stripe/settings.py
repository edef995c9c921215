"""What the adapter needs of our account at Stripe, typed and checked."""

from dataclasses import dataclass, field

from counterfoil.kernel.ports.gateways.account import GatewayAccount

API = "https://api.stripe.com"
FILES = "https://files.stripe.com"
SCRIPT = "https://js.stripe.com/v3/"
ORIGINS = (API, "https://hooks.stripe.com", "https://m.stripe.network")  # that its script talks to


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """One account there. `webhook_secrets` are all that are accepted now, the current one first."""

    url: str
    files_url: str
    script_url: str
    publishable_key: str
    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, account: GatewayAccount) -> "StripeSettings":
        """Reads the setting `publishable_key` and the secrets `secret_key`, `webhook_secret`.

        The secret `webhook_secret_old` may stand beside the new one while it is replaced. The
        settings `url` and `script_url` are for tests; without them it is Stripe itself.
        """
        known = account.known("publishable_key", "secret_key", "webhook_secret")
        url = known.get("url", "").rstrip("/")
        old = known.get("webhook_secret_old")
        return cls(
            url=url or API,
            files_url=url or FILES,
            script_url=known.get("script_url") or SCRIPT,
            publishable_key=known["publishable_key"],
            secret_key=known["secret_key"],
            webhook_secrets=(known["webhook_secret"], *([old] if old else ())),
        )
