"""Payments, their histories and what the books say."""
