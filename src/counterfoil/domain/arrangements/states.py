"""The states of a planned payment, and why one ended before its day."""

from enum import StrEnum

from counterfoil.kernel.states import Machine


class ScheduleState(StrEnum):
    """Where a planned payment stands."""

    PLANNED = "planned"
    CHARGING = "charging"  # its day has come: it is being charged, or its outcome is awaited
    PAID = "paid"
    FAILED = "failed"
    ENDED = "ended"  # not charged, for a reason that its customer is told
    CANCELLED = "cancelled"  # by its customer


S = ScheduleState

SCHEDULE = Machine(
    name="scheduled_payment",
    initial=S.PLANNED,
    moves={
        S.PLANNED: frozenset({S.CHARGING, S.ENDED, S.CANCELLED}),
        S.CHARGING: frozenset({S.PLANNED, S.PAID, S.FAILED, S.ENDED}),  # back: not now
        S.FAILED: frozenset({S.PAID}),  # the gateway's late word
    },
)

LIVE = frozenset({S.PLANNED, S.CHARGING})


class EndReason(StrEnum):
    """Why it was not charged; surfaces and mails have the words."""

    NOTHING_DUE = "nothing_due"  # paid otherwise, credited or voided meanwhile
    METHOD_GONE = "method_gone"  # the card was removed, the mandate ended
    METHOD_ENDED = "method_ended"  # the card had expired by its day: nothing is sent in vain
    TOO_LATE = "too_late"  # its day passed without us: nobody is charged by surprise
