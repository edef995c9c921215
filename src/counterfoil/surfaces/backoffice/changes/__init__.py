"""Who changed what: of the whole business, and of one customer."""
