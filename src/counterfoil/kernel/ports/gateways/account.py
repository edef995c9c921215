"""Our account at a gateway, as its adapter gets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from counterfoil.kernel.errors import Refused, Unavailable

OLD = "_old"  # how the name of a secret ends that was replaced and still holds
OLD_UNTIL = "old_secrets_until"  # the setting that says until when: a moment in ISO 8601


class AccountIncomplete(Unavailable):
    """A setting or a secret of the gateway account is missing, or can't be what it says it is;
    `setting` is its name. Nothing was started."""

    code = "gateway_account_incomplete"
    message = "The gateway account is not set up completely."

    def __init__(self, message: str | None = None, *, setting: str = "") -> None:
        super().__init__(message)
        self.setting = setting


class KeysRefused(Unavailable):
    """The gateway does not know our keys, or they may not ask this: nothing was started."""

    code = "gateway_keys_refused"
    message = "The gateway does not know the keys of this account."


class NotSetUp(Refused):
    """The gateway could, but this account of ours is not set up for it; nothing is wrong."""

    code = "not_set_up"
    message = "This gateway account is not set up for this. No money was moved."


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """What an adapter needs of our account there: `settings` in clear, `secrets` never shown."""

    name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)

    def at(self, moment: datetime) -> "GatewayAccount":
        """The account as it holds at this moment: without old secrets whose time is over."""
        until = self.settings.get(OLD_UNTIL)
        if not until or moment < datetime.fromisoformat(until):
            return self
        kept = {name: text for name, text in self.secrets.items() if not name.endswith(OLD)}
        return replace(self, secrets=kept)

    def known(self, *wanted: str) -> Mapping[str, str]:
        """Settings and secrets together; refuses (`AccountIncomplete`) if one that is wanted is
        missing or empty, or has a character that no request can carry."""
        known = {**self.settings, **self.secrets}
        missing = [name for name in wanted if not known.get(name)]
        if missing:
            words = f"The gateway account lacks: {', '.join(missing)}."
            raise AccountIncomplete(words, setting=missing[0])
        for name in wanted:
            if not (known[name].isascii() and known[name].isprintable()):
                words = f"The gateway account's {name} has characters that none has."
                raise AccountIncomplete(words, setting=name)
        return known
