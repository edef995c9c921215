"""Channels: what carries a message to a person."""
