"""Two people for what matters: asked for, decided, carried out by the same flows as without."""
