"""Files that people send us, and files that we answer with."""
