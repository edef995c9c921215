"""The page between a choice of what to pay and the payment."""
