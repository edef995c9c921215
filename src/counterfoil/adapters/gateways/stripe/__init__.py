"""Stripe as an adapter: cards, wallets and bank debits by its Payment Element and its own SDK."""
