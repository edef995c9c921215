"""The books: accounts, journal entries, postings, proofs. Append-only double entry.

A posting names one debit account, one credit account and one positive amount of one currency, so
nothing unbalanced can be written; corrections reverse. Never: why money moved (that is the
business of each noun's `postings.py`).
"""
