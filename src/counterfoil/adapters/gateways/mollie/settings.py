"""What the adapter needs of our account at Mollie, typed and checked."""

from dataclasses import dataclass, field

from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount

ADDRESS = "https://api.mollie.com"


@dataclass(frozen=True, slots=True)
class MollieSettings:
    """One profile there. `settlements_token` is empty where none was given."""

    url: str
    webhook_url: str
    api_key: str = field(repr=False)
    settlements_token: str = field(repr=False)

    @classmethod
    def of(cls, account: GatewayAccount) -> "MollieSettings":
        """Reads the setting `webhook_url` and the secret `api_key`; perhaps the setting `url` and
        the secret `settlements_token`. Refuses an account that lacks one (`AccountIncomplete`)."""
        known = account.known("webhook_url", "api_key")
        return cls(
            url=(known.get("url") or ADDRESS).rstrip("/"),
            webhook_url=known["webhook_url"],
            api_key=known["api_key"],
            settlements_token=known.get("settlements_token", ""),
        )

    @property
    def key_for_settlements(self) -> str:
        """Settlements belong to an organisation: the key of a profile can't read them."""
        if not self.settlements_token:
            words = "The gateway account lacks: settlements_token."
            raise AccountIncomplete(words, setting="settlements_token")
        return self.settlements_token
