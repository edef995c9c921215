"""What the demo keeps in its folder, and what it tells."""
