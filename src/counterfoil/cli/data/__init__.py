"""What goes into an installation and out of it, and the keys that seal its secrets."""
