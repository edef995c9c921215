"""Mollie as an adapter: payers pay on its page; cards that they keep are charged later."""
