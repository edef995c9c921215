"""The states of gateway accounts, attempts, refunds, mandates and chargebacks, and how a refund
goes by hand; UNKNOWN and PROCESSING (of a refund and a mandate: PENDING) have a deadline and an
owner."""

from enum import StrEnum

from counterfoil.kernel.states import Machine


class AccountState(StrEnum):
    """Whether a gateway account takes new payments."""

    ACTIVE = "active"
    PAUSED = "paused"


ACCOUNT = Machine(
    name="gateway_account",
    initial=AccountState.ACTIVE,
    moves={
        # Into itself: its keys or its routes were changed, as the reason says.
        AccountState.ACTIVE: frozenset({AccountState.ACTIVE, AccountState.PAUSED}),
        AccountState.PAUSED: frozenset({AccountState.PAUSED, AccountState.ACTIVE}),
    },
)


class AttemptState(StrEnum):
    """Where one try stands."""

    CREATED = "created"
    SUBMITTED = "submitted"
    ACTION_REQUIRED = "action_required"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"  # a debit that had succeeded, and that the payer's bank sent back


A = AttemptState
_OUTCOMES = frozenset({A.ACTION_REQUIRED, A.PROCESSING, A.SUCCEEDED, A.FAILED, A.UNKNOWN})

ATTEMPT = Machine(
    name="attempt",
    initial=A.CREATED,
    at_once=A.SUBMITTED,
    moves={
        A.CREATED: frozenset({A.SUBMITTED, A.CANCELLED}),
        A.SUBMITTED: _OUTCOMES | {A.CANCELLED},  # cancelled: proven never to have arrived there
        A.ACTION_REQUIRED: frozenset(
            # submitted: the mandate that it waited for stands, so the debit is sent now
            {A.SUBMITTED, A.PROCESSING, A.SUCCEEDED, A.FAILED, A.UNKNOWN, A.CANCELLED}
        ),
        A.PROCESSING: frozenset({A.SUCCEEDED, A.FAILED, A.UNKNOWN, A.CANCELLED}),
        A.UNKNOWN: frozenset({A.ACTION_REQUIRED, A.PROCESSING, A.SUCCEEDED, A.FAILED, A.CANCELLED}),
        # The gateway's late word: money is never dropped. Processing: of coins that were sent too
        # late, and that their network has not confirmed yet.
        A.FAILED: frozenset({A.SUCCEEDED, A.PROCESSING}),
        A.CANCELLED: frozenset({A.SUCCEEDED}),
        A.SUCCEEDED: frozenset({A.RETURNED}),
        A.RETURNED: frozenset({A.SUCCEEDED}),  # paid after all, as its gateway says when asked
    },
)

OPEN_STATES = frozenset({A.CREATED, A.SUBMITTED, A.ACTION_REQUIRED, A.PROCESSING, A.UNKNOWN})


class RefundState(StrEnum):
    """Where one refund stands."""

    CREATED = "created"
    SUBMITTED = "submitted"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"  # it was sent, and the payer's bank sent it back


R = RefundState

REFUND = Machine(
    name="refund",
    initial=R.CREATED,
    at_once=R.SUBMITTED,
    moves={
        R.CREATED: frozenset({R.SUBMITTED, R.CANCELLED}),
        R.SUBMITTED: frozenset({R.PENDING, R.SUCCEEDED, R.FAILED, R.UNKNOWN, R.CANCELLED}),
        # cancelled: by hand, and the business says that it sent nothing
        R.PENDING: frozenset({R.SUCCEEDED, R.FAILED, R.UNKNOWN, R.CANCELLED}),
        R.UNKNOWN: frozenset({R.PENDING, R.SUCCEEDED, R.FAILED, R.CANCELLED}),
        R.FAILED: frozenset({R.SUCCEEDED}),  # the gateway's late word: money is never dropped
        R.CANCELLED: frozenset({R.SUCCEEDED}),
        # pending, cancelled: by hand, and it was taken for sent by a bank line that was not it
        R.SUCCEEDED: frozenset({R.RETURNED, R.PENDING, R.CANCELLED}),
    },
)

OPEN_REFUNDS = frozenset({R.CREATED, R.SUBMITTED, R.PENDING, R.UNKNOWN})


class ByHand(StrEnum):
    """How the business gives money back by itself; a refund by its gateway has none of these."""

    BANK_TRANSFER = "bank_transfer"
    CHEQUE = "cheque"  # one of ours
    CASH = "cash"  # or the payer's own cheque, handed back


class MandateState(StrEnum):
    """Where one mandate stands."""

    CREATED = "created"
    PENDING = "pending"
    UNKNOWN = "unknown"
    ACTIVE = "active"
    FAILED = "failed"
    REVOKED = "revoked"
    EXPIRED = "expired"


M = MandateState

MANDATE = Machine(
    name="mandate",
    initial=M.CREATED,
    moves={
        M.CREATED: frozenset({M.PENDING, M.UNKNOWN, M.ACTIVE, M.FAILED, M.REVOKED}),
        M.PENDING: frozenset({M.ACTIVE, M.FAILED, M.REVOKED, M.EXPIRED}),
        M.UNKNOWN: frozenset({M.PENDING, M.ACTIVE, M.FAILED, M.REVOKED, M.EXPIRED}),
        M.ACTIVE: frozenset({M.FAILED, M.REVOKED, M.EXPIRED}),
    },
)


class ChargebackState(StrEnum):
    """Where one chargeback stands: opened, answered with evidence, decided."""

    OPEN = "open"
    ANSWERED = "answered"
    WON = "won"
    LOST = "lost"


C = ChargebackState

CHARGEBACK = Machine(
    name="chargeback",
    initial=C.OPEN,
    moves={
        C.OPEN: frozenset({C.ANSWERED, C.WON, C.LOST}),
        C.ANSWERED: frozenset({C.WON, C.LOST}),
        C.LOST: frozenset({C.WON}),  # the bank's late word: money is never dropped
    },
)
