"""Rate limits in the database: one upsert into an unlogged table, shared by every process.

`LIMITS` is the whole list: what is counted, by whom, how often, and what happens then. Whoever is
over a limit is answered 429 with `Retry-After`, before any work is done.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from counterfoil.infra.db import execute

_HIT = """
INSERT INTO infra_ratecounter AS r (key, window_start, count)
VALUES (%(key)s::text, %(start)s::timestamptz, 1)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN r.window_start >= %(since)s::timestamptz THEN r.count + 1 ELSE 1 END,
  window_start = CASE WHEN r.window_start >= %(since)s::timestamptz
    THEN r.window_start ELSE excluded.window_start END
RETURNING count, window_start
"""
_RAISE = """
INSERT INTO infra_ratecounter AS r (key, window_start, count)
VALUES (%(key)s::text, %(at)s::timestamptz, 1)
ON CONFLICT (key) DO UPDATE SET
  count = 1, window_start = greatest(r.window_start, excluded.window_start)
"""
_COUNTS = """
SELECT w.key, r.count, r.window_start
FROM unnest(%(keys)s::text[], %(sinces)s::timestamptz[]) AS w(key, since)
JOIN infra_ratecounter r ON r.key = w.key AND r.window_start >= w.since
"""
_INSTANT: Final = timedelta(microseconds=1)  # the least that the database tells apart
_REMEMBERED_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of something by one of `whose` in a window, and what happens to the next.

    Windows are those of the clock. One that is `from_first` begins with the first that it counts,
    so that nothing that has just happened is forgotten when the clock strikes."""

    name: str
    whose: str
    most: int
    window_seconds: int
    then: str
    from_first: bool = False

    def key(self, *who: object) -> str:
        """What a counter is called: the limit, and the one who is counted."""
        return ":".join((self.name, *map(str, who)))[:200]

    def start(self, at: datetime) -> datetime:
        """When a window begins that is not there yet at this moment."""
        return at if self.from_first else _struck(self.window_seconds, at)

    def since(self, at: datetime) -> datetime:
        """A window that began at this moment or later is not over yet."""
        if not self.from_first:
            return _struck(self.window_seconds, at)
        return at - timedelta(seconds=self.window_seconds) + _INSTANT


def _struck(window_seconds: int, at: datetime) -> datetime:
    epoch = int(at.timestamp())
    return datetime.fromtimestamp(epoch - epoch % window_seconds, UTC)


@dataclass(frozen=True, slots=True)
class Knock:
    """How often it was counted, and how long that counts."""

    limit: int
    count: int
    seconds_left: int

    @property
    def remaining(self) -> int:
        """How many more may pass in this window."""
        return max(0, self.limit - self.count)

    @property
    def wait(self) -> int | None:
        """None if it may pass, else the seconds until it may."""
        return None if self.count <= self.limit else self.seconds_left


_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
LINK_GUESSES = Limit("guess", "network", 100, 10 * _MINUTE, "429 for every guest link")
KEY_GUESSES = Limit("key-guess", "network", 100, 10 * _MINUTE, "429 for every unknown key")
FORGED_EVENTS = Limit(
    "forged", "network and gateway account", 120, 10 * _MINUTE, "429 before the body is read"
)
SIGN_ONS = Limit("sign-on", "network", 600, 15 * _MINUTE, "429, no provider is asked")
API_CALLS = Limit("api", "API key", 1000, 10, "429, told beforehand by RateLimit-*")
GENUINE_ASKED = Limit("genuine", "network", 30, 10 * _MINUTE, "429, no document is looked for")
REPORTS = Limit("report", "network", 20, _HOUR, "429, and the report is dropped")
PAY_TRIES = Limit("pay", "link or person", 30, 10 * _MINUTE, "429, nothing is charged")
PAY_TRIES_FROM = Limit("pay-from", "network", 300, 10 * _MINUTE, "429, nothing is charged")
DECLINES = Limit("declined", "link or person", 5, 10 * _MINUTE, "a pause, then a challenge")
DECLINES_FROM = Limit("declined-from", "network", 15, 10 * _MINUTE, "a pause, then a challenge")
DECLINES_OF_CARD = Limit("declined-card", "card", 8, _HOUR, "a challenge, whoever shows it next")
DECLINES_OF_LINK = Limit("declined-link", "guest link", 12, _DAY, "paying by it is off")
CHALLENGE = Limit("challenge", "link or person", 7, 10 * _MINUTE, "sums, or a mailed code")
CARD_FLAGGED = Limit(
    "card-flag", "link or person", 0, _HOUR, "a challenge before each try", from_first=True
)
PASSED = Limit(
    "passed", "link or person", 0, 10 * _MINUTE, "no challenge for as long", from_first=True
)
BUSINESS_TRIES = Limit("tries", "business", 0, 10 * _MINUTE, "nothing: declines are set beside it")
BUSINESS_DECLINES = Limit(
    "declines", "business", 25, 10 * _MINUTE, "the alarm, if most tries are declined"
)
ALARM_ON = Limit(
    "alarm",
    "business",
    0,
    30 * _MINUTE,
    "guests get a challenge from the first try",
    from_first=True,
)
PAUSE = Limit("pay-pause", "link or person", 1, _MINUTE, "429 for a minute", from_first=True)
SOLVED = Limit("solved", "challenge", 1, _HOUR, "it is asked anew", from_first=True)
CODES_SENT = Limit("pay-code", "guest link", 3, _HOUR, "no further code is mailed")
CODE_TRIES = Limit("pay-code-try", "guest link", 6, 15 * _MINUTE, "429, the code is dead")
CODE_GUESSES = Limit(
    "code-guess", "person or address", 10, 15 * _MINUTE, "429, no code fits", from_first=True
)
TEXTS_OF_PERSON = Limit(
    "text-person", "mail address", 5, _HOUR, "429, no text is sent", from_first=True
)
TEXTS_FROM = Limit("text-from", "network", 20, _HOUR, "429, no text is sent", from_first=True)
TEXTS_TO_NUMBER = Limit(
    "text-number", "mobile number", 10, _DAY, "no text is sent", from_first=True
)
TEXTS = Limit("text", "installation", 1000, _DAY, "no text is sent (COUNTERFOIL_SMS_DAILY)")
FAILURE_MAILS = Limit("failure-mail", "customer", 3, _HOUR, "no further mail that a payment failed")
ALARM_MAILS = Limit(
    "alarm-mail", "business", 1, 6 * _HOUR, "the work list alone tells", from_first=True
)
FORMS = Limit("form", "form of a person", 1, 7 * _DAY, "it is not done again", from_first=True)

LIMITS: Final[Sequence[Limit]] = (
    LINK_GUESSES,
    KEY_GUESSES,
    FORGED_EVENTS,
    SIGN_ONS,
    API_CALLS,
    GENUINE_ASKED,
    REPORTS,
    PAY_TRIES,
    PAY_TRIES_FROM,
    DECLINES,
    DECLINES_FROM,
    DECLINES_OF_CARD,
    DECLINES_OF_LINK,
    CHALLENGE,
    CARD_FLAGGED,
    PASSED,
    BUSINESS_TRIES,
    BUSINESS_DECLINES,
    ALARM_ON,
    PAUSE,
    SOLVED,
    CODES_SENT,
    CODE_TRIES,
    CODE_GUESSES,
    TEXTS_OF_PERSON,
    TEXTS_FROM,
    TEXTS_TO_NUMBER,
    TEXTS,
    FAILURE_MAILS,
    ALARM_MAILS,
    FORMS,
)


def knock(limit: Limit, *who: object, at: datetime) -> Knock:
    """Counts one more by this one."""
    return _counted(limit, limit.key(*who), at)


def hit(key: str, *, limit: int, window_seconds: int, at: datetime) -> int | None:
    """Counts one knock; None if it may pass, else the seconds until the window ends."""
    return _counted(Limit("", "", limit, window_seconds, ""), key[:200], at).wait


def _counted(limit: Limit, key: str, at: datetime) -> Knock:
    params = {"key": key, "start": limit.start(at), "since": limit.since(at)}
    ((count, begun),) = execute(_HIT, params)
    return Knock(limit.most, count, _left(limit, begun, at))


def _left(limit: Limit, begun: datetime, at: datetime) -> int:
    return math.ceil((begun - at).total_seconds() + limit.window_seconds)


def raise_flag(limit: Limit, *who: object, at: datetime) -> None:
    """Lets something hold for the whole window from this moment on, however long it held before.
    For limits that are `from_first`."""
    execute(_RAISE, {"key": limit.key(*who), "at": at})


def counts(asked: Sequence[tuple[Limit, object]], *, at: datetime) -> list[Knock]:
    """How often each was counted in its window so far, in one round trip; counts nothing."""
    keys = [limit.key(who) for limit, who in asked]
    params = {"keys": keys, "sinces": [limit.since(at) for limit, _ in asked]}
    found = {key: (count, begun) for key, count, begun in execute(_COUNTS, params)}
    told = []
    for key, (limit, _) in zip(keys, asked, strict=True):
        count, begun = found.get(key, (0, limit.start(at)))
        told.append(Knock(limit.most, count, _left(limit, begun, at)))
    return told


def forgive(key: str) -> None:
    """The knocks of this key are forgotten: whoever it was has proved to be welcome."""
    execute("DELETE FROM infra_ratecounter WHERE key = %(key)s::text", {"key": key[:200]})


def forget_old(*, at: datetime) -> None:
    """Drops counters whose window is over, whichever it is, and was yesterday; and what the cache
    holds of tries that are too old to count, which it would count before each new one."""
    longest = max(one.window_seconds for one in LIMITS)
    execute(
        "DELETE FROM infra_ratecounter WHERE window_start < %(before)s::timestamptz",
        {"before": at - timedelta(days=1, seconds=longest)},
    )
    execute("DELETE FROM infra_cache WHERE expires < %(at)s::timestamptz", {"at": at})


class Doorkeeper:
    """Counts wrong tries only, so that who does nothing wrong costs nothing; whoever is over the
    limit is remembered in the process, and refused without a word to the database."""

    all: ClassVar[list["Doorkeeper"]] = []

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._out: dict[str, float] = {}
        self.all.append(self)

    def wait(self, who: str, *, at: datetime) -> int | None:
        """Seconds to wait; None if this one may knock."""
        until = self._out.get(who, 0.0)
        left = until - at.timestamp()
        return int(left) + 1 if left > 0 else None

    def wrong(self, who: str, *, at: datetime) -> None:
        """One more wrong try."""
        if not who:
            return
        told = knock(self.limit, who, at=at)
        if told.remaining == 0:
            if len(self._out) >= _REMEMBERED_MAX:
                self._out.clear()
            self._out[who] = at.timestamp() + told.seconds_left

    def forget(self) -> None:
        """Everybody may knock again."""
        self._out.clear()
