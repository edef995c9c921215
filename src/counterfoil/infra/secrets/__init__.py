"""What nobody else may read: data keys, what is sealed by them, and logs without secrets."""
