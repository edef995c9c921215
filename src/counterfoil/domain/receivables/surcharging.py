"""What of a payment is for paying in its way (pure): it covers no invoice, and goes back last.

A refund takes what the payment brought for invoices and credit first; only what is above that gives
the surcharge back, so a whole refund returns it and a part does not.
"""


def given_back(surcharge_minor: int, amount_minor: int, *, before: int, after: int) -> int:
    """How much of the surcharge comes back while what is gone of the payment goes from `before`
    to `after`; below zero where less is gone afterwards."""
    brought = amount_minor - surcharge_minor

    def gone(total: int) -> int:
        return min(surcharge_minor, max(0, total - brought))

    return gone(after) - gone(before)
