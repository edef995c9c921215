"""Reads over all nouns: the proofs of the books. Writes nothing.

A proof is a statement (or a recomputation) that returns what contradicts an invariant: no rows
mean that it holds.
"""
