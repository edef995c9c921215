"""Settings, addresses, and what follows what."""
