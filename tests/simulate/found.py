"""Which seed finds each planted fault first, when seeds are lived from 1 on.

Measured; it changes with every act that is added. Without a line here, the test begins at seed 1.
"""

FOUND = {
    "a debit on its way holds no invoice": 13,
    "a mandate that ended here stands there": 69,
    "a new key for each try": 85,
    "a plan is charged by each who finds it due": 147,
    "a refund that another line showed stays sent": 27,
    "a removed method is kept there": 13,
    "a return books nothing": 313,
    "a stop is believed at once": 10,
    "a time out of a refund is a failure": 150,
    "an event is answered before it is stored": 47,
    "any amount is believed": 125,
    "nobody sweeps refunds": 73,
    "the form is not unique": 85,
}

AIMED = {"a plan is charged by each who finds it due": "I22"}
"""Which invariant has to be broken, where the others would break as well: it is checked by this."""
