"""The trail: sealing it."""
