"""What both imports share: reading a file as a table, its columns, its values, what is refused."""
