"""Payouts: what a gateway sent to our bank, what it pays, and whether it arrived."""
