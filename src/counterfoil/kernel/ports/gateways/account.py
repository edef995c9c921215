"""Our account at a gateway, as its adapter gets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from counterfoil.kernel.errors import Refused, Unavailable


class AccountIncomplete(Refused):
    """A setting or a secret of the gateway account is missing, or can't be what it says it is."""

    code = "gateway_account_incomplete"
    message = "The gateway account is not set up completely."


class KeysRefused(Unavailable):
    """The gateway does not know our keys, or they may not ask this: nothing was started."""

    code = "gateway_keys_refused"
    message = "The gateway does not know the keys of this account."


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """What an adapter needs of our account there: `settings` in clear, `secrets` never shown."""

    name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)

    def known(self, *wanted: str) -> Mapping[str, str]:
        """Settings and secrets together; refuses (`AccountIncomplete`) if one that is wanted is
        missing or empty."""
        known = {**self.settings, **self.secrets}
        missing = [name for name in wanted if not known.get(name)]
        if missing:
            raise AccountIncomplete(f"The gateway account lacks: {', '.join(missing)}.")
        return known
