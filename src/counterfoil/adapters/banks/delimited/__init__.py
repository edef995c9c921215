"""CSV as banks export it: a header row in some language, and lines below it."""
