"""Saved methods: cards and wallets that a gateway keeps, by which their owner may be charged again.
A bank account is kept as its mandate instead."""
