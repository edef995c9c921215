"""What the adapter needs of our account at Adyen, typed and checked."""

from dataclasses import dataclass, field

from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount

_TEST = "https://checkout-test.adyen.com"
_LIVE = "https://{prefix}-checkout-live.adyenpayments.com/checkout"
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class AdyenSettings:
    """One merchant account. `hmac_keys` are all that are accepted now, the current one first."""

    url: str
    merchant_account: str
    api_key: str = field(repr=False)
    hmac_keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, account: GatewayAccount) -> "AdyenSettings":
        """Reads the settings `merchant_account` and `environment` (`test` or `live`, with its
        `prefix`) or `url` in its place; the secrets `api_key`, `hmac_key` and perhaps
        `hmac_key_old`. Refuses an account that lacks one (`AccountIncomplete`)."""
        known = account.known("merchant_account", "api_key", "hmac_key")
        url = known.get("url", "")
        if not url and known.get("environment") == "test":
            url = _TEST
        if not url and known.get("environment") == "live" and known.get("prefix"):
            url = _LIVE.format(prefix=known["prefix"])
        if not url:
            raise AccountIncomplete(
                "The gateway account's environment is test, or live with a prefix.",
                setting="prefix" if known.get("environment") == "live" else "environment",
            )
        keys = [known["hmac_key"], known.get("hmac_key_old") or known["hmac_key"]]
        return cls(
            url=url.rstrip("/"),
            merchant_account=known["merchant_account"],
            api_key=known["api_key"],
            hmac_keys=tuple(_bytes_of(key) for key in dict.fromkeys(keys)),
        )


def _bytes_of(key: str) -> bytes:
    if not key or len(key) % 2 or not _HEXADECIMAL.issuperset(key):
        words = "The gateway account's HMAC key is hexadecimal."
        raise AccountIncomplete(words, setting="hmac_key")
    return bytes.fromhex(key)
