"""What a gateway can say: results, failures in our words, what paid, and the payer's next step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Result(StrEnum):
    """What a gateway knows of one attempt."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PROCESSING = "processing"
    ACTION_REQUIRED = "action_required"
    UNKNOWN = "unknown"  # the answer was lost, or the gateway is still at it: ask again
    ABSENT = "absent"  # the gateway has never heard of it (answer to a look-up only)
    CANCELLED = "cancelled"  # stopped before it moved any money
    RETURNED = "returned"  # it had succeeded, and the payer's bank sent the debit back


class FailureCode(StrEnum):
    """Why a payment failed, in our words; surfaces translate them for the payer."""

    CARD_DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHENTICATION_EXPIRED = "authentication_expired"
    AUTHENTICATION_REQUIRED = "authentication_required"  # off session: only the payer can do it
    TOKEN_INVALID = "token_invalid"  # noqa: S105  a word, not a secret
    GATEWAY_REFUSED = "gateway_refused"
    ABANDONED = "abandoned"  # the payer left the gateway's page, or was too late
    ACCOUNT_CLOSED = "account_closed"  # of a debit: the account is closed or not for debits
    ACCOUNT_INVALID = "account_invalid"  # of a debit: there is no such account
    DEBIT_NOT_AUTHORISED = "debit_not_authorised"  # of a debit: no mandate, or it was withdrawn
    DEBIT_CONTESTED = "debit_contested"  # of a debit: the payer had their bank take it back
    INSTRUMENT_CLOSED = "instrument_closed"  # of a refund: the card or account takes nothing
    REFUND_DECLINED = "refund_declined"  # of a refund: the payer's bank does not take the money
    LESS_IS_LEFT = "less_is_left"  # of a refund: by other refunds or a dispute over there
    REFUND_CANCELLED = "refund_cancelled"  # of a refund: by the gateway, or by a person over there


@dataclass(frozen=True, slots=True)
class Failure:
    """A definite no: our code, and the gateway's own words for staff. `bank_code` is the payer's
    bank's own reason of a returned debit (AC04, R01, ARUDD-0)."""

    code: FailureCode
    message: str = ""
    hard: bool = False
    bank_code: str = ""


class MethodKind(StrEnum):
    """How somebody pays."""

    CARD = "card"
    WALLET = "wallet"
    BANK_DEBIT = "bank_debit"
    BANK_REDIRECT = "bank_redirect"
    DIGITAL_CURRENCY = "digital_currency"


_KNOWN_BY_DAY = frozenset({"bank_transfer", "cheque", "cash"})


def is_known_by_day(kind: str) -> bool:
    """Whether a statement or a person told of money that came by this road: they name a day and no
    hour, so no page may show one."""
    return kind in _KNOWN_BY_DAY


@dataclass(frozen=True, slots=True)
class Instrument:
    """What paid, as far as it may be shown: `kind` is a `MethodKind`; brand (a wallet's name, a
    debit's scheme) and last four; a card's expiry, a bank account's country and holder. Never
    shown or kept as it is: `fingerprint`, by which the gateway knows the same card again."""

    kind: str
    brand: str = ""
    last4: str = ""
    exp_month: int | None = None
    exp_year: int | None = None
    country: str = ""
    holder: str = ""
    fingerprint: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        """Plain texts, whatever adapters say them with: they are written to the database."""
        object.__setattr__(self, "kind", str(self.kind))
        object.__setattr__(self, "brand", str(self.brand))


class StepKind(StrEnum):
    """What the payer's browser has to do next."""

    COLLECT_FIELDS = "collect_fields"
    REDIRECT = "redirect"
    HOSTED_PAGE = "hosted_page"


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step for the payer, drawn by the portal by its kind.

    COLLECT_FIELDS: `script_url` is loaded on that page only, `values` go to its mount function.
    REDIRECT: the payer's bank wants to see them: they go to `url` and come back to the return
    address.
    HOSTED_PAGE: nothing to fill in here; the charge is made without a source, and answers with this
    kind again and the `url` of the gateway's page, where the payer pays and comes back from.
    """

    kind: StepKind
    url: str = ""
    script_url: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
