"""Bank lines: statements come in, and what waits is given to its customer."""
