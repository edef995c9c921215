"""Sessions in the database: they can be ended, and every process sees them."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Django's own, under our name, so that the table can be changed without signing people out."""
