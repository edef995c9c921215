"""What must be true after every step, and what must be true at rest: of the books, and of the
books against the gateway's own list."""
