"""What the gateway holds, one module a noun; a new noun (refunds, payouts) is a new module here."""
