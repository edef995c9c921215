"""Reads over all nouns: the work list, ageing, timelines, and the proofs of the books.

Owns no table and writes nothing. A proof is a statement (or a recomputation) that returns what
contradicts an invariant: no rows mean that it holds.
"""
