"""A gateway to try an adapter on: what the contract suite needs of it, and nothing more.

An adapter is proved against a *counterpart*: a server on loopback that behaves as the gateway does.
To put an adapter under the contract:

1. Write a subclass of `Counterpart` in `counterparts/<name>.py`. Only the first part has to be
   written; of the rest, what belongs to the capabilities that the adapter declares.
2. Add the class to `COUNTERPARTS` in `counterparts/__init__.py`.
3. Run `pytest tests/adapters/gateways/contract -k <name>`: what the adapter does not declare is
   skipped with the reason, and so is what stands in `gaps`.

Broken lines need no help of the counterpart: the suite puts its own `Line` between the two, which
loses, cuts, delays and alters answers. The adapter gets its account by `account(url)`, where `url`
is the line's; everything goes through it unharmed until a test says otherwise. So the account must
take its base address from there.

References are those of the product (`pay_` + 26 characters that hold the time), new for each
charge: one server may serve all tests, and a test looks only at its own references.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.mandates import MandateRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result


class Wish(StrEnum):
    """What a charge is to come to. A `FailureCode` is a wish too: a definite no with that word."""

    SUCCEEDS = "succeeds"
    NEEDS_STEP = "needs_step"  # waits for the payer on a page; `finish` takes the step, it succeeds
    RETURNED = "returned"  # a debit: `finish` has it paid, and then the bank sends it back


@dataclass(frozen=True, slots=True)
class Push:
    """One webhook as it came over the wire."""

    headers: Mapping[str, str]
    body: bytes


def new_reference(prefix: str = "pay") -> str:
    """A reference as the product makes them: `pay` for charges, `ref` for refunds."""
    return encode(prefix, new_id())


class Counterpart(Protocol):
    """One server with one account of ours. What is not overridden must not be needed."""

    name: str
    gateway: Any  # the adapter under test
    wishes: frozenset[Wish | FailureCode] = frozenset({Wish.SUCCEEDS})
    at_first: Result = Result.SUCCEEDED  # what a good charge answers; debits: PROCESSING, a page
    #                                      of the gateway: ACTION_REQUIRED
    amounts: tuple[Money, ...] = (Money(20355, "EUR"),)  # that it takes; the first is the usual one
    signs_time: bool = True  # whether a signature tells when it was made
    signs: bool = True  # whether pushes are signed at all
    ends_by_push: bool = False  # whether only a push tells that the money came, and no look-up
    what: str = "own server"  # what docs/guide/gateways.md calls it
    recorded: frozenset[Capability] = frozenset()  # for these the vendor's own objects are read
    proves: frozenset[Capability] = frozenset(Capability)  # where another one proves the rest
    gaps: Mapping[str, str] = {}  # name of a test -> why this counterpart can't prove it

    # --- every counterpart -----------------------------------------------------------------------

    url: str  # of the server, once it is started

    def start(self) -> None:
        """Starts the server on 127.0.0.1 and a free port, and sets `url`."""

    def stop(self) -> None:
        """Ends it."""

    def account(self, url: str) -> GatewayAccount:
        """Our account, reached at `url`."""
        raise NotImplementedError

    def stranger(self, url: str) -> GatewayAccount:
        """An account with keys and secrets that are not ours: nothing it signs or asks is good."""
        raise NotImplementedError

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """A charge that will come to this; makes the source (or the mandate) that it needs."""
        raise NotImplementedError

    def finish(self, reference: str) -> None:
        """The payer takes the step and time goes by, until the charge came to its wish. Nothing
        to do where that is decided at once."""

    def charged(self, reference: str) -> Sequence[Money]:
        """What it really took, or is about to, for this reference: each charge that did not fail,
        in the server's own words and by its own arithmetic."""
        raise NotImplementedError

    def moves_money(self, method: str, path: str) -> bool:
        """Whether this call is one that charges or refunds (the line breaks the next such)."""
        raise NotImplementedError

    def amount_text(self, amount: Money) -> bytes:
        """An amount as it stands in an answer (`20355`, `203.55`), for the line that alters it."""
        return str(amount.minor).encode()

    # --- events ----------------------------------------------------------------------------------

    def pushes(self, reference: str) -> Sequence[Push]:
        """The webhooks that tell (or mention) this charge, signed just now; waits for them."""
        raise NotImplementedError

    # --- refunds ---------------------------------------------------------------------------------

    def refunded(self, reference: str) -> Sequence[Money]:
        """What it really gave back of the charge with this reference, refund by refund."""
        raise NotImplementedError

    # --- cancels ---------------------------------------------------------------------------------

    def cancellable(self, reference: str, amount: Money) -> ChargeRequest:
        """A charge that can be stopped once it was made."""
        return self.request(Wish.SUCCEEDS, reference, amount)

    # --- mandates --------------------------------------------------------------------------------

    def mandate_request(self, reference: str) -> MandateRequest:
        """A mandate that will become good."""
        raise NotImplementedError

    def finish_mandate(self, reference: str) -> None:
        """The payer takes the step, if there is one, and time goes by until it is active."""

    # --- methods ---------------------------------------------------------------------------------

    def token(self) -> str:
        """What the hosted fields would hand over for an instrument that is good."""
        raise NotImplementedError

    # --- tokens ----------------------------------------------------------------------------------

    def wallet_token(self) -> str:
        """What a wallet would hand over."""
        raise NotImplementedError

    # --- chargebacks -----------------------------------------------------------------------------

    def dispute(self, reference: str) -> str:
        """The payer's bank takes this charge back; gives the gateway's id of the chargeback."""
        raise NotImplementedError

    # --- payouts ---------------------------------------------------------------------------------

    def pay_out(self) -> None:
        """Time goes by until what was charged has been paid out."""
