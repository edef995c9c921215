"""The states of payment attempts and refunds; UNKNOWN and PROCESSING (of a refund: PENDING) have a
deadline and an owner."""

from enum import StrEnum

from counterfoil.kernel.states import Machine


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


A = AttemptState
_OUTCOMES = frozenset({A.ACTION_REQUIRED, A.PROCESSING, A.SUCCEEDED, A.FAILED, A.UNKNOWN})

ATTEMPT = Machine(
    name="attempt",
    initial=A.CREATED,
    moves={
        A.CREATED: frozenset({A.SUBMITTED, A.CANCELLED}),
        A.SUBMITTED: _OUTCOMES | {A.CANCELLED},  # cancelled: proven never to have arrived there
        A.ACTION_REQUIRED: frozenset({A.PROCESSING, A.SUCCEEDED, A.FAILED, A.UNKNOWN}),
        A.PROCESSING: frozenset({A.SUCCEEDED, A.FAILED, A.UNKNOWN}),
        A.UNKNOWN: frozenset({A.ACTION_REQUIRED, A.PROCESSING, A.SUCCEEDED, A.FAILED, A.CANCELLED}),
        A.FAILED: frozenset({A.SUCCEEDED}),  # the gateway's late word: money is never dropped
        A.CANCELLED: frozenset({A.SUCCEEDED}),
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
    moves={
        R.CREATED: frozenset({R.SUBMITTED, R.CANCELLED}),
        R.SUBMITTED: frozenset({R.PENDING, R.SUCCEEDED, R.FAILED, R.UNKNOWN, R.CANCELLED}),
        R.PENDING: frozenset({R.SUCCEEDED, R.FAILED, R.UNKNOWN}),
        R.UNKNOWN: frozenset({R.PENDING, R.SUCCEEDED, R.FAILED, R.CANCELLED}),
        R.FAILED: frozenset({R.SUCCEEDED}),  # the gateway's late word: money is never dropped
        R.CANCELLED: frozenset({R.SUCCEEDED}),
        R.SUCCEEDED: frozenset({R.RETURNED}),
    },
)

OPEN_REFUNDS = frozenset({R.CREATED, R.SUBMITTED, R.PENDING, R.UNKNOWN})
