"""Scanners: what looks for harm in a file before anybody else reads it."""
