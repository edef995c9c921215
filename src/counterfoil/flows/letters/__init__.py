"""What letters to customers have in common: the head of the paper, the documents that go along, and
the links in them."""
