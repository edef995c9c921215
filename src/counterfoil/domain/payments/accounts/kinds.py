"""The kinds of gateway accounts that stand for a road without an adapter (pure)."""

BANK = "bank"  # one of our own bank accounts; its id is the bank account's
OFFLINE = "offline"  # cheques and notes that staff take
WITHOUT_ADAPTER = frozenset({BANK, OFFLINE})
