"""What the adapter needs of our account at GoCardless, typed and checked."""

from dataclasses import dataclass, field

from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount

ADDRESSES = {
    "live": "https://api.gocardless.com",
    "sandbox": "https://api-sandbox.gocardless.com",
}


@dataclass(frozen=True, slots=True)
class GoCardlessSettings:
    """One account there. `webhook_secrets` are all that are accepted now, the current one first."""

    url: str
    access_token: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, account: GatewayAccount) -> "GoCardlessSettings":
        """Reads the setting `environment` (`live` or `sandbox`), or `url` in its place, and the
        secrets `access_token`, `webhook_secret` and perhaps `webhook_secret_old`.

        Refuses an account that lacks one (`AccountIncomplete`).
        """
        known = account.known("access_token", "webhook_secret")
        url = known.get("url") or ADDRESSES.get(known.get("environment", ""))
        if not url:
            words = "The gateway account's environment is live or sandbox."
            raise AccountIncomplete(words, setting="environment")
        old = known.get("webhook_secret_old")
        return cls(
            url=url.rstrip("/"),
            access_token=known["access_token"],
            webhook_secrets=(known["webhook_secret"], *([old] if old else ())),
        )
