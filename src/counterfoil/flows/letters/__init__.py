"""What letters to customers have in common: the head of the paper, and the links in them."""
