"""Payments that the customer plans for a day of their choice."""
