"""`counterfoil verify`: the books, the seals that somebody kept, and the proof of one row."""
