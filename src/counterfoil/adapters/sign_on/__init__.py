"""Sign-in providers of others: one folder a protocol."""
