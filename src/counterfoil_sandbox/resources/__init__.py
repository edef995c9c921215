"""What the provider holds, one module a noun; each writes its rows and tells of them."""
