"""What is mailed about signing in: codes, the link beside them, and notices of changes."""
