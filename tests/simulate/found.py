"""Which seed finds each planted fault first, when seeds are lived from 1 on.

Measured; it changes with every act that is added. Without a line here, the test begins at seed 1.
"""

FOUND = {
    "a debit on its way holds no invoice": 14,
    "a mandate that ended here stands there": 96,
    "a new key for each try": 27,
    "a refund that another line showed stays sent": 191,
    "a removed method is kept there": 36,
    "a return books nothing": 413,
    "a stop is believed at once": 75,
    "absent is proof at once": 24,
    "an event is answered before it is stored": 62,
    "any amount is believed": 55,
    "any signature is believed": 11,
    "nobody sweeps refunds": 26,
    "the form is not unique": 27,
}
