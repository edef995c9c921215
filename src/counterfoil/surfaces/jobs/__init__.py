"""Time's door: what runs after a commit, and what runs by the clock."""
