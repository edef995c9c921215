"""The public page that says whether a document is genuine, and nothing else about it."""
