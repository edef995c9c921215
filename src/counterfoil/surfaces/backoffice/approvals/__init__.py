"""What waits for the word of a second person: the list, and each request with its buttons."""
