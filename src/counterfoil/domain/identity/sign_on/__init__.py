"""Connections to sign-in providers of others: a customer company's, or the business's own."""
