"""What the embedded PostgreSQL needs of the system: an account, its programs, reachable folders."""
