"""The post: takes the product's mails instead of a mail server, and counts who got what."""

import random
from collections import Counter
from collections.abc import Callable

from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.channels import OutgoingMail
from counterfoil_simulator.machine.actors import Fault, Point
from counterfoil_simulator.machine.database import current_actor
from counterfoil_simulator.machine.weather import Weather


class Post:
    """One seed's post; `sent` counts the unmarked mails by their Message-ID."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._weather = Weather()
        self._chance = random.Random(0)  # noqa: S311  a simulation guards nothing
        self.tally: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()

    def become(self, weather: Weather, chance: random.Random) -> None:
        """From now on it is as bad as this."""
        self._weather, self._chance = weather, chance

    def send(self, mail: OutgoingMail) -> None:
        """Takes a mail, refuses it for now, or loses its own answer."""
        actor = current_actor()
        faults = actor.meet(Point.CALL)
        if Fault.KILLED_BEFORE in faults:
            actor.die("before the mail goes out")
        fault = self._weather.draw(self._chance, "mail_refused", "mail_lost")
        if fault:
            self.tally[fault] += 1
        if fault == "mail_refused":
            self._tell("... the mail server does not take it now.")
            raise Unavailable("The mail server can't be reached.")
        if not mail.is_resent:
            self.sent[mail.ref] += 1
        if Fault.KILLED_AFTER in faults:
            actor.die("while the mail goes out")
        if fault == "mail_lost":
            self._tell("... the mail goes out, and the mail server's answer is lost.")
            raise Uncertain("The mail server's answer is lost.")

    def check(self) -> str:
        """It is there."""
        return "simulated post"


class _Desk:
    """Where the product finds the post of the seed that runs."""

    post: Post | None = None


def open_channel(_address: str) -> Post:
    """The channel that the settings name during a run."""
    assert _Desk.post is not None
    return _Desk.post


def use(post: Post | None) -> None:
    """From now on this is the post."""
    _Desk.post = post
