"""What becomes of personal data: copied for its person, erased, and let go in time."""
