"""Adyen as an adapter: payers pay by a link to its page, and its notifications tell the end."""
