"""The sandbox gateway: a small card gateway of its own, so that a payment can be tried for real."""
