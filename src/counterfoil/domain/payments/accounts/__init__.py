"""Gateway accounts: which kinds there are, which payments go to which, and their changes."""
