"""The nouns of one sandbox, each over the same ground, put together once."""

from counterfoil_sandbox.resources.balance import Balance
from counterfoil_sandbox.resources.challenges import Challenges
from counterfoil_sandbox.resources.charges import Charges
from counterfoil_sandbox.resources.debits import Debits
from counterfoil_sandbox.resources.disputes import Disputes
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.instruments import Instruments
from counterfoil_sandbox.resources.mandates import Mandates
from counterfoil_sandbox.resources.methods import Methods
from counterfoil_sandbox.resources.pages import Pages
from counterfoil_sandbox.resources.payouts import Payouts
from counterfoil_sandbox.resources.refunds import Refunds
from counterfoil_sandbox.resources.sources import Sources
from counterfoil_sandbox.resources.tokens import Tokens
from counterfoil_sandbox.resources.traffic.keys import Keys


class Nouns:
    """Everything that the doors may ask."""

    def __init__(self, ground: Ground) -> None:
        self.store = ground.store
        self.clock = ground.clock
        self.accounts = ground.accounts
        self.timers = ground.timers
        self.events = ground.events
        self.faults = ground.events.faults
        self.plans = ground.events.plans
        self.keys = Keys(ground.store)
        instruments = Instruments(ground.store, ground.ids)
        self.tokens = Tokens(ground, instruments)
        self.mandates = Mandates(ground, self.tokens)
        self.methods = Methods(ground, instruments, self.tokens, self.mandates)
        sources = Sources(instruments, self.tokens, self.mandates, self.methods)
        self.balance = Balance(ground)
        self.charges = Charges(ground, sources, self.methods, self.balance)
        self.challenges = Challenges(ground, self.charges)
        self.pages = Pages(ground, self.charges)
        self.debits = Debits(ground, self.charges, self.mandates, self.balance)
        self.refunds = Refunds(ground, self.charges, self.balance)
        self.disputes = Disputes(ground, self.charges, self.balance)
        self.payouts = Payouts(ground, self.balance)

    def advance(self, seconds: float) -> None:
        """Moves the sandbox clock forward and lets what is due happen, in the sequence of times.

        A process that dies on the way stands where it came to.
        """
        offset = self.clock.offset_after(seconds)
        self.timers.run_due(self.clock.now() + offset - self.clock.offset)
        self.clock.set_offset(offset)

    def catch_up(self) -> int:
        """Lets happen what fell due since anybody looked; gives how much."""
        return self.timers.run_due()
