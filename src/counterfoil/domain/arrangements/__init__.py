"""How debt gets paid over time: payments that a customer plans for a day of their choice."""
