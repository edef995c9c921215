"""Chargebacks: what the payer's bank says, until when, and our answer."""
