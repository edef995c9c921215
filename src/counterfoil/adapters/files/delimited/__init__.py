"""Text files with one row a line: CSV and its relatives, also packed by gzip."""
