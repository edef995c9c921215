"""What is mailed or texted about signing in: codes, the link beside them, notices of changes."""
