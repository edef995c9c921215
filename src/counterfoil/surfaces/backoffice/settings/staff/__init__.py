"""Who works here and what they may do: people, roles, limits, and the keys of programs."""
