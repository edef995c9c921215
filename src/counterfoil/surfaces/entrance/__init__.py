"""Signing in: one set of pages at two doors, the portal's and the backoffice's."""
