"""Signing in by somebody else's provider, at both doors."""
