"""The states of a request for the word of a second person."""

from enum import StrEnum

from counterfoil.kernel.states import Machine


class ApprovalState(StrEnum):
    """Where a request for a second person's word stands."""

    REQUESTED = "requested"
    APPROVED = "approved"  # and being carried out
    CARRIED_OUT = "carried_out"
    FAILED = "failed"  # approved, but it could not be done any more: nothing was done
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by who asked
    EXPIRED = "expired"


S = ApprovalState

APPROVAL = Machine(
    name="approval",
    initial=S.REQUESTED,
    moves={
        S.REQUESTED: frozenset({S.APPROVED, S.REFUSED, S.WITHDRAWN, S.EXPIRED}),
        S.APPROVED: frozenset({S.CARRIED_OUT, S.FAILED}),
    },
)
