"""The doors: where requests come in; nothing is decided here."""
