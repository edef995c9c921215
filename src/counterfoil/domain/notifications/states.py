"""The states of one message to one address."""

from enum import StrEnum

from counterfoil.kernel.states import Machine


class MessageState(StrEnum):
    """Where a message stands; SENDING that stays is a crash, SKIPPED was overtaken by events."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


M = MessageState
MESSAGE = Machine(
    name="message",
    initial=M.QUEUED,
    moves={
        M.QUEUED: frozenset({M.SENDING, M.SKIPPED}),
        M.SENDING: frozenset({M.SENT, M.FAILED, M.QUEUED, M.SENDING, M.SKIPPED}),
        M.FAILED: frozenset({M.QUEUED}),
    },
)


class AlarmKind(StrEnum):
    """What staff are alarmed of."""

    CARD_TESTING = "card_testing"  # so many declines that somebody is trying cards
    LINK_LOCKED = "link_locked"  # the same on one guest link: nobody can pay by it
    PAGE = "page"  # a browser refused to run what stood in one of our pages
    FILE = "file"  # a file that is served is not the one that was installed
    WATCH = "watch"  # the pay page, as it is received over HTTP, is not as it should be
    RESTORED = "restored"  # the database comes from a backup, or another server took over
    BOOKS = "books"  # the nightly proof found what contradicts the books
