"""The scripted gateway with bank debits: what a token makes of a mandate and of a debit on it.

Tokens: `account` (an account that pays), and `mandate-lost`, `mandate-vanished`,
`mandate-refused`. What a debit comes to is said afterwards, by `told`.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.mandates import (
    MandateOutcome,
    MandateRequest,
    MandateState,
)
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    Instrument,
    MethodKind,
    NextStep,
    Result,
    StepKind,
)
from factories.gateways import ScriptedGateway

GIRO = Instrument("bank_debit", "sepa", "3000", country="DE", holder="Alice Account")
SETTLES = date(2026, 3, 4)


@dataclass
class Bank:
    """What the gateway keeps of mandates, and what it was asked."""

    mandates: dict[str, MandateOutcome] = field(default_factory=dict)
    requests: list[MandateRequest] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    is_down: bool = False


class DebitGateway(ScriptedGateway):
    """Cards as ever, and bank debits on mandates."""

    bank: ClassVar[Bank] = Bank()
    capabilities: ClassVar[frozenset[Capability]] = ScriptedGateway.capabilities | {
        Capability.MANDATES
    }
    methods: ClassVar[frozenset[MethodKind]] = frozenset({MethodKind.CARD, MethodKind.BANK_DEBIT})

    def set_up(self, account: GatewayAccount, request: MandateRequest) -> MandateOutcome:
        """Sets a mandate up, or does what the token says."""
        if self.bank.is_down:
            raise Unavailable
        self.bank.requests.append(request)
        if request.source == "mandate-vanished":
            return MandateOutcome(request.reference, MandateState.UNKNOWN)
        if request.source == "mandate-refused":
            return MandateOutcome(request.reference, MandateState.FAILED, reason="no such token")
        made = active(request.reference)
        self.bank.mandates.setdefault(request.reference, made)
        if request.source == "mandate-lost":
            return MandateOutcome(request.reference, MandateState.UNKNOWN)
        return made

    def look_up_mandate(
        self, account: GatewayAccount, reference: str, gateway_ref: str = ""
    ) -> MandateOutcome:
        """What became of a mandate."""
        if self.bank.is_down:
            raise Unavailable
        absent = MandateOutcome(reference, MandateState.ABSENT)
        return self.bank.mandates.get(reference, absent)

    def revoke(self, account: GatewayAccount, reference: str, gateway_ref: str) -> MandateOutcome:
        """Ends a mandate."""
        if self.bank.is_down:
            return MandateOutcome(reference, MandateState.UNKNOWN)
        self.bank.revoked.append(reference)
        return MandateOutcome(reference, MandateState.REVOKED, gateway_ref)


PAGE = "https://gateway.example/mandates/"


class PageGateway(DebitGateway):
    """Bank accounts are named on the gateway's own page; `bank.mandates` is what it knows."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """Nothing to fill in here for a bank account."""
        if request.method is MethodKind.BANK_DEBIT:
            return NextStep(StepKind.HOSTED_PAGE)
        return super().fields(account, request)

    def set_up(self, account: GatewayAccount, request: MandateRequest) -> MandateOutcome:
        """Opens the page; the same reference is the same mandate."""
        if self.bank.is_down:
            raise Unavailable
        self.bank.requests.append(request)
        waiting = MandateOutcome(request.reference, MandateState.PENDING, "req_1")
        known = self.bank.mandates.setdefault(request.reference, waiting)
        step = NextStep(StepKind.REDIRECT, url=f"{PAGE}{request.reference}")
        return replace(known, step=step) if known.state is MandateState.PENDING else known


def given_there(reference: str) -> MandateOutcome:
    """The payer has filled the page in."""
    return replace(active(reference), source=f"mdt_{reference[-4:]}")


def active(reference: str) -> MandateOutcome:
    """A mandate that stands."""
    return MandateOutcome(reference, MandateState.ACTIVE, f"mdt_{reference[-4:]}", GIRO)


def debit(request: ChargeRequest) -> Outcome:
    """The bank has the debit, and will say later."""
    saved = SavedMethod("pm_giro", GIRO, request.mandate)
    return Outcome(
        request.reference,
        Result.PROCESSING,
        f"ch_{request.reference[-6:]}",
        request.amount,
        GIRO,
        settles_on=SETTLES,
        saved=saved if request.save else None,
    )


def told(reference: str, result: Result, amount: Money | None = None, code: str = "") -> Outcome:
    """What the gateway says of a debit afterwards; `code` is the bank's."""
    failure = None
    if code:
        ours = FailureCode.INSUFFICIENT_FUNDS if code == "AM04" else FailureCode.ACCOUNT_CLOSED
        failure = Failure(ours, "The bank sent it back", bank_code=code)
    return Outcome(reference, result, f"ch_{reference[-6:]}", amount, GIRO, failure)
