"""What a gateway's own list says differently from the books, and what staff do with it."""
