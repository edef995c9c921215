"""Bank debits: mandates given, asked about and ended, debits on them, and debits that come back."""
