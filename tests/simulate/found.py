"""Which seed finds each planted fault first, when seeds are lived from 1 on.

Measured; it changes with every act that is added. Without a line here, the test begins at seed 1.
"""

FOUND = {
    "a debit on its way holds no invoice": 11,
    "a mandate that ended here stands there": 11,
    "a mandate that ended is debited": 455,
    "a new key for each try": 192,
    "a refund reserves nothing": 18,
    "a return books nothing": 75,
    "a time out of a refund is a failure": 85,
    "absent is proof at once": 30,
    "an event is answered before it is stored": 34,
    "any signature is believed": 12,
    "nobody sweeps refunds": 22,
    "out of reach is absent": 30,
    "the form is not unique": 192,
    "a removed method is kept there": 44,
}
