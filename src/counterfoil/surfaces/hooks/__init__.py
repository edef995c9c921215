"""Doors that the outside pushes: gateway webhooks."""
