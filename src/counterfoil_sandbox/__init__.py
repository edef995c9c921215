"""The sandbox gateway: a small payment provider of its own, so that paying is tried for real."""
