"""The doors of the JSON API as plain functions: the same over HTTP and in one process."""
