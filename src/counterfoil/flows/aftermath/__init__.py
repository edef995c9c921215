"""Money afterwards: chargebacks, payouts, what is stopped, moved, written off, compared."""
