"""The sandbox gateway as an adapter: cards, tokens, a bank page, signed webhooks."""
