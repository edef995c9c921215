"""ISO 20022: camt.052 (intraday report), camt.053 (statement), camt.054 (notification), XML."""
