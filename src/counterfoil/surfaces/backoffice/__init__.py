"""What staff see: what needs them first, then customers, invoices, payments and settings."""
